import { Args } from '@oclif/core'
import { BaseCommand } from '../cli/base.ts'
import { rulesFlag } from '../cli/flags.ts'
import { ruleNamed } from '../cli/rule-named.ts'
import { loadRules } from '../cli/rules.ts'
import { explainRule } from '../reporters/explain.ts'

export default class Explain extends BaseCommand {
  static override summary = 'Tell what a rule is about: the problem, the reason, the cure, and when it is none'
  static override examples = ['<%= config.bin %> explain kvm-module-not-loaded']
  static override args = {
    rule: Args.string({ required: true, ignoreStdin: true, description: 'Name of the rule, as the report shows it' }),
  }
  static override flags = {
    rules: rulesFlag,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Explain)
    this.print(explainRule(ruleNamed(args.rule, await loadRules(this.config.root, flags.rules))))
  }
}
