import type { Report, Undecided } from '../engine/report.ts'
import type { Finding, Severity } from '../types.ts'
import { moveLines } from './move.ts'
import { byRule, INDENT, indented, type Look, problem } from './problem.ts'
import { plain } from './plain.ts'

export interface TextOptions extends Look {
  /** Say what each rule that found nothing said, too. */
  readonly all?: boolean
}

/** Problems first, then a line per healthy area, then what could not be decided. */
export function textReport(report: Report, options: TextOptions): string {
  const problems = report.findings.filter(({ outcome, waived }) => outcome === 'problem' && waived === undefined)
  const waived = report.findings.filter((finding) => finding.waived !== undefined)
  const parts = [
    head(report),
    ...byRule(problems).map((group) => problem(group, options)),
    healthy(report),
    waivedLines(waived),
    ledger(report, options),
    logLines(report, options),
    report.move ? moveLines(report.move, options.width) : '',
    totals(report),
  ]
  return `${parts.filter(Boolean).join('\n\n')}\n`
}

function head(report: Report): string {
  const { platform } = report
  const when = report.at === null ? '' : ` · ${report.at.slice(0, 16).replace('T', ' ')} UTC`
  const text = (name: string): string => (typeof platform[name] === 'string' ? plain(platform[name]) : '')
  const system = [text('distribution'), text('version')].filter(Boolean).join(' ')
  const kernel = [text('system'), text('release'), text('arch')].filter(Boolean).join(' ')
  const how = Array.isArray(platform['how']) ? platform['how'].map((line) => plain(String(line))).join('; ') : ''
  return [
    `vdoctor ${report.vdoctor} · ${plain(report.host)}${when}`,
    [system, kernel].filter(Boolean).join(', ') || 'a system that tells neither distribution nor kernel',
    `${role(platform)}${how ? ` (${how})` : ''}`,
    ...(report.ability ? [report.ability] : []),
  ].join('\n')
}

const UNDER: Readonly<Record<string, string>> = {
  '': 'bare metal',
  'xen-dom0': 'the control domain of Xen',
  'xen-pv': 'a Xen PV guest',
  'xen-pvh': 'a Xen PVH guest',
  'xen-hvm': 'a Xen HVM guest',
  kvm: 'a KVM guest',
  qemu: 'an emulated QEMU guest',
  container: 'a container',
}

function role({ hosts, under }: Readonly<Record<string, unknown>>): string {
  const below =
    typeof under === 'string'
      ? (UNDER[under] ?? `a guest of ${plain(under)}`)
      : 'a machine of which nobody knows what it runs under'
  if (hosts === 'xen') return below === UNDER['xen-dom0'] ? 'A Xen host: the control domain' : `A Xen host, on ${below}`
  if (hosts === 'kvm') return `A KVM host, ${under === 'container' ? 'in' : 'on'} ${below}`
  return hosts === ''
    ? `No virtualization host; it is ${below}`
    : `It is ${below}; whether it hosts guests is not known`
}

function healthy({ areas }: Report): string {
  const sound = areas.filter((area) => area.problem === 0 && area.ok > 0)
  const lines = sound.map(
    ({ area, ok, unknown }) =>
      `OK       ${area}: ${ok} ${ok === 1 ? 'rule' : 'rules'} found nothing wrong${unknown ? `, ${unknown} undecided` : ''}`,
  )
  return lines.join('\n')
}

function waivedLines(findings: readonly Finding[]): string {
  return findings
    .map(
      ({ rule, subject, waived }) => `WAIVED   ${rule}${subject ? `, ${plain(subject)}` : ''}: ${plain(waived ?? '')}`,
    )
    .join('\n')
}

const MOST_CAUSES = 12

function ledger({ host, undecided }: Report, { all, width }: TextOptions): string {
  if (undecided.length === 0) return ''
  const rules = new Set(undecided.flatMap((cause) => cause.rules))
  const shown = all ? undecided : undecided.slice(0, MOST_CAUSES)
  const lines = shown.flatMap((cause) =>
    indented(`${cause.rules.length} × ${whatWouldDecide(cause, host === 'live')}`, width - INDENT.length),
  )
  const more = undecided.length - shown.length
  return [
    `UNKNOWN  ${rules.size} ${rules.size === 1 ? 'rule' : 'rules'} could not decide. What would decide them:`,
    ...lines,
    ...(more > 0 ? [`${INDENT}… and ${more} more reasons; --all shows them`] : []),
  ].join('\n')
}

/** Package queries name dozens of packages. */
const LONGEST_ASK = 72
const shortened = (ask: string): string => (ask.length > LONGEST_ASK ? `${ask.slice(0, LONGEST_ASK - 2)} …` : ask)

function whatWouldDecide({ gap, ask, detail }: Undecided, live: boolean): string {
  const why = detail ? ` (${plain(detail)})` : ''
  const what = shortened(plain(ask))
  switch (gap) {
    case 'denied':
      return `run as root: ${what} may not be read${why}`
    case 'not-recorded':
      return live ? `${what} was not asked here` : `${what}: the recording does not hold it`
    case 'absent':
      return `${what} is not there${why}`
    case 'timeout':
      return `${what} did not answer${why}`
    case 'withheld':
      return `${what} was not asked${why}`
    case 'malformed':
      return `${what} says nothing that helps${why}`
    case 'too-big':
      return `${what}: only the end was looked through${why}`
    default:
      return `${what}: ${gap}${why}`
  }
}

/** How far back the logs were looked through, and which were not. */
function logLines({ logs }: Report, { all, width }: TextOptions): string {
  const read = logs.filter(({ lines }) => lines > 0)
  const unread = logs.filter(({ lines, gap }) => lines === 0 && gap !== null)
  if (logs.length === 0) return ''
  const count = read.reduce((sum, { lines }) => sum + lines, 0)
  const ends = read
    .filter(({ gap }) => gap !== null)
    .map(({ name, since }) => `${plain(name)} ${since === null ? 'only at its end' : `only from ${day(since)} on`}`)
  const names = unread.map(({ name }) => shortened(plain(name)))
  const shown = all ? names : names.slice(0, MOST_LOGS)
  const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : ''
  const text = [
    `${read.length} ${read.length === 1 ? 'log' : 'logs'} looked through, ${count} lines`,
    ...(ends.length > 0 ? [ends.join(', ')] : []),
    ...(names.length > 0 ? [`not read: ${shown.join(', ')}${more}`] : []),
  ].join('; ')
  return `LOGS     ${indented(text, width - INDENT.length)
    .join('\n')
    .trimStart()}`
}

const MOST_LOGS = 3

const day = (iso: string): string => iso.slice(0, 16).replace('T', ' ')

function totals({ findings }: Report): string {
  const open = findings.filter(({ outcome, waived }) => outcome === 'problem' && waived === undefined)
  const count = (severity: Severity): number => open.filter((finding) => finding.severity === severity).length
  const many = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`
  return `${many(count('error'), 'error')}, ${many(count('warning'), 'warning')}, ${count('info')} worth knowing`
}
