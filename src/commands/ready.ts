import { Args, Flags } from '@oclif/core'
import { BaseCommand } from '../cli/base.ts'
import { exitCode, isPlugin, pluginCode } from '../cli/exit-code.ts'
import { reportFlags } from '../cli/flags.ts'
import { openHost } from '../cli/open-host.ts'
import { deliver, parseOutputs } from '../cli/outputs.ts'
import { startProgress } from '../cli/progress.ts'
import { loadRules } from '../cli/rules.ts'
import { collect } from '../engine/collect.ts'
import { factSets } from '../facts/index.ts'
import { apart, readiness, type Side } from '../migration/ready.ts'
import { plain } from '../reporters/plain.ts'

export default class Ready extends BaseCommand {
  static override summary = 'Say every known reason why a guest would not move to another host, before it is tried'
  static override description =
    'Both hosts may be this machine ("live"), a recording or an archive, or ssh://. Reads only, and moves nothing. That it found nothing ' +
    'does not prove that a migration succeeds: the report names what it could not decide.'
  static override examples = [
    '<%= config.bin %> ready web1 --source live --target ssh://root@host2',
    '<%= config.bin %> ready web1 --source host1.tar.gz --target host2.tar.gz --offline',
  ]
  static override args = {
    guest: Args.string({ ignoreStdin: true, required: true, description: 'Its name on the source' }),
  }
  static override flags = {
    source: Flags.string({ default: 'live', summary: 'The host that it is on', helpValue: 'MACHINE' }),
    target: Flags.string({ required: true, summary: 'The host that it shall go to', helpValue: 'MACHINE' }),
    offline: Flags.boolean({ summary: 'It is shut down for the move' }),
    ...reportFlags,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Ready)
    const outputs = parseOutputs(flags.format)
    const rules = await loadRules(this.config.root, flags.rules)
    const progress = await startProgress('Reading both machines')
    const [source, target] = await Promise.all([side(flags.source), side(flags.target)])
    progress?.stop()
    const report = readiness(args.guest, rules, {
      source,
      target,
      offline: flags.offline,
      version: this.config.version,
    })
    const note = apart({ source, target })
    if (note !== null) process.stderr.write(`vdoctor: ${plain(note)}\n`)
    const { all, strict, 'fail-on': failOn } = flags
    const shown = await deliver([report], outputs, { all, strict, failOn })
    if (shown) this.print(shown)
    process.exitCode = outputs.some(isPlugin)
      ? await pluginCode([report], strict, false)
      : exitCode([report], failOn, strict)
  }
}

async function side(name: string): Promise<Side> {
  const host = await openHost(name === 'live' ? undefined : name, { probe: false })
  const { facts } = await collect(host, factSets)
  return { host, facts }
}
