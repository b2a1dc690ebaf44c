import type { Stat } from '../types.ts'

const TYPES: Readonly<Record<string, Stat['type']>> = {
  '-': 'file',
  d: 'dir',
  l: 'link',
  b: 'block',
  c: 'char',
  p: 'fifo',
  s: 'socket',
}

/** One bit triple: `rws` → 7, and whether its special bit (setuid, setgid, sticky) is on. */
function triple(letters: string): { bits: number; special: boolean } {
  const [read, write, run] = letters
  const bits = (read === 'r' ? 4 : 0) + (write === 'w' ? 2 : 0) + (/[xst]/.test(run!) ? 1 : 0)
  return { bits, special: /[stST]/.test(run!) }
}

/** `crw-rw----. 1 0 36 10, 232 Nov 20 06:37 /dev/kvm`, as `ls -ldn` prints it everywhere. Throws on anything else. */
export function parseLs(line: string): Stat {
  const match = /^([-dlbcps])([-rwxsStT]{9})\S?\s+\d+\s+(\d+)\s+(\d+)\s+(?:(\d+)(,)?)/.exec(line)
  const type = TYPES[match?.[1] ?? '']
  if (!match || !type) throw new Error(`not a line of ls -ldn: ${line.slice(0, 80)}`)
  const parts = [match[2]!.slice(0, 3), match[2]!.slice(3, 6), match[2]!.slice(6)].map(triple)
  const [user, group, other] = parts as [
    ReturnType<typeof triple>,
    ReturnType<typeof triple>,
    ReturnType<typeof triple>,
  ]
  const special = (user.special ? 4 : 0) + (group.special ? 2 : 0) + (other.special ? 1 : 0)
  const mode = (special << 9) | (user.bits << 6) | (group.bits << 3) | other.bits
  const device = type === 'block' || type === 'char'
  return { type, mode, uid: Number(match[3]), gid: Number(match[4]), size: device ? null : Number(match[5]) }
}
