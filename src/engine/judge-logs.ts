import type { LogKind, Signature } from '../signatures/signature.ts'
import { CONFIDENCES } from '../signatures/signature.ts'
import type { Seen, Sighting } from '../signatures/log-scan.ts'
import type { Confidence, Finding, Missing, Severity, Source, Unknown } from '../types.ts'
import { evaluate } from './conditions.ts'
import { appliesTo, compiled, fillTemplate, finding, NOTHING } from './finding.ts'
import type { Rule } from './rule.ts'

/** One log that was looked through. */
export interface ScannedLog {
  /** `/var/log/messages`, `dmesg`, `-` */
  readonly name: string
  readonly path?: string | undefined
  readonly kind?: LogKind | undefined
  /** Whom it is about, "guest web1"; "" for the machine itself. */
  readonly of: string
  readonly sightings: readonly Sighting[]
  /** Why silence in it proves nothing; null where all of it was read. */
  readonly gap: Unknown | null
  /** Lines are counted from the log's own first line. */
  readonly numbered: boolean
  readonly lines: number
  /** Time of its first line, in milliseconds since 1970. */
  readonly since: number | null
}

export interface LogReading {
  readonly logs: readonly ScannedLog[]
  /** When the machine was started, in milliseconds since 1970: older messages are history. null: nobody knows. */
  readonly bootAt: number | null
  /** A text without its machine: what stays undecided lowers the confidence, and does not silence the rule. */
  readonly pasted: boolean
  /** The text was brought because of a fault that is there now: no message in it is history. */
  readonly fresh: boolean
}

/** The namespace that tells how old a message is. */
export const AGE = 'kernel'

export const NO_LOGS: LogReading = { logs: [], bootAt: null, pasted: false, fresh: false }

interface Told {
  readonly log: ScannedLog
  readonly sighting: Sighting
}

/** A reading as hundreds of rules ask for it, one after the other. */
export class Heard {
  readonly reading: LogReading
  readonly #told = new Map<string, Told[]>()
  /** By the kinds that a rule listens to. */
  readonly #missing = new Map<string, Missing[]>()

  constructor(reading: LogReading) {
    this.reading = reading
    for (const log of reading.logs) {
      for (const sighting of log.sightings) {
        const told = this.#told.get(sighting.rule)
        if (told) told.push({ log, sighting })
        else this.#told.set(sighting.rule, [{ log, sighting }])
      }
    }
  }

  toldBy(rule: string, signature: Signature): readonly Told[] {
    return this.#told.get(rule)?.filter(({ log }) => isRelevant(signature, log.kind)) ?? []
  }

  /** Why silence proves nothing; [] where it does. */
  missing(signature: Signature): Missing[] {
    const key = signature.in.join(' ')
    let missing = this.#missing.get(key)
    if (!missing) this.#missing.set(key, (missing = this.#missingOf(signature)))
    return missing
  }

  #missingOf(signature: Signature): Missing[] {
    const { logs } = this.reading
    const relevant = logs.filter(({ kind }) => isRelevant(signature, kind))
    const gaps = logs.length === 0 ? (['not-recorded'] as const) : relevant.flatMap(({ gap }) => gap?.gap ?? [])
    return [...new Set(gaps)].map((gap) => ({ fact: '', gap, ask: SOME_LOGS }))
  }
}

/** One verdict for each subject that the messages name; one for the host where there is none. */
export function judgeMessages(rule: Rule, signature: Signature, context: object, heard: Heard): Finding[] {
  const { reading } = heard
  const doubts: Missing[] = []
  if (rule.applies !== undefined) {
    const applies = appliesTo(context, rule.applies)
    if (applies.gap && !reading.pasted) return [finding(rule, 'unknown', applies.read, context)]
    if (applies.gap) doubts.push(...applies.read.missing)
    else if (applies.value !== true) return [finding(rule, 'skipped', applies.read, context)]
  }
  const missing = heard.missing(signature)
  const told = heard.toldBy(rule.id, signature)
  const found = bySubject(rule, told, context).map((same) => accuse(rule, same, context, reading, doubts))
  if (missing.length > 0) return [...found, finding(rule, 'unknown', { ...NOTHING, missing }, context)]
  return found.length > 0 ? found : [finding(rule, 'ok', NOTHING, context)]
}

