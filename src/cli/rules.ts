import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Rule } from '../engine/rule.ts'
import { together } from '../engine/shipped.ts'

/** The rules that ship, compiled at build time; with those of the user's own folder behind them. */
export async function loadRules(root: string, folder?: string): Promise<Rule[]> {
  const read = (name: string): string => readFileSync(join(root, 'dist', name), 'utf8')
  const shipped = together(JSON.parse(read('rules.json')) as object[], () => read('texts.jsonl'))
  if (folder === undefined) return shipped
  const [{ readRules }, { unique }, { Linter }, { factSets }] = await Promise.all([
    import('../engine/library.ts'),
    import('../engine/select.ts'),
    import('../engine/conditions.ts'),
    import('../facts/index.ts'),
  ])
  return unique([...shipped, ...readRules(folder, new Linter(factSets))])
}
