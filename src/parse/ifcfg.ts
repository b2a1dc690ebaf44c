import { parseShellVariables } from './key-value.ts'

/** One file of the Red Hat network scripts: the keys with their values, and the line that each was last set in. */
export interface Ifcfg {
  readonly values: Readonly<Record<string, string>>
  readonly lines: Readonly<Record<string, number>>
}

/** `BRIDGE="br0"` lines of a file that a shell reads. */
export function parseIfcfg(text: string): Ifcfg {
  const lines: Record<string, number> = {}
  text.split('\n').forEach((line, index) => {
    for (const key of Object.keys(parseShellVariables(line))) lines[key] = index + 1
  })
  return { values: parseShellVariables(text), lines }
}

/** Copies of editors and packagers, which the network scripts pass over. */
export const isBackup = (name: string): boolean => /~$|\.(bak|orig|old|rpmnew|rpmorig|rpmsave|swp|save)$/.test(name)

export interface InterfacesBridge {
  readonly bridge: string
  readonly ports: readonly string[]
  readonly line: number
}

/** `bridge_ports eth0 eth1` below `iface br0 inet dhcp`, as Debian's /etc/network/interfaces has it. */
export function parseInterfaces(text: string): InterfacesBridge[] {
  const bridges: InterfacesBridge[] = []
  let current = ''
  text.split('\n').forEach((raw, index) => {
    const words = raw.trim().split(/\s+/)
    if (words[0] === 'iface') current = words[1] ?? ''
    else if (/^(auto|allow-|mapping|source|no-)/.test(words[0]!)) current = ''
    if (!current || !/^bridge[_-]ports$/.test(words[0]!)) return
    const ports = words.slice(1).filter((word) => word !== 'none' && /^[\w.:-]+$/.test(word) && word !== 'regex')
    if (!words.includes('regex')) bridges.push({ bridge: current, ports, line: index + 1 })
  })
  return bridges
}
