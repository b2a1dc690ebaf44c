import { Flags } from '@oclif/core'
import { BaseCommand } from '../cli/base.ts'
import { check } from '../cli/check.ts'
import { exitCode } from '../cli/exit-code.ts'
import { hostFlags } from '../cli/flags.ts'
import { openHost } from '../cli/open-host.ts'
import { startProgress } from '../cli/progress.ts'
import { loadRules } from '../cli/rules.ts'
import { FORMATS, render } from '../cli/render.ts'
import { select } from '../engine/select.ts'
import type { Severity } from '../types.ts'

export default class Check extends BaseCommand {
  static override summary = 'Say what is wrong with a virtualization host or guest, why, and what to do about it'
  static override description =
    'Reads this machine, or a recorded one with --from, and judges it by the rule library. Changes nothing.'
  static override examples = [
    '<%= config.bin %> check',
    '<%= config.bin %> check --from fixtures/hosts/xen-dom0-broken',
    '<%= config.bin %> check --only network --format json',
  ]

  static override flags = {
    ...hostFlags,
    only: Flags.string({ multiple: true, summary: 'Only these rules, areas or tags', helpValue: 'NAME' }),
    skip: Flags.string({ multiple: true, summary: 'Without these rules, areas or tags', helpValue: 'NAME' }),
    rules: Flags.string({ summary: 'A folder of your own rules, beside those that ship', helpValue: 'DIR' }),
    waivers: Flags.string({
      summary: 'A YAML file of findings that are accepted, each with reason and expiry',
      helpValue: 'FILE',
    }),
    'fail-on': Flags.option({
      options: ['error', 'warning', 'info', 'never'] as const,
      default: 'error' as Severity | 'never',
      summary: 'Exit with 1 at this severity or above',
    })(),
    strict: Flags.boolean({ summary: 'Exit with 3 where anything stayed undecided' }),
    format: Flags.option({
      options: FORMATS,
      default: 'text' as (typeof FORMATS)[number],
      summary: 'How to print the report',
    })(),
    all: Flags.boolean({ summary: 'Show every reason why rules could not decide' }),
    timing: Flags.boolean({ hidden: true, summary: 'Print where the time went, to stderr' }),
  }

  async run(): Promise<void> {
    const ran = Date.now()
    const { flags } = await this.parse(Check)
    const everyRule = await loadRules(this.config.root, flags.rules)
    const rules = select(everyRule, flags.only ?? [], flags.skip ?? [])
    const waive = flags.waivers === undefined ? undefined : await waiverOf(flags.waivers, everyRule)
    const host = await openHost(flags.from, flags)
    const progress = await startProgress('Reading the machine')
    const { report, took } = await check(host, rules, {
      version: this.config.version,
      root: this.config.root,
      onAnswer: progress?.onAnswer,
      ...(waive && { waive }),
    })
    progress?.stop()
    const started = performance.now()
    this.print(await render(report, flags.format, { all: flags.all }))
    if (flags.timing)
      process.stderr.write(
        `${JSON.stringify({ ran, ...took, print: performance.now() - started, rss: process.resourceUsage().maxRSS })}\n`,
      )
    process.exitCode = exitCode([report], flags['fail-on'], flags.strict)
  }
}

async function waiverOf(file: string, rules: Awaited<ReturnType<typeof loadRules>>) {
  const { readWaivers, waive } = await import('../cli/waivers.ts')
  const waivers = readWaivers(file, rules)
  const today = new Date().toISOString().slice(0, 10)
  return (findings: Parameters<typeof waive>[0][number][]) => waive(findings, waivers, rules, today)
}
