import { Args } from '@oclif/core'
import { BaseCommand } from '../../cli/base.ts'
import { rulesFlag } from '../../cli/flags.ts'
import { ruleNamed } from '../../cli/rule-named.ts'
import { loadRules } from '../../cli/rules.ts'
import { whole } from '../../engine/shipped.ts'

export default class RulesShow extends BaseCommand {
  static override summary = 'Print one rule as data'
  static override args = { rule: Args.string({ required: true, ignoreStdin: true, description: 'Name of the rule' }) }
  static override flags = {
    rules: rulesFlag,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(RulesShow)
    const { asYaml } = await import('../../reporters/yaml.ts')
    this.print(asYaml(whole(ruleNamed(args.rule, await loadRules(this.config.root, flags.rules)))))
  }
}
