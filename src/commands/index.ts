import BundleCommand from './bundle.ts'
import Check from './check.ts'
import Collector from './collector.ts'
import Completion from './completion.ts'
import ConsoleExplain from './console/explain.ts'
import Diagnose from './diagnose.ts'
import Explain from './explain.ts'
import FactsCommand from './facts.ts'
import Manual from './manual.ts'
import RulesCoverage from './rules/coverage.ts'
import RulesList from './rules/list.ts'
import RulesNew from './rules/new.ts'
import RulesShow from './rules/show.ts'
import RulesTest from './rules/test.ts'
import Run from './run.ts'

/** Every command by its oclif id. The build makes oclif's manifest of them; at run time main.ts loads the one that is wanted. */
export const commands = {
  bundle: BundleCommand,
  check: Check,
  collector: Collector,
  completion: Completion,
  'console:explain': ConsoleExplain,
  diagnose: Diagnose,
  explain: Explain,
  facts: FactsCommand,
  manual: Manual,
  'rules:coverage': RulesCoverage,
  'rules:list': RulesList,
  'rules:new': RulesNew,
  'rules:show': RulesShow,
  'rules:test': RulesTest,
  run: Run,
}
