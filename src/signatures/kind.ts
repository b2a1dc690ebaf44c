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
const MARKS: readonly (readonly [RegExp, LogKind])[] = [
  [/\(XEN\) /, 'xen'],
  [/(^|\s)(libxl|xl): /, 'libxl'],
  [/\/etc\/xen\/scripts\//, 'hotplug'],
]

/** Whose message a line is; undefined where neither the log nor the line tells. */
export function kindOf(line: string, program: string | undefined): LogKind | undefined {
  const marked = MARKS.find(([mark]) => mark.test(line))?.[1]
  if (marked !== undefined) return marked
  if (program === undefined) return undefined
  return PROGRAMS.find(([name]) => name.test(program))?.[1] ?? 'system'
}
