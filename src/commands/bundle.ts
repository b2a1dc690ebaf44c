import { Flags } from '@oclif/core'
import { BaseCommand } from '../cli/base.ts'
import { hostFlags } from '../cli/flags.ts'
import { openHost } from '../cli/open-host.ts'
import { startProgress } from '../cli/progress.ts'
import { loadRules } from '../cli/rules.ts'
import { parseSize } from '../parse/size.ts'
import { plain } from '../reporters/plain.ts'
import { UserError } from '../types.ts'

export default class BundleCommand extends BaseCommand {
  static override summary = 'Record a machine: everything that "check" reads, and its report, in one file'
  static override description =
    'The file can be checked anywhere with --from. Known secrets are taken out before anything is written; --dry-run prints what would be read.'
  static override examples = [
    '<%= config.bin %> bundle',
    '<%= config.bin %> bundle --output /tmp/web1.tar.gz --since 2d',
    '<%= config.bin %> bundle --dry-run',
  ]

  static override flags = {
    ...hostFlags,
    output: Flags.string({
      summary: 'The file to write, .tar.gz or .tar.zst; default: vdoctor-HOST-TIME.tar.gz here',
      helpValue: 'FILE',
      exclusive: ['unpacked'],
    }),
    unpacked: Flags.string({ summary: 'Write a folder instead; it must be new or empty', helpValue: 'DIR' }),
    only: Flags.string({
      multiple: true,
      summary: 'Only what these rules, areas, tags or namespaces of facts need',
      helpValue: 'NAME',
    }),
    since: Flags.string({ summary: 'Logs without older lines: 2d, 36h, 2026-11-20', helpValue: 'TIME' }),
    'max-size': Flags.string({
      summary: 'At most so much before it is packed; what is large, and logs, go first',
      helpValue: 'SIZE',
    }),
    'dry-run': Flags.boolean({ summary: 'Print what would be read and may be personal; read nothing' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(BundleCommand)
    const { planOf } = await import('../cli/bundle-plan.ts')
    const plan = planOf(await loadRules(this.config.root), flags.only ?? [])
    if (flags['dry-run']) {
      const { dryRun } = await import('../cli/dry-run.ts')
      return this.print(dryRun(plan, flags.from ?? 'this machine'))
    }
    const maxBytes = flags['max-size'] === undefined ? undefined : sizeOf(flags['max-size'])
    const { parseSince } = await import('../cli/since.ts')
    const { makeBundle } = await import('../cli/make-bundle.ts')
    const host = await openHost(flags.from, flags)
    const progress = await startProgress('Recording the machine')
    const { count, known, notes, place } = await makeBundle(host, plan, {
      version: this.config.version,
      root: this.config.root,
      output: flags.output,
      unpacked: flags.unpacked,
      only: flags.only ?? [],
      since: flags.since === undefined ? undefined : parseSince(flags.since, host.at ?? new Date()),
      maxBytes,
      onAnswer: progress?.onAnswer,
    }).finally(() => progress?.stop())
    for (const note of notes) process.stderr.write(`vdoctor: ${plain(note)}\n`)
    process.stderr.write(`${known} of ${count} answers recorded in ${plain(place)}\n`)
  }
}

/** A bundle of nothing has 64 KiB of questions. */
const LEAST = 256 << 10

function sizeOf(text: string): number {
  const bytes = parseSize(text)
  if (bytes === null) throw new UserError(`--max-size ${text}: not a size`, 'For example: 500K, 10M, 1.5G')
  if (bytes < LEAST)
    throw new UserError(`--max-size ${text}: too small`, 'The questions alone take more; at least 256K.')
  return bytes
}
