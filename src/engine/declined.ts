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

/** Reads coverage.yaml and conditions.yaml of a folder of rules. Throws a UserError where one is malformed or names something twice. */
export const readCoverage = (folder: string): Coverage => ({
  statements: readList(join(folder, 'coverage.yaml'), declinedSchema, ({ statement }) => statement),
  conditions: readList(join(folder, 'conditions.yaml'), conditionsSchema, ({ key }) => key),
})

function readList<T>(file: string, schema: z.ZodType<T[]>, nameOf: (item: T) => string): T[] {
  if (!existsSync(file)) return []
  const yaml = parseYamlStrict(readText(file), file)
  const items = checkYaml(yaml, schema, file)
  const seen = new Set<string>()
  items.forEach((item, index) => {
    const name = nameOf(item)
    if (seen.has(name)) throw new UserError(`${file}:${yaml.lineOf([index])}: ${name} stands here twice`)
    seen.add(name)
  })
  return items
}
