import { Args, Flags } from '@oclif/core'
import { BaseCommand } from '../cli/base.ts'
import { exitCode, isPlugin, pluginCode } from '../cli/exit-code.ts'
import { reportFlags } from '../cli/flags.ts'
import { deliver, parseOutputs } from '../cli/outputs.ts'
import { startProgress } from '../cli/progress.ts'
import { openSide } from '../cli/ready/side.ts'
import { loadRules } from '../cli/rules.ts'
import type { Report } from '../engine/report.ts'
import type { Rule } from '../engine/rule.ts'
import { apart, readiness, startReadiness } from '../migration/ready.ts'
import { plain } from '../reporters/plain.ts'
import { UserError } from '../types.ts'

export default class Ready extends BaseCommand {
  static override summary =
    'Say every known reason why a guest would not move to another host, or not start, before it is tried'
  static override description =
    'Both hosts may be this machine ("live"), a recording or an archive, or ssh://. Reads only; moves and starts nothing. That it found ' +
    'nothing does not prove that it succeeds: the report names what it could not decide.'
  static override examples = [
    '<%= config.bin %> ready web1 --source live --target ssh://root@host2',
    '<%= config.bin %> ready web1 --source host1.tar.gz --target host2.tar.gz --offline',
    '<%= config.bin %> ready web1 --start',
  ]
  static override args = {
    guest: Args.string({
      ignoreStdin: true,
      required: true,
      description: 'Its name on the source, or its configuration file',
    }),
  }
  static override flags = {
    source: Flags.string({ default: 'live', summary: 'The host that it is on', helpValue: 'MACHINE' }),
    target: Flags.string({ summary: 'The host that it shall go to', helpValue: 'MACHINE' }),
    offline: Flags.boolean({ summary: 'It is shut down for the move', exclusive: ['start'] }),
    start: Flags.boolean({ summary: 'Whether it would start on the source, now', exclusive: ['target'] }),
    ...reportFlags,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Ready)
    if (!flags.start && flags.target === undefined)
      throw new UserError(
        'ready needs --target, the host that the guest shall go to',
        'Or ask with --start whether it starts here.',
      )
    const outputs = parseOutputs(flags.format)
    const rules = await loadRules(this.config.root, flags.rules)
    const progress = await startProgress(flags.start ? 'Reading the machine' : 'Reading both machines')
    const report = await (
      flags.start
        ? this.#start(args.guest, rules, flags.source)
        : this.#move(args.guest, rules, flags.source, flags.target!, flags.offline)
    ).finally(() => progress?.stop())
    const { all, strict, 'fail-on': failOn } = flags
    const shown = await deliver([report], outputs, { all, strict, failOn })
    if (shown) this.print(shown)
    process.exitCode = outputs.some(isPlugin)
      ? await pluginCode([report], strict, false)
      : exitCode([report], failOn, strict)
  }

  async #start(guest: string, rules: readonly Rule[], host: string): Promise<Report> {
    return startReadiness(guest, rules, { target: await openSide(host), version: this.config.version })
  }

  async #move(guest: string, rules: readonly Rule[], from: string, to: string, offline: boolean): Promise<Report> {
    const [source, target] = await Promise.all([openSide(from), openSide(to)])
    const report = readiness(guest, rules, { source, target, offline, version: this.config.version })
    const note = apart({ source, target })
    if (note !== null) process.stderr.write(`vdoctor: ${plain(note)}\n`)
    return report
  }
}
