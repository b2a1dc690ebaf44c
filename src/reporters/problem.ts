import type { Ansis } from 'ansis'
import type { Finding, FixStep, Refusal, Said, Severity, Source } from '../types.ts'
import { plain, quoted, wrap } from './plain.ts'

export interface Look {
  /** Columns. */
  readonly width: number
  /** Colours, or null for none. */
  readonly color: Ansis | null
}

export const INDENT = '         '
/** Subjects of one rule that are told one by one. */
const MOST_SUBJECTS = 8
const MOST_SOURCES = 3

/** Findings of one rule together, in the order of the first of each. */
export function byRule(findings: readonly Finding[]): Finding[][] {
  const groups = new Map<string, Finding[]>()
  for (const finding of findings) groups.set(finding.rule, [...(groups.get(finding.rule) ?? []), finding])
  return [...groups.values()]
}

/** One rule's findings: what, where, why, and what to do. */
export function problem(group: readonly Finding[], look: Look): string {
  const [first] = group as [Finding]
  const width = look.width - INDENT.length
  const lines = [`${label(first.severity, look)}${plain(first.title)}  [${first.rule}]`]
  for (const finding of group.slice(0, MOST_SUBJECTS)) {
    const said = finding.subject ? `${plain(finding.subject)}: ${plain(finding.says)}` : plain(finding.says)
    lines.push(...indented(said, width), ...quote(finding.said, width), ...from(finding.evidence))
  }
  if (group.length > MOST_SUBJECTS) lines.push(`${INDENT}… and ${group.length - MOST_SUBJECTS} more`)
  lines.push(...labelled('why', plain(first.why), width))
  if (first.refusal) lines.push(...labelled('who', plain(refused(first.refusal)), width))
  for (const step of first.fix) lines.push(...fixLines(step, width))
  if (first.fineWhen !== undefined) lines.push(...labelled('fine', `when ${plain(first.fineWhen)}`, width))
  return lines.join('\n')
}

const WHEN = {
  before: 'before anything moves',
  suspended: 'when the guest is suspended',
  target: 'on the host where it shall run',
}

/** xl refuses it on the host where it shall run: "Could not find bridge device br1" */
function refused({ by, phase, words }: Refusal): string {
  if (by === '') return 'nobody looks at it'
  return `${by} stops ${WHEN[phase]}${words ? `: "${words}"` : ''}`
}

export const indented = (text: string, width: number): string[] => wrap(text, width).map((line) => INDENT + line)

const labelled = (name: string, text: string, width: number): string[] =>
  wrap(text, width - 6).map((line, index) => `${INDENT}${(index === 0 ? name : '').padEnd(6)}${line}`)

function label(severity: Severity, { color }: Look): string {
  const text = severity.toUpperCase().padEnd(INDENT.length)
  if (!color) return text
  return severity === 'error'
    ? color.red.bold(text)
    : severity === 'warning'
      ? color.yellow.bold(text)
      : color.cyan.bold(text)
}

/** `/etc/xen/web1.cfg:3`, `xl info` */
export const place = ({ ask, path, line }: Source): string =>
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

const fixLines = (step: FixStep, width: number): string[] =>
  'run' in step ? [`${INDENT}fix   ${stepText(step)}`] : labelled('fix', stepText(step), width)

/** One step as a sentence, or as a command behind `$`: what to do, what it interrupts, how to undo it. */
export function stepText(step: FixStep): string {
  const tail = stepNotes(step)
  if ('run' in step) return `$ ${commandLine(step.run)}${tail}`
  if ('do' in step) return plain(step.do) + tail
  const change =
    'append' in step ? `add the line: ${plain(step.append)}` : `replace ${plain(step.replace)} with ${plain(step.with)}`
  return `in ${plain(step.edit)}, ${change}${tail}`
}

/** As it can be typed. */
export const commandLine = (argv: readonly string[]): string => argv.map((word) => quoted(plain(word))).join(' ')

/** ` (interrupts the network; undo: …)`, or nothing */
export function stepNotes({ interrupts, undo }: FixStep): string {
  const notes = [interrupts && interrupts !== 'nothing' ? `interrupts ${interrupts}` : '', undo ? `undo: ${undo}` : '']
  const note = notes.filter(Boolean).join('; ')
  return note ? ` (${plain(note)})` : ''
}
