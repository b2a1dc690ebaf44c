import { atLeast, type Report } from '../engine/report.ts'
import type { Finding, Severity } from '../types.ts'
import type { Output } from './outputs.ts'

/** The first that holds: 2 it could not run (thrown, see base.ts); 1 something at or above `failOn`; 3 `strict` and something unknown; 0. */
export const exitCode = (reports: readonly Report[], failOn: Severity | 'never', strict: boolean): 0 | 1 | 3 =>
  exitCodeOf(
    reports.flatMap(({ findings }) => findings),
    failOn,
    strict,
  )

export function exitCodeOf(findings: readonly Finding[], failOn: Severity | 'never', strict: boolean): 0 | 1 | 3 {
  const open = findings.filter(({ waived }) => waived === undefined)
  if (failOn !== 'never' && open.some(({ outcome, severity }) => outcome === 'problem' && atLeast(severity, failOn)))
    return 1
  return strict && open.some(({ outcome }) => outcome === 'unknown') ? 3 : 0
}

/** A monitoring system reads standard output, and takes 2 for CRITICAL. */
export const isPlugin = ({ format, file }: Output): boolean => format === 'nagios' && file === null

/** `broke`: a machine could not be read. */
export async function pluginCode(reports: readonly Report[], strict: boolean, broke: boolean): Promise<number> {
  const { NAGIOS, nagiosState } = await import('../reporters/nagios.ts')
  const state = nagiosState(reports, strict)
  return NAGIOS[state === 'OK' && broke ? 'UNKNOWN' : state]
}
