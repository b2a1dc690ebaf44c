import type { Rule } from '../engine/rule.ts'
import { nearest } from '../parse/nearest.ts'
import { UserError } from '../types.ts'

/** By its name, or one that it had before. */
export function ruleNamed(name: string, rules: readonly Rule[]): Rule {
  const found = rules.find(({ id, formerly }) => id === name || formerly.includes(name))
  if (found) return found
  const meant = nearest(
    name,
    rules.map(({ id }) => id),
  )
  throw new UserError(
    `no rule is called "${name}"${meant ? `; did you mean "${meant}"?` : ''}`,
    'See "vdoctor rules list".',
  )
}
