import { Args, Flags } from '@oclif/core'
import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { BaseCommand } from '../../cli/base.ts'
import { newLogRule, newLogRuleTest, newRule, newRuleTest } from '../../engine/new-rule.ts'
import { UserError } from '../../types.ts'

export default class RulesNew extends BaseCommand {
  static override summary = 'Write the two files of a new rule, to be filled in'
  static override examples = ['<%= config.bin %> rules new network/bridge-without-port']
  static override args = {
    rule: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'AREA/NAME; the name says the problem, in kebab-case',
    }),
  }
  static override flags = {
    rules: Flags.string({ default: 'rules', summary: 'The folder of rules', helpValue: 'DIR' }),
    log: Flags.boolean({ summary: 'A rule that recognises a message in a log' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(RulesNew)
    if (!/^[a-z0-9-]+\/[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(args.rule))
      throw new UserError(`"${args.rule}" is no AREA/NAME in kebab-case`, 'For example: network/bridge-without-port')
    const path = join(flags.rules, args.rule)
    if (existsSync(`${path}.yaml`)) throw new UserError(`${path}.yaml is there already`)
    const { makeFolders } = await import('../../bundle/make-folders.ts')
    try {
      makeFolders(dirname(path))
      writeFileSync(`${path}.yaml`, flags.log ? newLogRule() : newRule())
      writeFileSync(`${path}.test.yaml`, flags.log ? newLogRuleTest() : newRuleTest())
    } catch (error) {
      throw new UserError(
        `cannot write ${path}.yaml: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`,
      )
    }
    this.print(
      `${path}.yaml\n${path}.test.yaml\nFill them in, then: vdoctor rules test ${flags.rules} --only ${args.rule.split('/')[1]} --mutate`,
    )
  }
}
