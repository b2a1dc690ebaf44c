import { z } from 'zod'
import type { Rule } from '../engine/rule.ts'
import { readText } from '../engine/library.ts'
import { nearest } from '../parse/nearest.ts'
import { checkYaml, parseYamlStrict } from '../parse/yaml-strict.ts'
import { type Finding, UserError } from '../types.ts'

const waiversSchema = z.array(
  z.strictObject({
    rule: z.string().min(1),
    subject: z.string().optional(),
    reason: z.string().min(1),
    until: z.string().regex(/^\d{4}-\d\d-\d\d$/, 'must be a date, YYYY-MM-DD'),
  }),
)

export interface Waiver {
  readonly rule: string
  readonly subject?: string | undefined
  readonly reason: string
  /** The last day on which it holds. */
  readonly until: string
}

/** Reads a waivers file; a rule that does not exist or a missing reason is a UserError with file and line. */
export function readWaivers(file: string, rules: readonly Rule[]): Waiver[] {
  const yaml = parseYamlStrict(readText(file), file)
  const waivers = checkYaml(yaml, waiversSchema, file)
  const names = new Set(rules.flatMap(({ id, formerly }) => [id, ...formerly]))
  for (const [index, { rule }] of waivers.entries()) {
    if (names.has(rule)) continue
    const meant = nearest(rule, names)
    throw new UserError(
      `${file}:${yaml.lineOf([index, 'rule'])}: no rule is called "${rule}"${meant ? `; did you mean "${meant}"?` : ''}`,
    )
  }
  return waivers
}

/** Marks the problems that a waiver covers; one that has expired covers nothing. */
export function waive(
  findings: readonly Finding[],
  waivers: readonly Waiver[],
  rules: readonly Rule[],
  today: string,
): Finding[] {
  const idOf = new Map(rules.flatMap(({ id, formerly }) => [id, ...formerly].map((name) => [name, id] as const)))
  const current = waivers.filter(({ until }) => until >= today)
  return findings.map((finding) => {
    const waiver = current.find(
      ({ rule, subject }) => idOf.get(rule) === finding.rule && (subject === undefined || subject === finding.subject),
    )
    return waiver && finding.outcome === 'problem'
      ? { ...finding, waived: `${waiver.reason} (until ${waiver.until})` }
      : finding
  })
}
