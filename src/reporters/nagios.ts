import { RANK, type Report } from '../engine/report.ts'
import type { Finding } from '../types.ts'
import { plain } from './plain.ts'
import { nameOf, open } from './told.ts'

/** What a plugin of Nagios, Icinga or Checkmk exits with. */
export const NAGIOS = { OK: 0, WARNING: 1, CRITICAL: 2, UNKNOWN: 3 } as const
export type NagiosState = keyof typeof NAGIOS

/** An error is critical, a warning is a warning; with `strict`, undecided is unknown where nothing is worse. */
export function nagiosState(reports: readonly Report[], strict: boolean): NagiosState {
  const severities = new Set(reports.flatMap(open).map(({ severity }) => severity))
  if (severities.has('error')) return 'CRITICAL'
  if (severities.has('warning')) return 'WARNING'
  return strict && reports.some(({ findings }) => findings.some(isUndecided)) ? 'UNKNOWN' : 'OK'
}

/** `VDOCTOR CRITICAL - 1 error, 2 warnings | errors=1 warnings=2 infos=0 undecided=12`, then a line a problem, the worst first. */
export function nagiosReport(reports: readonly Report[], strict: boolean): string {
  const problems = reports.flatMap((report) => open(report).map((finding) => ({ host: report.host, finding })))
  const count = (severity: string): number => problems.filter(({ finding }) => finding.severity === severity).length
  const counts = { errors: count('error'), warnings: count('warning'), infos: count('info') }
  const undecided = reports.flatMap(({ findings }) => findings).filter(isUndecided).length
  const data = Object.entries({ ...counts, undecided }).map(([name, value]) => `${name}=${value}`)
  const words = [many(counts.errors, 'error'), many(counts.warnings, 'warning')].join(', ')
  const first = `VDOCTOR ${nagiosState(reports, strict)} - ${words} | ${data.join(' ')}`
  const lines = problems
    .filter(({ finding }) => finding.severity !== 'info')
    .sort((a, b) => RANK[a.finding.severity] - RANK[b.finding.severity])
    .map(({ host, finding }) =>
      safe(`${finding.severity}: ${reports.length > 1 ? `${host}: ` : ''}${nameOf(finding)}: ${finding.says}`),
    )
  return `${[first, ...lines].join('\n')}\n`
}

const isUndecided = ({ outcome }: Finding): boolean => outcome === 'unknown'
const many = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

/** A bar begins performance data. */
export const safe = (text: string): string => plain(text).replaceAll('|', '¦')
