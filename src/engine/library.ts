import fastGlob from 'fast-glob'
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { UserError } from '../types.ts'
import type { Linter } from './conditions.ts'
import type { Rule } from './rule.ts'
import { readRule } from './rule-file.ts'
import { unique } from './select.ts'

/** Rule files below a folder, without their tests and the lists of what no rule covers. */
function ruleFiles(folder: string): string[] {
  const files = fastGlob
    .sync('**/*.yaml', { cwd: folder, ignore: ['**/*.test.yaml', 'coverage.yaml', 'conditions.yaml'] })
    .sort()
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
