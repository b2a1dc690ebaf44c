import { Flags } from '@oclif/core'
import { BaseCommand } from '../cli/base.ts'
import { hostFlags } from '../cli/flags.ts'
import { openHost } from '../cli/open-host.ts'
import { startProgress } from '../cli/progress.ts'
import { everyAsk } from '../engine/asks.ts'

export default class BundleCommand extends BaseCommand {
  static override summary = 'Record a machine: everything that "check" reads, in a folder'
  static override description =
    'The folder can be checked anywhere with --from. Known secrets are taken out before anything is written.'
  static override examples = ['<%= config.bin %> bundle --unpacked /tmp/web1']

  static override flags = {
    ...hostFlags,
    unpacked: Flags.string({
      required: true,
      summary: 'The folder to write; it must be new or empty',
      helpValue: 'DIR',
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(BundleCommand)
    const { BundleWriter } = await import('../bundle/writer.ts')
    const host = await openHost(flags.from, flags)
    const writer = new BundleWriter(flags.unpacked, this.config.version, host.at ?? new Date())
    const progress = await startProgress('Recording the machine')
    const answers = await host.answer(everyAsk, (answer) => {
      writer.add(answer)
      progress?.onAnswer(answer)
    })
    writer.close()
    progress?.stop()
    const known = answers.filter(({ ok }) => ok).length
    process.stderr.write(`${known} of ${answers.length} answers recorded in ${flags.unpacked}\n`)
  }
}
