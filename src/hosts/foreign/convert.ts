import { linesOf } from './dump.ts'

/**
 * `df -al`, also with the types (-T), as `df -klP` prints it: without file systems of the kernel, which have no size, and each once. A long
 * name of a device has a line of its own in old ones.
 *
 *     Filesystem     Type     1K-blocks    Used Available Use% Mounted on
 *     /dev/vda1      ext4       3015032  941332   1905588  34% /
 */
export function dfOf(text: string): string | null {
  const [head = '', ...lines] = linesOf(text.replace(/^(\/\S{1,1000})\n[ \t]+/gm, '$1 '))
  const names = /^Filesystem\s+(Type\s+)?(1K-blocks|1024-blocks|Inodes)\s/.exec(head)
  if (!names) return null
  const typed = names[1] !== undefined
  const seen = new Set<string>()
  const kept = lines.flatMap((line) => {
    const match = /^(\S+)\s+(?:(\S+)\s+)??(\d+)\s+(\d+)\s+(-?\d+)\s+(\d+%|-)\s+(\/.*)$/.exec(line)
    if (!match || Number(match[3]) === 0 || (match[2] !== undefined) !== typed) return []
    const [, device, , size, used, free, share, path] = match
    if (seen.has(path!)) return []
    seen.add(path!)
    return [`${device} ${size} ${used} ${free} ${share} ${path}`]
  })
  return `Filesystem ${names[2]} Used Available Capacity Mounted on\n${kept.join('\n')}\n`
}

/** The table of units without its head, its marks (●, *) and its legend: `  ssh.service  loaded active running OpenBSD Secure Shell server` */
export function systemctlOf(text: string): string | null {
  const lines = text.split('\n')
  const head = lines.findIndex((line) => /^\s*UNIT\s+LOAD\s+ACTIVE\s+SUB\b/.test(line))
  if (head < 0) return null
  const end = lines.findIndex((line, index) => index > head && line.trim() === '')
  const units = lines.slice(head + 1, end < 0 ? lines.length : end)
  return `${units.map((line) => line.replace(/^[\s●○×*↻]+/, '')).join('\n')}\n`
}

/** `nft -a` tells of each thing by which number it is reached: `oifname "eth0" accept # handle 7` */
export const nftOf = (text: string): string => text.replace(/ # handle \d+$/gm, '')

/** `Compiled against library: libvirt 9.0.0` → 9.0.0, which is what virsh calls its own version. */
export function shortVersion(text: string): string | null {
  const version = /^Compiled against library: libvirt(?:d|)\s+([\d.]+)/m.exec(text)?.[1]
  return version === undefined ? null : `${version}\n`
}

/** The lines of a whole xenstore that lie below a folder: `/local/domain/0/backend/vif/1/0/mac = "00:16:3e:00:00:01"`. */
export function xenstoreOf(text: string, folder: string): string | null {
  const lines = text.split('\n').filter((line) => line.startsWith(`${folder}/`))
  return lines.length === 0 ? null : `${lines.join('\n')}\n`
}

/** `dmesg -T` tells the hour in the machine's zone, which nobody wrote down: without it the messages stay what they are. */
export const dmesgOf = (text: string): string => text.replace(/^\[\w{3} \w{3} [ \d]\d [\d:]{8} \d{4}\] /gm, '')

/** `lsmod`, also sorted, as /proc/modules has it: `kvm                  1409024  1 kvm_amd` */
export function modulesOf(text: string): string | null {
  if (!/^Module\s+Size\s+Used by/m.test(text)) return null
  const found = [...text.matchAll(/^(\w+)[ \t]+(\d+)[ \t]+(-?\d+)[ \t]*(\S*)$/gm)]
  return found
    .map(
      ([, name, size, uses, by]) =>
        `${name} ${size} ${uses} ${by ? `${by.replace(/,$/, '')},` : '-'} Live 0x0000000000000000\n`,
    )
    .join('')
}
