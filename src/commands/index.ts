import BundleCommand from './bundle.ts'
import BundleDiff from './bundle/diff.ts'
import BundleReveal from './bundle/reveal.ts'
import BundleShow from './bundle/show.ts'
import BundleVerify from './bundle/verify.ts'
import Check from './check.ts'
import Collector from './collector.ts'
import Completion from './completion.ts'
import ConsoleCapture from './console/capture.ts'
import ConsoleCheck from './console/check.ts'
import ConsoleExplain from './console/explain.ts'
import ConsoleList from './console/list.ts'
import Diagnose from './diagnose.ts'
import Explain from './explain.ts'
import FactsCommand from './facts.ts'
import Manual from './manual.ts'
import Ready from './ready.ts'
import RulesCoverage from './rules/coverage.ts'
import RulesList from './rules/list.ts'
import RulesNew from './rules/new.ts'
import RulesShow from './rules/show.ts'
import RulesTest from './rules/test.ts'
import Run from './run.ts'

/** Every command by its oclif id. The build makes oclif's manifest of them; at run time main.ts loads the one that is wanted. */
export const commands = {
  bundle: BundleCommand,
  'bundle:diff': BundleDiff,
  'bundle:reveal': BundleReveal,
  'bundle:show': BundleShow,
  'bundle:verify': BundleVerify,
  check: Check,
  collector: Collector,
  completion: Completion,
  'console:capture': ConsoleCapture,
  'console:check': ConsoleCheck,
  'console:explain': ConsoleExplain,
  'console:list': ConsoleList,
  diagnose: Diagnose,
  explain: Explain,
  facts: FactsCommand,
  manual: Manual,
  ready: Ready,
  'rules:coverage': RulesCoverage,
  'rules:list': RulesList,
  'rules:new': RulesNew,
  'rules:show': RulesShow,
  'rules:test': RulesTest,
  run: Run,
}
