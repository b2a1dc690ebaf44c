import { Args, Flags } from '@oclif/core'
import { join } from 'node:path'
import { BaseCommand } from '../../cli/base.ts'

export default class RulesTest extends BaseCommand {
  static override summary = 'Run the tests beside the rules'
  static override description =
    'With --mutate, every small mistake is made in every condition, and each must fail a test.'
  static override args = {
    folder: Args.string({ ignoreStdin: true, default: 'rules', description: 'The folder of rules' }),
  }
  static override flags = {
    only: Flags.string({ multiple: true, summary: 'Only these rules, areas or tags', helpValue: 'NAME' }),
    mutate: Flags.boolean({ summary: 'Also make every small mistake in the conditions' }),
    machines: Flags.string({ summary: 'Where the fixture machines of "machine:" cases are', helpValue: 'DIR' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(RulesTest)
    const machines = flags.machines ?? join(this.config.root, 'fixtures', 'hosts')
    const { testRules } = await import('../../cli/test-rules.ts')
    const result = await testRules(args.folder, {
      only: flags.only ?? [],
      mutate: flags.mutate,
      machines,
      root: this.config.root,
    })
    for (const line of result.failures) this.print(line)
    const mutants = flags.mutate ? `; ${result.killed} of ${result.mutants} mutants failed a test` : ''
    this.print(`${result.rules} rules, ${result.passed} cases passed, ${result.failures.length} failures${mutants}`)
    process.exitCode = result.failures.length === 0 ? 0 : 1
  }
}
