import { atLeast, type Report } from '../engine/report.ts'
import type { Finding, Missing, Severity } from '../types.ts'
import { plain } from './plain.ts'
import { place, stepText } from './problem.ts'

/** What the machine-read formats are told beside the reports. */
export interface Threshold {
  /** Problems from this severity on fail the run; as for the exit code. */
  readonly failOn: Severity | 'never'
}

/** Verdicts that somebody asked for: not those of rules that do not apply to the machine. */
export const verdicts = ({ findings }: Report): readonly Finding[] =>
  findings.filter(({ outcome }) => outcome !== 'skipped')

/** Problems that nobody has accepted. */
export const open = ({ findings }: Report): readonly Finding[] =>
  findings.filter(({ outcome, waived }) => outcome === 'problem' && waived === undefined)

export const fails = ({ outcome, severity, waived }: Finding, { failOn }: Threshold): boolean =>
  outcome === 'problem' && waived === undefined && failOn !== 'never' && atLeast(severity, failOn)

/** `guest-bridge-missing (guest web1, vif0)` */
export const nameOf = ({ rule, subject }: Finding): string => (subject ? `${rule} (${plain(subject)})` : rule)

/** A problem in lines: what, why, where from, what to do. */
export function told(finding: Finding): string[] {
  const { title, says, said, why, evidence, fix, fineWhen, waived } = finding
  return [
    plain(title),
    plain(says),
    ...(said ? [`said: ${plain(said.text.trim())}${said.count > 1 ? ` (${said.count} times)` : ''}`] : []),
    `why: ${plain(why)}`,
    ...(evidence.length > 0 ? [`from: ${[...new Set(evidence.map(place))].join(', ')}`] : []),
    ...fix.map((step) => `fix: ${stepText(step)}`),
    ...(fineWhen === undefined ? [] : [`fine when: ${plain(fineWhen)}`]),
    ...(waived === undefined ? [] : [`waived: ${plain(waived)}`]),
  ].filter(Boolean)
}

/** `could not decide: kvm.nested (denied: permission denied)` */
export const undecided = ({ missing }: Finding): string =>
  `could not decide: ${[...new Set(missing.map(lacking))].join('; ') || 'nobody knows why'}`

const lacking = ({ fact, ask, gap, detail }: Missing): string =>
  `${plain(fact || ask)} (${gap}${detail ? `: ${plain(detail)}` : ''})`
