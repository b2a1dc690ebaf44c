import Table from 'cli-table3'
import type { ConsoleLine } from '../serial/setup/console-line.ts'
import { plain } from './plain.ts'
import { commandLine } from './problem.ts'

/** What is here as a table; below it, uncut, what records each. */
export function consoleListText(lines: readonly ConsoleLine[]): string {
  if (lines.length === 0) return 'no serial port, and no guest with a console\n'
  const table = new Table({ head: ['', 'whose', 'where', 'what', 'held by'], style: { head: [], border: [] } })
  for (const [index, { kind, guest, where, what, heldBy }] of lines.entries())
    table.push([
      index + 1,
      plain(guest) || (kind === 'hypervisor' ? 'Xen' : 'this host'),
      plain(where),
      plain(what),
      plain(heldBy ?? ''),
    ])
  const below = lines.flatMap(({ capture, note }, index) => {
    if (capture === null && note === '') return []
    const how = capture === null ? '' : `vdoctor console capture ${commandLine(capture)}`
    return `${`${index + 1}:`.padEnd(4)}${[how, plain(note)].filter(Boolean).join(`\n    # `)}`
  })
  return `${table.toString()}\n${below.length > 0 ? `\n${below.join('\n')}\n` : ''}`
}
