import { Args, Flags } from '@oclif/core'
import { BaseCommand } from '../cli/base.ts'
import { MACHINES, failOnFlag, rulesFlag } from '../cli/flags.ts'
import { exitCodeOf } from '../cli/exit-code.ts'
import { openHost } from '../cli/open-host.ts'
import { look } from '../cli/render.ts'
import { loadRules } from '../cli/rules.ts'
import { select } from '../engine/select.ts'
import { plain } from '../reporters/plain.ts'
import { UserError } from '../types.ts'

export default class Diagnose extends BaseCommand {
  static override summary = 'Say what the messages in a log, or in the output of a command, mean'
  static override description =
    'Reads any text: logs of the system, of Xen, libvirt and QEMU, journals (text or JSON), kernel rings, terminal output; packed with ' +
    'gzip, xz or zstd, too. Knows no machine unless --from names one: then its facts decide between causes.'
  static override examples = [
    '<%= config.bin %> diagnose /var/log/libvirt/qemu/web1.log',
    'xl create web1.cfg 2>&1 | <%= config.bin %> diagnose',
    'journalctl --boot --output=json | <%= config.bin %> diagnose --format json',
  ]
  static override strict = false
  static override args = {
    file: Args.string({ ignoreStdin: true, description: 'Logs; "-", or none, is what is piped in' }),
  }
  static override flags = {
    from: Flags.string({
      summary: `The machine that the text is from: "live" for this one, ${MACHINES}`,
      helpValue: 'MACHINE',
    }),
    rules: rulesFlag,
    only: Flags.string({ multiple: true, summary: 'Only these rules, areas or tags', helpValue: 'NAME' }),
    'fail-on': failOnFlag,
    format: Flags.option({
      options: ['text', 'json'] as const,
      default: 'text' as 'text' | 'json',
      summary: 'How to print it',
    })(),
    timing: Flags.boolean({ hidden: true, summary: 'Print the largest resident memory in KiB, to stderr' }),
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Diagnose)
    const names = argv.length > 0 ? (argv as string[]) : ['-']
    if (names.includes('-') && process.stdin.isTTY)
      throw new UserError('nothing is piped in', 'Name a log, or pipe one in: dmesg | vdoctor diagnose')
    const rules = select(await loadRules(this.config.root, flags.rules), flags.only ?? [], [])
    const host =
      flags.from === undefined ? null : await openHost(flags.from === 'live' ? undefined : flags.from, { probe: false })
    const { diagnoseLogs } = await import('../cli/diagnose.ts')
    const { diagnosis, notes } = await diagnoseLogs(names, rules, host, {
      version: this.config.version,
      root: this.config.root,
    })
    for (const note of notes) process.stderr.write(`vdoctor: ${plain(note)}\n`)
    this.print(
      flags.format === 'json'
        ? `${JSON.stringify(diagnosis, null, 2)}\n`
        : (await import('../reporters/diagnosis.ts')).diagnosisText(diagnosis, await look()),
    )
    if (flags.timing) process.stderr.write(`${JSON.stringify({ rss: process.resourceUsage().maxRSS })}\n`)
    process.exitCode = exitCodeOf(diagnosis.findings, flags['fail-on'], false)
  }
}
