import { z } from 'zod'
import type { FactSet } from '../facts/fact-set.ts'
import { checkYaml, parseYamlStrict } from '../parse/yaml-strict.ts'
import { type Finding, type Outcome, UserError } from '../types.ts'
import { factsFromTest } from './fact-values.ts'
import { type AllFacts, judge } from './judge.ts'
import type { Rule } from './rule.ts'

const outcomes = ['problem', 'ok', 'skipped', 'unknown'] as const
const subjects = z.array(z.string())
const testFileSchema = z
  .array(
    z.strictObject({
      name: z.string().min(1),
      facts: z.record(z.string(), z.unknown()).optional(),
      machine: z.string().optional(),
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
  readonly expect: Readonly<Partial<Record<Outcome, readonly string[]>>>
}

/** Throws a UserError with file and line where the test is malformed, or where a kind of case is missing. */
export function readRuleTest(text: string, file: string, sets: readonly FactSet[]): RuleCase[] {
  const yaml = parseYamlStrict(text, file)
  return checkYaml(yaml, testFileSchema, file).map((test, index) => {
    const line = yaml.lineOf([index])
    const expect = typeof test.expect === 'string' ? { [test.expect]: [''] } : test.expect
    if (test.machine !== undefined) return { name: test.name, line, facts: { machine: test.machine }, expect }
    try {
      return { name: test.name, line, facts: factsFromTest(test.facts ?? {}, sets), expect }
    } catch (error) {
      throw new UserError(`${file}:${line}: ${(error as Error).message}`)
    }
  })
}

/** Null where the rule decides as the case expects. */
export function runCase(rule: Rule, test: RuleCase, facts: AllFacts): string | null {
  return difference(judge([rule], facts), test.expect)
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
