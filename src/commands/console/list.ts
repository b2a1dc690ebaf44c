import { Flags } from '@oclif/core'
import { BaseCommand } from '../../cli/base.ts'
import { hostFlags } from '../../cli/flags.ts'
import { openHost } from '../../cli/open-host.ts'
import { startProgress } from '../../cli/progress.ts'

export default class ConsoleList extends BaseCommand {
  static override summary = 'Show the serial ports and consoles that are here, whose they are, and how to record each'
  static override description =
    'Opens none of them. Logs that exist are preferred: a console itself has one reader only, and a port that the kernel, a getty, a UPS ' +
    'daemon or Xen holds should not be opened.'
  static override examples = ['<%= config.bin %> console list', '<%= config.bin %> console list --format json']
  static override flags = {
    ...hostFlags,
    format: Flags.option({
      options: ['text', 'json'] as const,
      default: 'text' as const,
      summary: 'How to print it',
    })(),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(ConsoleList)
    const [{ collect }, { consoleSets, hostFacts }, { consoleLines }, { heldByFacts, holderOf }] = await Promise.all([
      import('../../engine/collect.ts'),
      import('../../serial/setup/host-facts.ts'),
      import('../../serial/setup/console-list.ts'),
      import('../../serial/guard.ts'),
    ])
    const host = await openHost(flags.from, flags)
    const progress = await startProgress('Reading the machine')
    const { facts } = await collect(host, consoleSets, progress?.onAnswer)
    progress?.stop()
    // Locks and open files are those of the machine that we are on.
    const holder = flags.from === undefined ? holderOf : heldByFacts
    const lines = consoleLines(hostFacts(facts), (path) => holder(path, facts))
    this.print(
      flags.format === 'json'
        ? `${JSON.stringify({ vdoctor: this.config.version, host: host.label, consoles: lines }, null, 2)}\n`
        : (await import('../../reporters/console-list.ts')).consoleListText(lines),
    )
  }
}
