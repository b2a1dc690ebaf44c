import { Args } from '@oclif/core'
import { BaseCommand } from '../cli/base.ts'
import { completion, type Shell, SHELLS } from '../cli/completion.ts'

export default class Completion extends BaseCommand {
  static override summary = 'Print a script that completes commands and flags in your shell'
  static override examples = [
    '<%= config.bin %> completion bash > /etc/bash_completion.d/vdoctor',
    '<%= config.bin %> completion fish > ~/.config/fish/completions/vdoctor.fish',
  ]
  static override args = {
    shell: Args.string({ ignoreStdin: true, required: true, options: [...SHELLS], description: 'Your shell' }),
  }

  async run(): Promise<void> {
    const { args } = await this.parse(Completion)
    this.print(completion(args.shell as Shell, this.config.bin, this.config.commands))
  }
}