/** The report lists which: hundreds of rules wait for the same logs. */
const SOME_LOGS = 'a log of this host'

/** Lines of `system` logs are of every kind. */
export const isRelevant = (signature: Signature, kind: LogKind | undefined): boolean =>
  signature.in.length === 0 || kind === undefined || kind === 'system' || signature.in.includes(kind)

function bySubject(rule: Rule, told: readonly Told[], context: object): { subject: string; told: Told[] }[] {
  const groups = new Map<string, Told[]>()
  for (const one of told) {
    const own = fillTemplate(rule.subject, { ...context, log: captured(one.sighting) })
    const subject = [one.log.of, own].filter(Boolean).join(', ')
    groups.set(subject, [...(groups.get(subject) ?? []), one])
  }
  return [...groups].map(([subject, same]) => ({ subject, told: same }))
}

const captured = ({ captures, last }: Sighting): object => ({ ...captures, message: last.message })

function accuse(
  rule: Rule,
  { subject, told }: { subject: string; told: readonly Told[] },
  context: object,
  { bootAt, pasted, fresh }: LogReading,
  doubts: readonly Missing[],
): Finding {
  const latest = told.reduce((a, b) => (timeOf(b.sighting.last) >= timeOf(a.sighting.last) ? b : a))
  const within = { ...context, log: captured(latest.sighting) }
  const evidence = told.flatMap(({ log, sighting }) => placeIn(log, sighting.last))
  const missing = [...doubts]
  if (rule.unless !== undefined) {
    const against = evaluate(compiled(rule.unless), within)
    if (against.gap && !pasted) return finding(rule, 'unknown', against.read, within, subject)
    if (against.gap) missing.push(...against.read.missing)
    else if (against.value === true) return finding(rule, 'ok', against.read, within, subject)
  }
  const outcome = rule.harmless ? 'ok' : 'problem'
  const plain = finding(rule, outcome, { sources: evidence, missing: [] }, within, subject)
  const age = fresh ? 'now' : ageOf(latest.sighting.last, bootAt)
  return {
    ...plain,
    ...(rule.harmless && { says: fillTemplate(rule.says, within), why: fillTemplate(rule.why, within), evidence }),
    severity: AGED[age](rule.severity),
    missing,
    confidence: missing.length > 0 ? lower(rule.confidence!) : rule.confidence,
    said: {
      text: latest.sighting.last.text,
      count: told.reduce((sum, { sighting }) => sum + sighting.count, 0),
      first: iso(Math.min(...told.map(({ sighting }) => timeOf(sighting.first)))),
      last: iso(timeOf(latest.sighting.last)),
    },
  }
}

const placeIn = ({ name, path, numbered }: ScannedLog, { line }: Seen): Source[] => [
  { ask: name, path, ...(numbered && { line }) },
]

const timeOf = ({ time }: Seen): number => (time && 'at' in time ? time.at : -Infinity)
const iso = (time: number): string | undefined => {
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
}

const lower = (confidence: Confidence): Confidence =>
  CONFIDENCES[Math.min(CONFIDENCES.indexOf(confidence) + 1, CONFIDENCES.length - 1)]!

/** A log without zones may be fourteen hours off. */
const UNZONED_MS = 14 * 3_600_000
const ZONED_MS = 60_000

/** Whether the message is from before the machine's last start. A ring counts from that start. */
function ageOf({ time }: Seen, bootAt: number | null): 'now' | 'before' | 'undated' {
  if (!time) return 'undated'
  if ('sinceBoot' in time) return 'now'
  if (bootAt === null) return 'undated'
  return time.at < bootAt - (time.zoned ? ZONED_MS : UNZONED_MS) ? 'before' : 'now'
}

const AGED: Readonly<Record<ReturnType<typeof ageOf>, (severity: Severity) => Severity>> = {
  now: (severity) => severity,
  before: () => 'info',
  undated: (severity) => (severity === 'error' ? 'warning' : 'info'),
}
