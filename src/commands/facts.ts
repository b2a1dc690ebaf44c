import { Args, Flags } from '@oclif/core'
import { BaseCommand } from '../cli/base.ts'
import { hostFlags } from '../cli/flags.ts'
import { openHost } from '../cli/open-host.ts'
import { startProgress } from '../cli/progress.ts'
import { collect } from '../engine/collect.ts'
import { factSets } from '../facts/index.ts'
import { nearest } from '../parse/nearest.ts'
import { logAsks } from '../signatures/sources.ts'
import { describeFacts, factsJson, factsText } from '../reporters/facts.ts'
import { UserError } from '../types.ts'

export default class FactsCommand extends BaseCommand {
  static override summary = 'Print what vdoctor knows of a machine, and what it could not learn'
  static override examples = [
    '<%= config.bin %> facts kvm',
    '<%= config.bin %> facts --describe',
    '<%= config.bin %> facts --from ssh://root@web1 --format json',
  ]
  static override strict = false
  static override args = {
    namespace: Args.string({ ignoreStdin: true, description: 'Only these namespaces, such as kvm or network' }),
  }
  static override flags = {
    ...hostFlags,
    describe: Flags.boolean({
      summary: 'Print names, types, units and meanings, and what is asked for them; reads nothing',
    }),
    format: Flags.option({ options: ['text', 'json'] as const, default: 'text' as const, summary: 'How to print' })(),
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(FactsCommand)
    const sets = chosen(argv as string[])
    if (flags.describe) return this.print(describeFacts(sets, argv.length === 0 ? logAsks : []))
    const host = await openHost(flags.from, flags)
    const progress = await startProgress('Reading the machine')
    const { facts } = await collect(host, sets, progress?.onAnswer)
    progress?.stop()
    this.print(flags.format === 'json' ? factsJson(facts) : factsText(facts))
  }
}

function chosen(names: readonly string[]) {
  for (const name of names) {
    if (factSets.some((set) => set.name === name)) continue
    const meant = nearest(
      name,
      factSets.map((set) => set.name),
    )
    throw new UserError(
      `there are no facts called "${name}"${meant ? `; did you mean "${meant}"?` : ''}`,
      `There are: ${factSets.map((set) => set.name).join(', ')}.`,
    )
  }
  return names.length === 0 ? factSets : factSets.filter(({ name }) => names.includes(name))
}
