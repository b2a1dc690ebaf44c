import { BaseCommand } from '../cli/base.ts'
import { manual } from '../cli/manual.ts'

export default class Manual extends BaseCommand {
  static override summary = 'Print the manual page'
  static override examples = ['<%= config.bin %> manual > /usr/local/share/man/man1/vdoctor.1']

  async run(): Promise<void> {
    await this.parse(Manual)
    const { bin, version, commands, pjson } = this.config
    this.print(manual({ bin, version, commands, about: pjson['description'] as string }))
  }
}
