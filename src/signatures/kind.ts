import type { LogKind } from './signature.ts'

/** Programs by what syslog calls them. */
const PROGRAMS: readonly (readonly [RegExp, LogKind])[] = [
  [/^kernel$/, 'kernel'],
  [/^xen$/, 'xen'],
  [/^xend$/, 'xend'],
  [/^(xl|libxl|libvirt-?libxl)$/, 'libxl'],
  [/^(o?xenstored|xenstore)$/, 'xenstored'],
  [/^(virt\w+d|libvirtd)$/, 'libvirt'],
  [/^qemu(-|$)/, 'qemu'],
]

/** Marks that programs put into each of their lines. */
function markOf(line: string): LogKind | undefined {
  if (line.includes('(XEN) ')) return 'xen'
  if (line.includes('xl: ') && /(^|\s)(libxl|xl): /.test(line)) return 'libxl'
  return line.includes('/etc/xen/scripts/') ? 'hotplug' : undefined
}

/** Whose message a line is; undefined where neither the log nor the line tells. */
export function kindOf(line: string, program: string | undefined): LogKind | undefined {
  const marked = markOf(line)
  if (marked !== undefined) return marked
  if (program === undefined) return undefined
  let kind = kinds.get(program)
  if (kind === undefined) {
    kind = PROGRAMS.find(([name]) => name.test(program))?.[1] ?? 'system'
    if (kinds.size < MOST_PROGRAMS) kinds.set(program, kind)
  }
  return kind
}

/** Who writes a log may invent programs without end. */
const MOST_PROGRAMS = 1000
const kinds = new Map<string, LogKind>()
