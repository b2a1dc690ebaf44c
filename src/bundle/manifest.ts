import type { Answer, Gap, Question, Stat } from '../types.ts'
import { UserError } from '../types.ts'

/** The folder's table of contents: a header, then one line an answer, appended after its data is whole. */
export const MANIFEST = 'manifest.jsonl'
export const BUNDLE_VERSION = 1

/** First line: `{"bundle":1,"vdoctor":"0.1.0","recorded":"2026-11-20T06:37:00Z","by":"bundle"}` */
export interface Header {
  readonly bundle: number
  readonly vdoctor: string
  /** ISO 8601, UTC. */
  readonly recorded: string
  readonly by: 'bundle' | 'collector'
  /** What `--only` named: the rest was not asked. */
  readonly only?: readonly string[]
  /** ISO 8601: older lines of logs were left out. */
  readonly since?: string
  /** Names and addresses are pseudonyms. */
  readonly anonymized?: true
}

/** What is told of a file of the bundle. */
interface Sum {
  readonly bytes?: number
  readonly sha256?: string
}

/** A line for an answer. Data of files and commands lie in files beside the manifest; what is empty has none. */
export interface Entry extends Sum {
  readonly ask: Question
  readonly outcome: 'ok' | Gap
  readonly detail?: string
  readonly ms?: number
  /** File of the bundle that holds the contents, or the standard output; `bytes` and `sha256` are its. */
  readonly data?: string
  readonly stderr?: string
  readonly stderrBytes?: number
  readonly stderrSha256?: string
  readonly exit?: number
  readonly truncated?: true
  readonly target?: string
  readonly names?: readonly string[]
  /** `mode` is octal text. */
  readonly stat?: Omit<Stat, 'mode'> & { readonly mode: string }
  /** What a glob or an `each` led to. */
  readonly values?: readonly string[]
}

/** A line for a file that is no answer: `{"made":"report.txt","bytes":1830,"sha256":"…"}` */
export interface Made extends Sum {
  readonly made: string
}

export interface Manifest {
  readonly header: Header
  readonly entries: readonly Entry[]
  readonly made: readonly Made[]
}

/** A line that was cut off at the end is a collector that was killed: what came before counts. */
export function parseManifest(text: string, path: string): Manifest {
  const lines = text.split('\n')
  lines.pop()
  const parsed = lines.map((line, index) => parseLine(line, `${path}:${index + 1}`))
  const [header, ...rest] = parsed as [Header | undefined, ...(Entry | Made)[]]
  if (typeof header?.bundle !== 'number') throw new UserError(`${path}: this is no manifest of a vdoctor bundle`)
  if (header.bundle > BUNDLE_VERSION) {
    throw new UserError(
      `${path}: made by a newer vdoctor (format ${header.bundle}, this one reads ${BUNDLE_VERSION})`,
      'Install a newer vdoctor.',
    )
  }
  rest.forEach((line, index) => {
    if (!('made' in line) && (!line.ask || !line.outcome))
      throw new UserError(`${path}:${index + 2}: a line without "ask" and "outcome"`)
  })
  const isMade = (line: Entry | Made): line is Made => 'made' in line
  return {
    header,
    entries: rest.filter((line): line is Entry => !isMade(line)),
    made: rest.filter(isMade),
  }
}

function parseLine(line: string, at: string): unknown {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // Said below.
  }
  throw new UserError(
    `${at}: not a line of JSON`,
    'The manifest was damaged or edited by hand; record the machine again.',
  )
}

/** An entry without its data, as an answer; `read` fetches a data file, or tells why it cannot. */
export function answerOf(entry: Entry, key: string, read: (file: string) => string | null): Answer {
  const base = { key, ms: entry.ms ?? 0 }
  const gap = (gap: Gap, detail?: string): Answer => ({ ...base, ok: false, gap, detail })
  if (entry.outcome !== 'ok') return gap(entry.outcome, entry.detail)
  if (entry.values) return { ...base, ok: true, data: { kind: 'expands', values: entry.values } }
  const { ask } = entry
  if ('link' in ask) return { ...base, ok: true, data: { kind: 'link', target: entry.target ?? '' } }
  if ('list' in ask) return { ...base, ok: true, data: { kind: 'list', names: entry.names ?? [] } }
  if ('stat' in ask && entry.stat) {
    return { ...base, ok: true, data: { kind: 'stat', stat: { ...entry.stat, mode: parseInt(entry.stat.mode, 8) } } }
  }
  const text = entry.data === undefined ? '' : read(entry.data)
  const stderr = entry.stderr === undefined ? '' : read(entry.stderr)
  if (text === null || stderr === null) return gap('not-recorded', 'its data is missing from the bundle')
  const cut = entry.truncated && { truncated: true as const }
  if ('file' in ask) return { ...base, ok: true, data: { kind: 'file', text, ...cut } }
  return { ...base, ok: true, data: { kind: 'command', stdout: text, stderr, exit: entry.exit ?? 0, ...cut } }
}
