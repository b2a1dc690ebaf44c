import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { checkYaml, parseYamlStrict } from '../parse/yaml-strict.ts'
import { UserError } from '../types.ts'
import { readText } from './library.ts'
import type { Rule } from './rule.ts'

const declinedSchema = z.array(
  z.strictObject({
    statement: z.string().min(1),
    reason: z.enum(['advice', 'needs-a-person', 'not-observable', 'same-as', 'reference-table']),
    note: z.string().min(1),
  }),
)

/** A documented statement that no rule checks, and why. */
export type Declined = z.infer<typeof declinedSchema>[number]

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

/** One section of a document, the rules that encode it, and the statements that they stand for. */
export interface Section {
  readonly document: string
  readonly section: string
  readonly statements: readonly string[]
  readonly rules: readonly string[]
}

/** What is encoded, by document and section, in the order of the documents. */
export function sections(rules: readonly Rule[]): Section[] {
  const found = new Map<string, { document: string; section: string; statements: Set<string>; rules: Set<string> }>()
  for (const { id, documented } of rules) {
    for (const { in: document, section = '', statement } of documented) {
      const key = `${document}\n${section}`
      const one = found.get(key) ?? { document, section, statements: new Set(), rules: new Set() }
      found.set(key, one)
      one.rules.add(id)
      if (statement !== undefined) one.statements.add(statement)
    }
  }
  return [...found.values()]
    .sort((a, b) => a.document.localeCompare(b.document) || a.section.localeCompare(b.section, 'en', { numeric: true }))
    .map((one) => ({ ...one, statements: [...one.statements].sort(), rules: [...one.rules].sort() }))
}
