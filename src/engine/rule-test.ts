import { z } from 'zod'
import type { FactSet } from '../facts/fact-set.ts'
import { checkYaml, parseYamlStrict } from '../parse/yaml-strict.ts'
import { type Finding, type Outcome, UserError } from '../types.ts'
import { factsFromTest, GAPS } from './fact-values.ts'
import { LOG_KINDS } from '../signatures/signature.ts'
import type { Scanner } from '../signatures/scanner.ts'
import type { HostLog } from '../signatures/sources.ts'
import { known, unknown } from '../evidence/result.ts'
import { type AllFacts, judge } from './judge.ts'
import { type LogReading, NO_LOGS } from './judge-logs.ts'
import type { Rule } from './rule.ts'
import { scanLogs } from './scan-logs.ts'

const outcomes = ['problem', 'ok', 'skipped', 'unknown'] as const
const subjects = z.array(z.string())
const testFileSchema = z
  .array(
    z.strictObject({
      name: z.string().min(1),
      facts: z.record(z.string(), z.unknown()).optional(),
      machine: z.string().optional(),
      log: z
        .union([
          z.string().min(1),
          z.strictObject({ gap: z.enum(GAPS) }),
          z.array(z.strictObject({ in: z.enum(LOG_KINDS), text: z.string().min(1) })).min(1),
        ])
        .optional(),
      expect: z.union([
        z.enum(outcomes),
        z.strictObject({
          problem: subjects.optional(),
          ok: subjects.optional(),
          skipped: subjects.optional(),
          unknown: subjects.optional(),
        }),
      ]),
    }),
  )
  .min(1)

/** One case of a rule's test file: facts or a fixture machine, and the outcome by subject, never by prose. */
export interface RuleCase {
  readonly name: string
  readonly line: number
  readonly facts: AllFacts | { readonly machine: string }
  readonly logs: readonly HostLog[]
  /** A text without its machine: the case names no facts. */
  readonly pasted: boolean
  readonly expect: Readonly<Partial<Record<Outcome, readonly string[]>>>
}

/** Throws a UserError with file and line where the test is malformed, or where a kind of case is missing. */
export function readRuleTest(text: string, file: string, sets: readonly FactSet[]): RuleCase[] {
  const yaml = parseYamlStrict(text, file)
  return checkYaml(yaml, testFileSchema, file).map((test, index) => {
    const line = yaml.lineOf([index])
    const expect = typeof test.expect === 'string' ? { [test.expect]: [''] } : test.expect
    const told = { name: test.name, line, expect, logs: logsOf(test.log), pasted: test.facts === undefined }
    if (test.machine !== undefined) return { ...told, facts: { machine: test.machine } }
    try {
      return { ...told, facts: factsFromTest(test.facts ?? {}, sets) }
    } catch (error) {
      throw new UserError(`${file}:${line}: ${(error as Error).message}`)
    }
  })
}

/** `log: text` is a log that nobody knows the kind of. */
function logsOf(log: z.infer<typeof testFileSchema>[number]['log']): HostLog[] {
  if (log === undefined) return []
  const name = 'the log of the test'
  if (typeof log === 'string') return [{ name, kind: 'system', of: '', tail: known({ text: log, whole: true }) }]
  if ('gap' in log) return [{ name, kind: 'system', of: '', tail: unknown(log.gap, name) }]
  return log.map(({ in: kind, text }) => ({ name, kind, of: '', tail: known({ text, whole: true }) }))
}

/** Runs cases: one scanner serves them all. */
export class CaseRunner {
  readonly #scanner: Scanner

  constructor(scanner: Scanner) {
    this.#scanner = scanner
  }

  /** Null where the rule decides as the case expects. */
  run(rule: Rule, test: RuleCase, facts: AllFacts): string | null {
    return difference(judge([rule], facts, rule.log ? this.#read(rule, test) : NO_LOGS), test.expect)
  }

  #read(rule: Rule, { logs, pasted }: RuleCase): LogReading {
    const scanned = scanLogs([rule], logs, { scanner: this.#scanner }, { now: Date.UTC(2026, 0, 1), bootAt: null })
    return { logs: scanned, bootAt: null, pasted, fresh: pasted }
  }
}

const show = (expected: Readonly<Partial<Record<Outcome, readonly string[]>>>): string =>
  outcomes
    .filter((outcome) => expected[outcome]?.length)
    .map((outcome) => `${outcome}: ${expected[outcome]!.map((subject) => subject || 'this host').join('; ')}`)
    .join(' · ') || 'no finding'

function difference(findings: readonly Finding[], expected: RuleCase['expect']): string | null {
  const got: Partial<Record<Outcome, string[]>> = {}
  for (const { outcome, subject } of findings) (got[outcome] ??= []).push(subject)
  const same = outcomes.every((outcome) => {
    const [a, b] = [[...(got[outcome] ?? [])].sort(), [...(expected[outcome] ?? [])].sort()]
    return a.length === b.length && a.every((subject, index) => subject === b[index])
  })
  const broke = findings.flatMap(({ missing }) => missing).find(({ detail }) => detail?.startsWith('the rule broke'))
  return same && !broke ? null : `expected ${show(expected)}; got ${show(got)}${broke ? ` (${broke.detail})` : ''}`
}
