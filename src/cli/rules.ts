import type { Rule } from '../engine/rule.ts'
import { together } from '../engine/shipped.ts'
import { shippedText } from './shipped-files.ts'

/** The rules that ship, compiled at build time; with those of the user's own folder behind them. */
export async function loadRules(root: string, folder?: string): Promise<Rule[]> {
  const conditions = JSON.parse(shippedText(root, 'rules.json')) as object[]
  const shipped = together(conditions, () => shippedText(root, 'texts.jsonl'))
  if (folder === undefined) return shipped
  const [{ readRules }, { unique }, { Linter }, { factSets }] = await Promise.all([
    import('../engine/library.ts'),
    import('../engine/select.ts'),
    import('../engine/conditions.ts'),
    import('../facts/index.ts'),
  ])
  return unique([...shipped, ...readRules(folder, new Linter(factSets))])
}
