import { Args, Flags } from '@oclif/core'
import { BaseCommand, COULD_NOT_RUN, sayError } from '../cli/base.ts'
import { exitCode, isPlugin, pluginCode } from '../cli/exit-code.ts'
import { reportFlags } from '../cli/flags.ts'
import { deliver, deliverAs, type Output, parseOutputs } from '../cli/outputs.ts'
import { startProgress } from '../cli/progress.ts'
import { openSides } from '../cli/ready/machines.ts'
import { judgeAll, matrixCode, onlyMatrixFormats, printMatrix } from '../cli/ready/matrix.ts'
import { type ProbeFlags, probePair } from '../cli/ready/probe.ts'
import { openSide, type OpenSide } from '../cli/ready/side.ts'
import { loadRules } from '../cli/rules.ts'
import type { Report } from '../engine/report.ts'
import type { Rule } from '../engine/rule.ts'
import { apart, readiness, startReadiness } from '../migration/ready.ts'
import { plain } from '../reporters/plain.ts'
import { UserError } from '../types.ts'

interface Move extends ProbeFlags {
  readonly source: string
  readonly target: string
  readonly offline: boolean
  readonly probe: boolean
}

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
    '<%= config.bin %> ready --matrix bundles/',
    '<%= config.bin %> ready --matrix ssh://root@host1 ssh://root@host2 host3.tar.gz --format json',
  ]
  static override strict = false
  static override args = {
    guest: Args.string({
      ignoreStdin: true,
      description: 'Its name on the source, or its configuration file; with --matrix: MACHINE…, or folders of them',
    }),
  }
  static override flags = {
    source: Flags.string({ default: 'live', summary: 'The host that it is on', helpValue: 'MACHINE' }),
    target: Flags.string({ summary: 'The host that it shall go to', helpValue: 'MACHINE' }),
    offline: Flags.boolean({ summary: 'It is shut down for the move', exclusive: ['start'] }),
    matrix: Flags.boolean({
      summary: 'Every guest of these machines on every other of them: green, amber or red',
      description: 'Printed as text or json. Exits with 1 where a guest has no machine that could take it.',
      exclusive: ['source', 'target', 'start', 'fail-on'],
    }),
    probe: Flags.boolean({
      summary: 'Also try it: ports, folders of images, the toolstack of the target',
      description:
        'From the source it connects to ports of the target and asks its toolstack, and in each folder of images it makes an empty folder ' +
        'of its own, looks for it on the target, and removes it. Both machines must run.',
      exclusive: ['start', 'matrix'],
    }),
    address: Flags.string({
      summary: 'How the source calls the target, for --probe',
      helpValue: 'HOST',
      dependsOn: ['probe'],
    }),
    uri: Flags.string({
      summary: 'What virsh migrate gets, for --probe; qemu+ssh://root@HOST/system where it is not said',
      helpValue: 'URI',
      dependsOn: ['probe'],
    }),
    start: Flags.boolean({ summary: 'Whether it would start on the source, now', exclusive: ['target'] }),
    ...reportFlags,
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Ready)
    const names = argv as string[]
    if (flags.matrix) return this.#matrix(names, flags)
    const [guest] = names
    if (guest === undefined || names.length > 1)
      throw new UserError(
        guest === undefined ? 'ready needs the name of a guest' : `ready takes one guest, not ${names.length}`,
        'Or ask for all guests of many machines with --matrix.',
      )
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
        ? this.#start(guest, rules, flags.source)
        : this.#move(guest, rules, { ...flags, target: flags.target! })
    ).finally(() => progress?.stop())
    const { all, strict, 'fail-on': failOn } = flags
    const shown = await deliver([report], outputs, { all, strict, failOn })
    if (shown) this.print(shown)
    process.exitCode = outputs.some(isPlugin)
      ? await pluginCode([report], strict, false)
      : exitCode([report], failOn, strict)
  }

  async #matrix(
    names: readonly string[],
    flags: { format: string[]; rules: string | undefined; offline: boolean; strict: boolean },
  ): Promise<void> {
    const outputs: Output[] = parseOutputs(flags.format)
    onlyMatrixFormats(outputs)
    const rules = await loadRules(this.config.root, flags.rules)
    const progress = await startProgress('Reading the machines')
    const { sides, errors } = await openSides(names).finally(() => progress?.stop())
    errors.forEach(sayError)
    const made = await judgeAll(sides, rules, { offline: flags.offline, version: this.config.version })
    const shown = await deliverAs(outputs, (format) => printMatrix(made, format))
    if (shown) this.print(shown)
    process.exitCode = errors.length > 0 ? COULD_NOT_RUN : matrixCode(made, flags.strict)
  }

  async #start(guest: string, rules: readonly Rule[], host: string): Promise<Report> {
    return startReadiness(guest, rules, { target: await openSide(host), version: this.config.version })
  }

  async #move(guest: string, rules: readonly Rule[], flags: Move): Promise<Report> {
    const [source, target] = await Promise.all(
      [flags.source, flags.target].map((name) => openSide(name, flags.probe)) as [Promise<OpenSide>, Promise<OpenSide>],
    )
    const probed = flags.probe ? await probePair(guest, source, target, flags.target, flags) : undefined
    const { offline } = flags
    const report = readiness(guest, rules, { source, target, offline, version: this.config.version, probed })
    const note = apart({ source, target })
    if (note !== null) process.stderr.write(`vdoctor: ${plain(note)}\n`)
    return report
  }
}
