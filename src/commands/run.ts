import { BaseCommand } from '../cli/base.ts'
import { rulesFlag } from '../cli/flags.ts'
import { openHost } from '../cli/open-host.ts'
import { look } from '../cli/render.ts'
import { loadRules } from '../cli/rules.ts'
import { runDiagnosed } from '../cli/run.ts'
import { diagnosisText } from '../reporters/diagnosis.ts'
import { UserError } from '../types.ts'

export default class Run extends BaseCommand {
  static override summary = 'Run a command, and say what its messages mean if it complains'
  static override description =
    'Runs the command on your terminal, with its own exit code. Afterwards says, on stderr, what its messages mean, with what was ' +
    "written meanwhile to the hypervisor's ring and to the logs of the kernel, the toolstack and the hotplug scripts. What a command " +
    'writes to the terminal itself, and not to stderr, is not seen.'
  static override examples = [
    '<%= config.bin %> run -- xl create web1.cfg',
    '<%= config.bin %> run -- virsh start web1',
  ]
  static override strict = false
  static override flags = {
    rules: rulesFlag,
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Run)
    if (argv.length === 0) throw new UserError('which command?', 'vdoctor run -- xl create web1.cfg')
    const rules = await loadRules(this.config.root, flags.rules)
    const host = await openHost(undefined, { probe: false })
    const { code, diagnosis } = await runDiagnosed(argv as string[], rules, host, {
      version: this.config.version,
      root: this.config.root,
    })
    const told = diagnosis.findings.length > 0 || diagnosis.harmless.length > 0
    if (told || code !== 0) process.stderr.write(`\n${diagnosisText(diagnosis, await look())}`)
    process.exitCode = code
  }
}
