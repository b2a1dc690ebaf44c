import { Args } from '@oclif/core'
import { BaseCommand } from '../../cli/base.ts'

export default class BundleDiff extends BaseCommand {
  static override summary = 'Say how two bundles differ: answers, their lines, and the facts that follow from them'
  static override examples = ['<%= config.bin %> bundle diff before.tar.gz after.tar.gz']
  static override args = {
    first: Args.string({ required: true, ignoreStdin: true, description: 'A file or a folder' }),
    second: Args.string({ required: true, ignoreStdin: true, description: 'A file or a folder' }),
  }

  async run(): Promise<void> {
    const { args } = await this.parse(BundleDiff)
    const { answersIn, openStored } = await import('../../cli/bundle/stored.ts')
    const { diffAnswers } = await import('../../bundle/diff.ts')
    const { diffText } = await import('../../cli/bundle/show.ts')
    const { factDifferences } = await import('../../cli/bundle/fact-diff.ts')
    const [first, second] = [answersIn(await openStored(args.first)), answersIn(await openStored(args.second))]
    const differences = diffAnswers(first, second)
    const facts = differences.length === 0 ? [] : await factDifferences(first, second)
    const about = facts.map((line) => `${line}\n`).join('')
    this.print(differences.length === 0 ? 'No difference.\n' : `${diffText(differences)}${about && `\n${about}`}`)
    process.exitCode = differences.length === 0 ? 0 : 1
  }
}
