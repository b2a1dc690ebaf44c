import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { checkYaml, parseYamlStrict } from '../parse/yaml-strict.ts'
import { UserError } from '../types.ts'
import { CONDITION_REASONS, type Coverage, REASONS } from './coverage.ts'
import { readText } from './library.ts'

const declinedSchema = z.array(
  z.strictObject({
    statement: z.string().min(1),
    reason: z.enum(REASONS),
    note: z.string().min(1),
  }),
)

const conditionsSchema = z.array(
  z.union([
    z.strictObject({ key: z.string(), condition: z.string(), rules: z.array(z.string()).min(1) }),
    z
      .strictObject({
        key: z.string(),
        condition: z.string(),
        reason: z.enum(CONDITION_REASONS),
        note: z.string().min(1),
      })
      .transform((one) => ({ ...one, rules: [] })),
  ]),
)

const coverageSchema = z.strictObject({ statements: declinedSchema, conditions: conditionsSchema.default([]) })

/** Reads coverage.yaml of a folder of rules. Throws a UserError where it is malformed or names something twice. */
export function readCoverage(folder: string): Coverage {
  const file = join(folder, 'coverage.yaml')
  if (!existsSync(file)) return { statements: [], conditions: [] }
  const yaml = parseYamlStrict(readText(file), file)
  const coverage = checkYaml(yaml, coverageSchema, file)
  const seen = new Set<string>()
  const once = (name: string, path: PropertyKey[]): void => {
    if (seen.has(name)) throw new UserError(`${file}:${yaml.lineOf(path)}: ${name} stands here twice`)
    seen.add(name)
  }
  coverage.statements.forEach(({ statement }, index) => once(statement, ['statements', index]))
  coverage.conditions.forEach(({ key }, index) => once(key, ['conditions', index]))
  return coverage
}
