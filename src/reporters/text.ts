import type { Ansis } from 'ansis'
import type { Report, Undecided } from '../engine/report.ts'
import type { Finding, FixStep, Said, Severity, Source } from '../types.ts'
import { plain, quoted, wrap } from './plain.ts'

export interface TextOptions {
  /** Columns. */
  readonly width: number
  /** Colours, or null for none. */
  readonly color: Ansis | null
  /** Say what each rule that found nothing said, too. */
  readonly all?: boolean
}

const INDENT = '         '
/** Subjects of one rule that are told one by one. */
const MOST_SUBJECTS = 8
const MOST_SOURCES = 3

/** Problems first, then a line per healthy area, then what could not be decided. */
export function textReport(report: Report, options: TextOptions): string {
  const problems = report.findings.filter(({ outcome, waived }) => outcome === 'problem' && waived === undefined)
  const waived = report.findings.filter((finding) => finding.waived !== undefined)
  const byRule = groupBy(problems)
  const parts = [
    head(report),
    ...[...byRule.values()].map((group) => problem(group, options)),
    healthy(report),
    waivedLines(waived),
    ledger(report, options),
    logLines(report),
    totals(report),
  ]
  return `${parts.filter(Boolean).join('\n\n')}\n`
}

function groupBy(findings: readonly Finding[]): Map<string, Finding[]> {
  const groups = new Map<string, Finding[]>()
  for (const finding of findings) groups.set(finding.rule, [...(groups.get(finding.rule) ?? []), finding])
  return groups
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

function problem(group: readonly Finding[], options: TextOptions): string {
  const [first] = group as [Finding]
  const width = options.width - INDENT.length
  const lines = [`${label(first.severity, options)}${plain(first.title)}  [${first.rule}]`]
  for (const finding of group.slice(0, MOST_SUBJECTS)) {
    const said = finding.subject ? `${plain(finding.subject)}: ${plain(finding.says)}` : plain(finding.says)
    lines.push(...indented(said, width), ...quote(finding.said, width), ...from(finding.evidence))
  }
  if (group.length > MOST_SUBJECTS) lines.push(`${INDENT}… and ${group.length - MOST_SUBJECTS} more`)
  lines.push(...labelled('why', plain(first.why), width))
  for (const step of first.fix) lines.push(...fixLines(step, width))
  if (first.fineWhen !== undefined) lines.push(...labelled('fine', `when ${plain(first.fineWhen)}`, width))
  return lines.join('\n')
}

const indented = (text: string, width: number): string[] => wrap(text, width).map((line) => INDENT + line)

const labelled = (name: string, text: string, width: number): string[] =>
  wrap(text, width - 6).map((line, index) => `${INDENT}${(index === 0 ? name : '').padEnd(6)}${line}`)

function label(severity: Severity, { color }: TextOptions): string {
  const text = severity.toUpperCase().padEnd(INDENT.length)
  if (!color) return text
  return severity === 'error'
    ? color.red.bold(text)
    : severity === 'warning'
      ? color.yellow.bold(text)
      : color.cyan.bold(text)
}

const place = ({ ask, path, line }: Source): string =>
  plain(path === undefined ? ask : line === undefined ? path : `${path}:${line}`)

function from(evidence: readonly Source[]): string[] {
  const places = [...new Set(evidence.map(place))]
  if (places.length === 0) return []
  const more = places.length > MOST_SOURCES ? ` and ${places.length - MOST_SOURCES} more` : ''
  return [`${INDENT}from  ${places.slice(0, MOST_SOURCES).join(', ')}${more}`]
}

/** The message itself, cut where it is long. */
const LONGEST_QUOTE = 400

function quote(said: Said | undefined, width: number): string[] {
  if (!said) return []
  const times = said.count > 1 ? ` (${said.count} times)` : ''
  const text = said.text.length > LONGEST_QUOTE ? `${said.text.slice(0, LONGEST_QUOTE)} …` : said.text
  return labelled('said', plain(text.trim()) + times, width)
}

function fixLines(step: FixStep, width: number): string[] {
  const notes = [
    step.interrupts && step.interrupts !== 'nothing' ? `interrupts ${step.interrupts}` : '',
    step.undo ? `undo: ${step.undo}` : '',
  ]
  const note = notes.filter(Boolean).join('; ')
  const tail = note ? ` (${plain(note)})` : ''
  if ('run' in step) return [`${INDENT}fix   $ ${step.run.map((word) => quoted(plain(word))).join(' ')}${tail}`]
  if ('do' in step) return labelled('fix', plain(step.do) + tail, width)
  const change =
    'append' in step ? `add the line: ${plain(step.append)}` : `replace ${plain(step.replace)} with ${plain(step.with)}`
  return labelled('fix', `in ${plain(step.edit)}, ${change}${tail}`, width)
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
    default:
      return `${what}: ${gap}${why}`
  }
}

/** How far back the logs were looked through. */
function logLines({ logs }: Report): string {
  if (logs.length === 0) return ''
  const count = logs.reduce((sum, { lines }) => sum + lines, 0)
  const cut = logs
    .filter(({ whole }) => !whole)
    .map(({ name, since }) => `${plain(name)} only from ${since === null ? 'its end' : day(since)} on`)
  const many = `${logs.length} ${logs.length === 1 ? 'log' : 'logs'}, ${count} lines looked through`
  return `LOGS     ${many}${cut.length > 0 ? `; of ${cut.join(', ')}` : ''}`
}

const day = (iso: string): string => iso.slice(0, 16).replace('T', ' ')

function totals({ findings }: Report): string {
  const open = findings.filter(({ outcome, waived }) => outcome === 'problem' && waived === undefined)
  const count = (severity: Severity): number => open.filter((finding) => finding.severity === severity).length
  const many = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`
  return `${many(count('error'), 'error')}, ${many(count('warning'), 'warning')}, ${count('info')} worth knowing`
}
