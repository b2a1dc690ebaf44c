import { BaseCommand } from '../cli/base.ts'
import { everyAsk } from '../engine/asks.ts'
import { collectorScript } from '../hosts/collector.ts'

export default class Collector extends BaseCommand {
  static override summary = 'Print a POSIX shell script that records a machine on which vdoctor cannot run'
  static override description =
    'Run the script there ("sh collect.sh"; as root it can read more), bring the file that it writes here, and use it with --from. It reads what "vdoctor check" reads and changes nothing.'
  static override examples = ['<%= config.bin %> collector > collect.sh']

  async run(): Promise<void> {
    await this.parse(Collector)
    this.print(collectorScript(everyAsk, this.config.version))
  }
}
