import { parseLogLine } from '../parse/log-line.ts'
import type { Automaton } from '../signatures/automaton.ts'
import { LogScan } from '../signatures/log-scan.ts'
import type { Scanner } from '../signatures/scanner.ts'
import { compileSignatures, type SignatureSet } from '../signatures/signature-set.ts'
import { type HostLog, hostLogs, partly } from '../signatures/sources.ts'
import type { Collected } from './collect.ts'
import { AGE, type LogReading, type ScannedLog } from './judge-logs.ts'
import type { Rule } from './rule.ts'

/** The signatures of all rules that have one. */
export const signaturesOf = (rules: readonly Rule[], known?: Automaton): SignatureSet =>
  compileSignatures(
    rules.flatMap(({ id, log, subject }) => (log ? [{ id, log, keys: capturesIn(subject) }] : [])),
    known,
  )

/** What logs are looked through with; `automaton` is that of the shipped rules, where it is at hand. */
export interface Ear {
  readonly scanner: Scanner
  readonly automaton?: Automaton
}

/** `bridge {log.bridge}` → bridge */
const capturesIn = (template: string): string[] =>
  [...template.matchAll(/\blog\.(\w+)/g)].map(([, name]) => name!).filter((name) => name !== 'message')

/** A log's first lines may carry no time. */
const FIRST_LINES = 4096

/** Looks through the logs of a host. `bootAt`: a log that reaches back to it was read far enough. */
export function scanLogs(
  rules: readonly Rule[],
  logs: readonly HostLog[],
  { scanner, automaton }: Ear,
  { now, bootAt }: { now: number; bootAt: number | null },
): ScannedLog[] {
  const set = signaturesOf(rules, automaton)
  scanner.use(set.automaton)
  return logs.map((log): ScannedLog => {
    const { name, path, kind, of, tail } = log
    const unread = { name, path, kind, of, sightings: [], numbered: false, lines: 0, since: null }
    if (!tail.ok) return { ...unread, gap: tail }
    const scan = new LogScan(set, scanner, { kind: kind === 'system' ? undefined : kind, now })
    scan.feed(Buffer.from(tail.value.text))
    const sightings = scan.end()
    const since = firstTime(tail.value.text, now)
    const whole = tail.value.whole || (since !== null && bootAt !== null && since <= bootAt)
    const gap = whole ? null : partly(log)
    return { ...unread, sightings, gap, numbered: tail.value.whole, lines: scan.lines, since }
  })
}

/** Looks through the logs among a host's answers. `at`: when they were given. */
export function readLogs(
  rules: readonly Rule[],
  { evidence, facts }: Pick<Collected, 'evidence' | 'facts'>,
  at: Date | null,
  ear: Ear,
): LogReading {
  const now = at?.getTime() ?? Date.now()
  const uptime = facts[AGE]?.['uptime']
  const bootAt = at && uptime?.ok ? now - (uptime.value as number) * 1000 : null
  return { logs: scanLogs(rules, hostLogs(evidence), ear, { now, bootAt }), bootAt, pasted: false, fresh: false }
}

/** Milliseconds since 1970. */
export function firstTime(text: string, now: number): number | null {
  for (const line of text.slice(0, FIRST_LINES).split('\n')) {
    const { time } = parseLogLine(line, now)
    if (time && 'at' in time) return time.at
  }
  return null
}
