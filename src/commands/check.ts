import { Flags } from '@oclif/core'
import { BaseCommand, COULD_NOT_RUN, sayError } from '../cli/base.ts'
import { exitCode, isPlugin, pluginCode } from '../cli/exit-code.ts'
import { checkAll } from '../cli/fleet.ts'
import { hostFlags, MACHINES, reportFlags } from '../cli/flags.ts'
import { deliver, parseOutputs } from '../cli/outputs.ts'
import { startProgress } from '../cli/progress.ts'
import { loadRules } from '../cli/rules.ts'
import { select } from '../engine/select.ts'

export default class Check extends BaseCommand {
  static override summary = 'Say what is wrong with a virtualization host or guest, why, and what to do about it'
  static override description =
    'Reads this machine, or another one with --from, and judges it by the rule library. Changes nothing.'
  static override examples = [
    '<%= config.bin %> check',
    '<%= config.bin %> check --from fixtures/hosts/xen-dom0-broken',
    '<%= config.bin %> check --only network --format json',
    '<%= config.bin %> check --from sosreport-web1.tar.xz',
    '<%= config.bin %> check --from ssh://root@web1 --from ssh://root@web2',
    '<%= config.bin %> check --from web1.tar.gz --from web2.tar.gz --format text --format junit:report.xml',
  ]

  static override flags = {
    ...hostFlags,
    from: Flags.string({
      multiple: true,
      summary: `Another machine in place of this one: ${MACHINES}; several give a report each`,
      helpValue: 'MACHINE',
    }),
    only: Flags.string({ multiple: true, summary: 'Only these rules, areas or tags', helpValue: 'NAME' }),
    skip: Flags.string({ multiple: true, summary: 'Without these rules, areas or tags', helpValue: 'NAME' }),
    waivers: Flags.string({
      summary: 'A YAML file of findings that are accepted, each with reason and expiry',
      helpValue: 'FILE',
    }),
    ...reportFlags,
    timing: Flags.boolean({ hidden: true, summary: 'Print where the time went, to stderr' }),
  }

  async run(): Promise<void> {
    const ran = Date.now()
    const { flags } = await this.parse(Check)
    const outputs = parseOutputs(flags.format)
    const everyRule = await loadRules(this.config.root, flags.rules)
    const rules = select(everyRule, flags.only ?? [], flags.skip ?? [])
    const waive = flags.waivers === undefined ? undefined : await waiverOf(flags.waivers, everyRule)
    const progress = await startProgress('Reading the machine')
    const { checked, errors } = await checkAll(flags.from ?? [], flags.probe, rules, {
      version: this.config.version,
      root: this.config.root,
      onAnswer: progress?.onAnswer,
      ...(waive && { waive }),
    })
    progress?.stop()
    if (checked.length === 0 && errors.length === 1) throw errors[0]
    errors.forEach(sayError)
    const reports = checked.map(({ report }) => report)
    const started = performance.now()
    const { all, strict, 'fail-on': failOn } = flags
    const shown = checked.length > 0 ? await deliver(reports, outputs, { all, strict, failOn }) : ''
    if (shown) this.print(shown)
    if (flags.timing) {
      const print = performance.now() - started
      const rss = process.resourceUsage().maxRSS
      for (const { took } of checked) process.stderr.write(`${JSON.stringify({ ran, ...took, print, rss })}\n`)
    }
    process.exitCode = outputs.some(isPlugin)
      ? await pluginCode(reports, strict, errors.length > 0)
      : errors.length > 0
        ? COULD_NOT_RUN
        : exitCode(reports, failOn, strict)
  }

  /** A monitoring system reads standard output, and takes 2 for CRITICAL. */
  override async catch(error: Parameters<BaseCommand['catch']>[0]): Promise<never> {
    const asPlugin = this.argv.some(
      (word, index) =>
        /^(--format=)?nagios$/.test(word) && (word.startsWith('--') || this.argv[index - 1] === '--format'),
    )
    if (error.code === 'EEXIT' || !asPlugin) return super.catch(error)
    const { NAGIOS, safe } = await import('../reporters/nagios.ts')
    process.stdout.write(`VDOCTOR UNKNOWN - ${safe(error.message.split('\n')[0]!)}\n`)
    sayError(error)
    return process.exit(NAGIOS.UNKNOWN)
  }
}

async function waiverOf(file: string, rules: Awaited<ReturnType<typeof loadRules>>) {
  const { readWaivers, waive } = await import('../cli/waivers.ts')
  const waivers = readWaivers(file, rules)
  const today = new Date().toISOString().slice(0, 10)
  return (findings: Parameters<typeof waive>[0][number][]) => waive(findings, waivers, rules, today)
}
