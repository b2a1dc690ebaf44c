import { execute } from '@oclif/core'
import Check from './commands/check.ts'
import Collector from './commands/collector.ts'
import BundleCommand from './commands/bundle.ts'
import Explain from './commands/explain.ts'
import FactsCommand from './commands/facts.ts'
import RulesList from './commands/rules/list.ts'
import RulesNew from './commands/rules/new.ts'
import RulesShow from './commands/rules/show.ts'
import RulesTest from './commands/rules/test.ts'

/** Every command by its oclif id: what package.json's "oclif.commands" points at. */
export const COMMANDS = {
  check: Check,
  bundle: BundleCommand,
  collector: Collector,
  explain: Explain,
  facts: FactsCommand,
  'rules:list': RulesList,
  'rules:new': RulesNew,
  'rules:show': RulesShow,
  'rules:test': RulesTest,
}

/** Patterns of rules must not hang on a hostile log line: V8 then falls back to an engine without backtracking. */
export async function main(dir: string): Promise<void> {
  const { setFlagsFromString } = await import('node:v8')
  setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks')
  await execute({ dir })
}
