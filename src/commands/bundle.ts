import { Flags } from '@oclif/core'
import { BaseCommand } from '../cli/base.ts'
import { hostFlags } from '../cli/flags.ts'
import { openHost } from '../cli/open-host.ts'
import { startProgress } from '../cli/progress.ts'
import { loadRules } from '../cli/rules.ts'
import { parseSize } from '../parse/size.ts'
import { plain } from '../reporters/plain.ts'
import type { Plan } from '../cli/bundle/plan.ts'
import { type Answer, UserError } from '../types.ts'
import { existsSync } from 'node:fs'

export default class BundleCommand extends BaseCommand {
  static override summary = 'Record a machine: everything that "check" reads, and its report, in one file'
  static override description =
    'The file can be checked anywhere with --from. Known secrets are taken out before anything is written; --dry-run prints what would be read.'
  static override examples = [
    '<%= config.bin %> bundle',
    '<%= config.bin %> bundle --output /tmp/web1.tar.gz --since 2d',
    '<%= config.bin %> bundle --from ssh://root@web1 --anonymize',
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
    anonymize: Flags.boolean({
      summary: 'Replace names, addresses, MACs and UUIDs by pseudonyms; the findings stay the same',
    }),
    key: Flags.string({
      summary: 'A file with a key for the pseudonyms: bundles with one key can be compared',
      helpValue: 'FILE',
      dependsOn: ['anonymize'],
    }),
    map: Flags.string({
      summary: 'Write what the pseudonyms stand for, encrypted, for "bundle reveal"',
      helpValue: 'FILE',
      dependsOn: ['anonymize'],
    }),
    'passphrase-file': Flags.string({
      summary: 'A file whose first line is the passphrase of the map',
      helpValue: 'FILE',
      dependsOn: ['map'],
    }),
    'dry-run': Flags.boolean({ summary: 'Print what would be read and may be personal; read nothing' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(BundleCommand)
    const { planOf } = await import('../cli/bundle/plan.ts')
    const plan = planOf(await loadRules(this.config.root), flags.only ?? [])
    if (flags['dry-run']) {
      const { dryRun } = await import('../cli/bundle/dry-run.ts')
      return this.print(dryRun(plan, flags.from ?? 'this machine'))
    }
    const maxBytes = flags['max-size'] === undefined ? undefined : sizeOf(flags['max-size'])
    const { parseSince } = await import('../cli/bundle/since.ts')
    const { makeBundle } = await import('../cli/bundle/make.ts')
    const owner = flags.anonymize ? await anonymizing(plan, flags) : null
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
      disguise: owner?.disguise,
      onAnswer: progress?.onAnswer,
    }).finally(() => progress?.stop())
    for (const note of [...notes, ...(owner?.finish() ?? [])]) process.stderr.write(`vdoctor: ${plain(note)}\n`)
    process.stderr.write(`${known} of ${count} answers recorded in ${plain(place)}\n`)
  }
}

/** What is wrong with keys, maps and passphrases is told before a machine is asked. */
async function anonymizing(
  plan: Plan,
  { key, map, 'passphrase-file': file }: { key?: string; map?: string; 'passphrase-file'?: string },
) {
  const { Anonymizer } = await import('../cli/bundle/anonymize.ts')
  const anonymizer = new Anonymizer(plan.rules, [...plan.facts, ...plan.logs], key)
  if (map !== undefined && existsSync(map))
    throw new UserError(`${map} is there already`, 'Name another file; nothing is ever overwritten.')
  const passphrase = map === undefined ? null : await (await import('../cli/bundle/passphrase.ts')).readPassphrase(file)
  const { writeMap } = await import('../bundle/map-file.ts')
  return {
    disguise: (answers: readonly Answer[]) => anonymizer.learn(answers),
    finish: (): string[] => {
      if (map !== undefined && passphrase !== null) writeMap(map, anonymizer.map, passphrase)
      const { stays } = anonymizer
      return stays.length === 0
        ? []
        : [`not replaced, since they are words of the system too, or too short: ${stays.join(', ')}`]
    },
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
