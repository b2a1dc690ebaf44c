/** A line of /proc/mounts or of /etc/fstab. */
export interface MountLine {
  readonly device: string
  readonly point: string
  readonly type: string
  readonly options: readonly string[]
  readonly line: number
}

/** The kernel and fstab write blanks as `\040`. */
const unescape = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))

/** `filer:/images /var/lib/libvirt/images nfs rw,hard,timeo=600 0 0`; comments and what has less than three words are left out. */
export function parseMountLines(text: string): MountLine[] {
  return text.split('\n').flatMap((raw, index) => {
    const [device, point, type, options = ''] = raw.trim().split(/\s+/)
    if (!device || device.startsWith('#') || !point || !type) return []
    return [
      {
        device: unescape(device),
        point: unescape(point),
        type,
        options: options.split(',').filter(Boolean),
        line: index + 1,
      },
    ]
  })
}

/** `/dev/mapper/vg0-web--1` is what `/dev/vg0/web-1` is called by the device mapper. Other names stay. */
export function volumePath(device: string): string {
  const match = /^\/dev\/mapper\/((?:[^-]|--)+)-((?:[^-]|--)+)$/.exec(device)
  return match ? `/dev/${match[1]!.replaceAll('--', '-')}/${match[2]!.replaceAll('--', '-')}` : device
}

/** `/dev/sda2` → `/dev/sda`, `/dev/nvme0n1p2` → `/dev/nvme0n1`. Other names stay. */
export function wholeDisk(device: string): string {
  return (
    /^(\/dev\/(?:[hsv]d|xvd)[a-z]+)\d+$/.exec(device)?.[1] ??
    /^(\/dev\/(?:nvme\d+n\d+|mmcblk\d+|cciss\/c\d+d\d+))p\d+$/.exec(device)?.[1] ??
    device
  )
}
