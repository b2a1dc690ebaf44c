import fastGlob from 'fast-glob'
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { nearest } from '../parse/nearest.ts'
import { UserError } from '../types.ts'
import type { Linter } from './conditions.ts'
import type { Rule } from './rule.ts'
import { readRule } from './rule-file.ts'

/** Rule files below a folder, without their tests and the list of what no rule covers. */
export function ruleFiles(folder: string): string[] {
  const files = fastGlob.sync('**/*.yaml', { cwd: folder, ignore: ['**/*.test.yaml', 'coverage.yaml'] }).sort()
  if (files.length === 0)
    throw new UserError(`no rules in ${folder}`, 'A rule is a file NAME.yaml; see "vdoctor rules new".')
  return files.map((file) => join(folder, file))
}

/** Reads and checks every rule below a folder. */
export function readRules(folder: string, linter: Linter): Rule[] {
  return unique(ruleFiles(folder).map((file) => readRule(readText(file), relative(process.cwd(), file), linter)))
}

export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UserError(`cannot read ${file}: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`)
  }
}

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
  const named = (rule: Rule, list: readonly string[]): boolean => namesOf(rule).some((name) => list.includes(name))
  return rules.filter((rule) => (only.length === 0 || named(rule, only)) && !named(rule, skip))
}

const namesOf = (rule: Rule): string[] => [rule.id, ...rule.formerly, rule.area, ...rule.tags]
