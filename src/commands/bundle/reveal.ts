import { Args, Flags } from '@oclif/core'
import { readFileSync } from 'node:fs'
import { BaseCommand } from '../../cli/base.ts'
import { UserError } from '../../types.ts'

export default class BundleReveal extends BaseCommand {
  static override summary = 'Put the true names back into a text about an anonymized bundle, such as its report'
  static override examples = [
    '<%= config.bin %> bundle reveal web1.map report.txt',
    'vdoctor check --from web1.tar.gz | vdoctor bundle reveal web1.map - --passphrase-file FILE',
  ]
  static override args = {
    map: Args.string({ required: true, ignoreStdin: true, description: 'What --map wrote' }),
    text: Args.string({ required: true, ignoreStdin: true, description: 'A file, or - for what is piped in' }),
  }
  static override flags = {
    'passphrase-file': Flags.string({ summary: 'A file whose first line is the passphrase', helpValue: 'FILE' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(BundleReveal)
    const { readPassphrase } = await import('../../cli/bundle/passphrase.ts')
    const { readMap, reveal } = await import('../../bundle/map-file.ts')
    if (args.text === '-' && flags['passphrase-file'] === undefined)
      throw new UserError('the text is piped in, so no passphrase can be typed', 'Name a file: --passphrase-file FILE')
    const map = readMap(args.map, await readPassphrase(flags['passphrase-file']))
    this.print(reveal(textOf(args.text), map))
  }
}

function textOf(name: string): string {
  try {
    return readFileSync(name === '-' ? 0 : name, 'utf8')
  } catch (error) {
    throw new UserError(`cannot read ${name}: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`)
  }
}
