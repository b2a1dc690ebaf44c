import type { Difference } from '../../bundle/diff.ts'
import type { Entry } from '../../bundle/manifest.ts'
import { marksOf } from '../../bundle/personal.ts'
import { askLabel } from '../../evidence/ask.ts'
import { humanBytes } from '../../parse/size.ts'
import { plain } from '../../reporters/plain.ts'
import type { Answer, Question } from '../../types.ts'
import type { StoredBundle } from './stored.ts'

/** What a bundle is, and a line for each item: how it came out, how large it is, and what it may hold. */
export function bundleText(path: string, { manifest: { header, entries, made }, cut }: StoredBundle): string {
  const outcomes = new Map<string, number>()
  for (const { outcome } of entries) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  const bytes = [...entries, ...made].reduce((sum, one) => sum + (one.bytes ?? 0), 0)
  const kinds = [
    ...(header.only ? [`only ${header.only.join(', ')}`] : []),
    ...(header.since === undefined ? [] : [`logs since ${header.since}`]),
    header.anonymized ? 'names and addresses are pseudonyms' : 'names and addresses as they were',
    'secrets taken out',
  ]
  return [
    `${path}: recorded ${header.recorded} by vdoctor ${header.vdoctor} (${header.by}), format ${header.bundle}`,
    kinds.join('; '),
    `${entries.length} answers, ${humanBytes(bytes)}: ${[...outcomes].map(([name, count]) => `${count} ${name}`).join(', ')}`,
    ...(cut === null ? [] : [`not whole: ${cut}`]),
    ...made.map(({ made: name, bytes: size = 0 }) => `made beside them: ${name}, ${humanBytes(size)}`),
    '',
    ...entries.map((entry) => itemLine(entry, header.anonymized === true)),
    '',
  ]
    .map(plain)
    .join('\n')
}

function itemLine(entry: Entry, anonymized: boolean): string {
  const label = 'each' in entry.ask ? `for each: ${askLabel(entry.ask)}` : askLabel(entry.ask)
  const marks = entry.outcome === 'ok' && !anonymized ? marksOf(label).filter((mark) => mark !== 'secrets') : []
  const size = entry.bytes === undefined ? '' : humanBytes(entry.bytes)
  const noted = [entry.detail, entry.truncated && 'only its end', marks.length > 0 && `may hold ${marks.join(', ')}`]
  const notes = noted.filter(Boolean).join('; ')
  return `${entry.outcome.padEnd(12)} ${size.padStart(10)}  ${label}${notes && `   [${notes}]`}`
}

/** One answer, with nothing in it that a terminal would obey. */
export function answerText(answer: Answer): string {
  if (!answer.ok) return `${answer.gap}${answer.detail === undefined ? '' : `: ${plain(answer.detail)}`}\n`
  const { data } = answer
  switch (data.kind) {
    case 'file':
      return safe(data.text)
    case 'command': {
      const failed = data.exit === 0 ? '' : `exit ${data.exit}\n`
      return `${safe(data.stdout)}${data.stderr && `stderr:\n${safe(data.stderr)}`}${failed}`
    }
    case 'link':
      return `${plain(data.target)}\n`
    case 'list':
      return safe(data.names.map(plain).join('\n'))
    case 'expands':
      return safe(data.values.map(plain).join('\n'))
    case 'stat':
      return `${JSON.stringify({ ...data.stat, mode: data.stat.mode.toString(8).padStart(4, '0') })}\n`
  }
}

/** Lines and tabs stay. */
const safe = (text: string): string =>
  text === '' ? '' : `${text.replace(/\n$/, '').split('\n').map(visible).join('\n')}\n`

const visible = (line: string): string => line.replace(/\r$/, '').split('\t').map(plain).join('\t')

const labelOf = (key: string): string => askLabel(JSON.parse(key) as Question)

export function diffText(differences: readonly Difference[]): string {
  return differences
    .flatMap((one): string[] => {
      const label = plain(labelOf(one.key))
      if (one.how === 'added') return [`only in the second: ${label}`]
      if (one.how === 'gone') return [`only in the first: ${label}`]
      if (one.how === 'outcome') return [`${label}: ${one.before}, then ${one.after}`]
      return [`${label} changed`, ...(one.lines ?? ['(too much to show)']).map((line) => `  ${visible(line)}`)]
    })
    .map((line) => `${line}\n`)
    .join('')
}
