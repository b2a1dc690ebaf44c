import { Flags } from '@oclif/core'
import { BaseCommand } from '../../cli/base.ts'
import { hostFlags } from '../../cli/flags.ts'
import { openHost } from '../../cli/open-host.ts'
import { startProgress } from '../../cli/progress.ts'
import { look } from '../../cli/render.ts'

export default class ConsoleCheck extends BaseCommand {
  static override summary =
    'Say whether this host and its guests have a serial console from end to end, and what is missing'
  static override description =
    'Looks at the line of the hypervisor, the line of the kernel, the login prompt, the device of each guest and its log on the host, and ' +
    'prints the lines to write for the way this machine boots. Reads only. Exits with 1 where something is missing. What only a guest ' +
    'itself can tell is not known here.'
  static override examples = [
    '<%= config.bin %> console check',
    '<%= config.bin %> console check --from ssh://root@host1 --format json',
  ]
  static override flags = {
    ...hostFlags,
    strict: Flags.boolean({ summary: 'Exit with 3 where something is not known' }),
    format: Flags.option({
      options: ['text', 'json'] as const,
      default: 'text' as const,
      summary: 'How to print it',
    })(),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(ConsoleCheck)
    const { version } = this.config
    const [{ collect }, { consoleSets, hostFacts }, { hostPath }, { guestPaths }] = await Promise.all([
      import('../../engine/collect.ts'),
      import('../../serial/setup/host-facts.ts'),
      import('../../serial/setup/host-path.ts'),
      import('../../serial/setup/guest-path.ts'),
    ])
    const host = await openHost(flags.from, flags)
    const progress = await startProgress('Reading the machine')
    const { facts } = await collect(host, consoleSets, progress?.onAnswer)
    progress?.stop()
    const known = hostFacts(facts)
    const paths = [hostPath(known), ...guestPaths(known)]
    this.print(
      flags.format === 'json'
        ? `${JSON.stringify({ vdoctor: version, host: host.label, paths }, null, 2)}\n`
        : (await import('../../reporters/console-path.ts')).consolePathText(host.label, version, paths, await look()),
    )
    const has = (state: 'missing' | 'unknown'): boolean =>
      paths.some(({ links }) => links.some((one) => one.state === state))
    process.exitCode = has('missing') ? 1 : flags.strict && has('unknown') ? 3 : 0
  }
}
