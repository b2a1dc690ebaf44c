/** Names of /proc/modules: `kvm_amd 155648 0 - Live 0x0000000000000000` */
export const moduleNames = (text: string): string[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(' ')[0]!)
