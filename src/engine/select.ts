import { nearest } from '../parse/nearest.ts'
import { UserError } from '../types.ts'
import type { Rule } from './rule.ts'

/** A name stands for one rule, over all folders and all times. */
export function unique(rules: readonly Rule[]): Rule[] {
  const owners = new Map<string, Rule>()
  for (const rule of rules) {
    for (const name of [rule.id, ...rule.formerly]) {
      const other = owners.get(name)
      if (other) throw new UserError(`${rule.file}: the name ${name} is taken by ${other.file}`)
      owners.set(name, rule)
    }
  }
  return [...rules]
}

/** What `--only` and `--skip` may name: a rule, its area or one of its tags. */
export function select(rules: readonly Rule[], only: readonly string[], skip: readonly string[]): Rule[] {
  const names = new Set(rules.flatMap(namesOf))
  for (const name of [...only, ...skip]) {
    if (names.has(name)) continue
    const meant = nearest(name, names)
    throw new UserError(
      `no rule, area or tag is called "${name}"${meant ? `; did you mean "${meant}"?` : ''}`,
      'See "vdoctor rules list".',
    )
  }
  if (only.length === 0 && skip.length === 0) return [...rules]
  const named = (rule: Rule, list: readonly string[]): boolean => namesOf(rule).some((name) => list.includes(name))
  return rules.filter((rule) => (only.length === 0 || named(rule, only)) && !named(rule, skip))
}

const namesOf = (rule: Rule): string[] => [rule.id, ...rule.formerly, rule.area, ...rule.tags]
