import Table from 'cli-table3'
import type { Report } from '../engine/report.ts'
import { plain } from './plain.ts'

const BORDERS = 13

/** One row a problem, for a wide terminal or a mail. */
export function tableReport(report: Report, width: number): string {
  const rows = report.findings.filter(({ outcome }) => outcome === 'problem')
  const text = Math.max(20, Math.floor((width - BORDERS - 8 - 30) / 2))
  const table = new Table({
    head: ['severity', 'rule', 'subject', 'what'],
    colWidths: [10, 32, text, text],
    wordWrap: true,
    style: { head: [], border: [] },
  })
  for (const { severity, rule, subject, says, waived } of rows) {
    table.push([waived === undefined ? severity : 'waived', rule, plain(subject) || 'this host', plain(says)])
  }
  return rows.length === 0 ? 'no problem found\n' : `${table.toString()}\n`
}
