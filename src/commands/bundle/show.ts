import { Args } from '@oclif/core'
import { BaseCommand } from '../../cli/base.ts'

export default class BundleShow extends BaseCommand {
  static override summary = 'List what a bundle holds, or print one of its answers'
  static override examples = [
    '<%= config.bin %> bundle show web1.tar.gz',
    '<%= config.bin %> bundle show web1.tar.gz /proc/cmdline',
    '<%= config.bin %> bundle show web1.tar.gz "xl info"',
  ]
  static override args = {
    bundle: Args.string({ required: true, ignoreStdin: true, description: 'A file or a folder' }),
    answer: Args.string({ ignoreStdin: true, description: 'A path, or a command, as the list shows it' }),
  }

  async run(): Promise<void> {
    const { args } = await this.parse(BundleShow)
    const { answerNamed, openStored } = await import('../../cli/bundle/stored.ts')
    const { answerText, bundleText } = await import('../../cli/bundle/show.ts')
    const bundle = await openStored(args.bundle)
    this.print(
      args.answer === undefined ? bundleText(args.bundle, bundle) : answerText(answerNamed(bundle, args.answer)),
    )
  }
}
