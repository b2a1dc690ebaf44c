import { below, type Contents } from '../../archive/contents.ts'
import { dateOf } from './dates.ts'
import type { Dump, Recorded } from './dump.ts'
import { manglings } from './mangle.ts'

const MOST_OUTPUT = 16 << 20
/** Where outputs lie: in data/ since the collection of the core, at the root before it. */
const FOLDERS = ['/data/insights_commands', '/insights_commands', '/commands']
/** One of these is in each. */
const KNOWN = ['uname_-a', 'dmesg', 'lscpu', 'date', 'date_--utc', 'lsmod', 'ps_auxww']
/** What insights-client copies whole. */
const WHOLE = new Set(['/etc/modprobe.d/*.conf', '/etc/libvirt/qemu/*.xml'])

const commandsOf = (contents: Contents): string | undefined =>
  FOLDERS.find((folder) => contents.names(folder)?.some((name) => KNOWN.includes(name)))

export const isInsights = (contents: Contents): boolean => commandsOf(contents) !== undefined

export function insights(from: string, contents: Contents, packed: boolean): Dump {
  const folder = commandsOf(contents)!
  const names = contents.names(folder) ?? []
  const rpms = names.find((name) => name.startsWith('rpm_-qa'))
  const output = (command: string): Recorded | null => {
    const name = command === 'installed-rpms' ? rpms : manglings(command).find((one) => names.includes(one))
    if (name === undefined) return null
    const read = contents.read(`${folder}/${name}`, { maxBytes: MOST_OUTPUT, fromEnd: false })
    return 'bytes' in read ? { text: read.bytes.toString('utf8'), exit: null } : null
  }
  return {
    label: `insights archive ${from}`,
    at: dateOf([output('date --utc'), output('date')], contents, packed ? [`${folder}/date`, '/branch_info'] : []),
    files: folder.startsWith('/data/') ? below(contents, '/data') : contents,
    output,
    whole: (path) => WHOLE.has(path),
    missed: () => false,
  }
}
