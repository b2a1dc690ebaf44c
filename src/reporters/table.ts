import Table from 'cli-table3'
import type { Report } from '../engine/report.ts'
import { plain } from './plain.ts'

const BORDERS = 13
const SEVERITY = 10
const NARROWEST = 20

/** One row a problem, for a wide terminal or a mail; the machine's name above it where there are several. */
export const tableReport = (reports: readonly Report[], width: number): string =>
  reports.length === 1
    ? table(reports[0]!, width)
    : reports.map((report) => `${plain(report.host)}\n${table(report, width)}`).join('\n')

function table(report: Report, width: number): string {
  const rows = report.findings.filter(({ outcome }) => outcome === 'problem')
  const name = Math.max(...rows.map(({ rule }) => rule.length), 4) + 2
  const text = Math.max(NARROWEST, Math.floor((width - BORDERS - SEVERITY - name) / 2))
  const rowsOf = new Table({
    head: ['severity', 'rule', 'subject', 'what'],
    colWidths: [SEVERITY, name, text, text],
    wordWrap: true,
    style: { head: [], border: [] },
  })
  for (const { severity, rule, subject, says, waived } of rows) {
    rowsOf.push([waived === undefined ? severity : 'waived', rule, plain(subject) || 'this host', plain(says)])
  }
  return rows.length === 0 ? 'no problem found\n' : `${rowsOf.toString()}\n`
}
