import { BaseCommand } from '../cli/base.ts'
import { shippedText } from '../cli/shipped-files.ts'
import { everyAsk } from '../engine/asks.ts'
import { collectorScript } from '../hosts/collector.ts'

export default class Collector extends BaseCommand {
  static override summary = 'Print a POSIX shell script that records a machine on which vdoctor cannot run'
  static override description =
    'Run the script there as root ("sh collect.sh FOLDER"), bring the folder here, and use it with --from. It reads what "vdoctor check" reads and changes nothing.'
  static override examples = ['<%= config.bin %> collector > collect.sh']

  async run(): Promise<void> {
    await this.parse(Collector)
    const prelude = shippedText(this.config.root, 'collector.sh')
    this.print(collectorScript(prelude, everyAsk, this.config.version))
  }
}
