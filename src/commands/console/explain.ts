import { Args, Flags } from '@oclif/core'
import { BaseCommand } from '../../cli/base.ts'
import { rulesFlag } from '../../cli/flags.ts'
import { openEar } from '../../cli/ear.ts'
import { look } from '../../cli/render.ts'
import { loadRules } from '../../cli/rules.ts'

export default class ConsoleExplain extends BaseCommand {
  static override summary = 'Say how far each boot in a record of a serial console came, and why it came no further'
  static override description =
    'Divides the record into boots and stages, names what the messages mean, and what would make the next boot say more.'
  static override examples = [
    '<%= config.bin %> console explain web1.log',
    '<%= config.bin %> console explain web1.log --against web1-last-good.log',
  ]
  static override args = {
    file: Args.string({ ignoreStdin: true, required: true, description: 'The record; "-" is what is piped in' }),
  }
  static override flags = {
    against: Flags.string({
      summary: 'A record of a boot that went well: where does the last boot leave it?',
      helpValue: 'FILE',
    }),
    rules: rulesFlag,
    format: Flags.option({
      options: ['text', 'json'] as const,
      default: 'text' as const,
      summary: 'How to print it',
    })(),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ConsoleExplain)
    const { root, version } = this.config
    const [{ explainRecord }, rules, ear] = await Promise.all([
      import('../../cli/console/explain-record.ts'),
      loadRules(root, flags.rules),
      openEar(root),
    ])
    const explanation = await explainRecord(args.file, { rules, ear, version, against: flags.against })
    this.print(
      flags.format === 'json'
        ? `${JSON.stringify(explanation, null, 2)}\n`
        : (await import('../../reporters/explanation.ts')).explanationText(explanation, await look()),
    )
    process.exitCode = explanation.boots.some(({ outcome }) => outcome === 'died' || outcome === 'stuck') ? 1 : 0
  }
}
