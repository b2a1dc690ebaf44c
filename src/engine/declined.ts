import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { checkYaml, parseYamlStrict } from '../parse/yaml-strict.ts'
import { UserError } from '../types.ts'
import { type Declined, REASONS } from './coverage.ts'
import { readText } from './library.ts'

const declinedSchema = z.array(
  z.strictObject({
    statement: z.string().min(1),
    reason: z.enum(REASONS),
    note: z.string().min(1),
  }),
)

/** Reads coverage.yaml of a folder of rules. Throws a UserError where it is malformed or names a statement twice. */
export function readDeclined(folder: string): Declined[] {
  const file = join(folder, 'coverage.yaml')
  if (!existsSync(file)) return []
  const yaml = parseYamlStrict(readText(file), file)
  const declined = checkYaml(yaml, declinedSchema, file)
  const seen = new Set<string>()
  declined.forEach(({ statement }, index) => {
    if (seen.has(statement)) throw new UserError(`${file}:${yaml.lineOf([index])}: ${statement} stands here twice`)
    seen.add(statement)
  })
  return declined
}
