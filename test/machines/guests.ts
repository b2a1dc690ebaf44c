import { guests } from '../../src/facts/guests.ts'
import { evidence, type Given, matches, output, status, value } from '../evidence.ts'

export const paths = guests.asks.find((ask) => 'each' in ask)!
export const xlList = { command: ['xl', 'list', '-l'] as const }
export const listed = (...domains: string[]): string =>
  JSON.stringify(
    ['Domain-0', ...domains].map((name, domid) => ({ domid, config: { c_info: { name, type: 'pv' }, b_info: {} } })),
  )

/** A file of a glob, with its contents. */
export const files = (glob: string, contents: Record<string, string>): Given[] => [
  [{ file: glob }, matches(...Object.keys(contents))],
  ...Object.entries(contents).map(([path, text]): Given => [path, text]),
]

export const ls = (path: string, line: string | null): Given => [
  { command: ['ls', '-ldnskL', path] },
  line === null
    ? output('', 2, `ls: cannot access '${path}': No such file or directory\n`)
    : output(`${line} ${path}\n`),
]

export const XEN: Given[] = [
  ['/proc/xen/capabilities', 'control_d\n'],
  [{ stat: '/usr/sbin/xl' }, status({})],
  [xlList, output(listed('web1'))],
]

export const WEB1 = `name = "web1"\nmemory = 512\nkernel = "/boot/vmlinuz"\ndisk = ['phy:/dev/vg0/web1,xvda,w']\nvif = ['mac=00:16:3e:01:02:03,bridge=xenbr0']\n`

export interface Item {
  readonly [field: string]: unknown
}
export const parse = (given: readonly Given[]) => guests.parse(evidence(guests, given))
export const items = (result: Parameters<typeof value>[0]): Item[] => value(result) as Item[]
export const of = (result: Parameters<typeof value>[0], ...fields: string[]): unknown[] =>
  items(result).map((item) => ('gap' in item ? item['gap'] : fields.map((field) => item[field])))
