import { Flags } from '@oclif/core'
import { BaseCommand } from '../../cli/base.ts'
import { rulesFlag } from '../../cli/flags.ts'
import { openEar } from '../../cli/ear.ts'
import { look } from '../../cli/render.ts'
import { loadRules } from '../../cli/rules.ts'
import { parseSize } from '../../parse/size.ts'
import { plain } from '../../reporters/plain.ts'
import { type Finding, UserError } from '../../types.ts'

/** The same finding of the same console is told again after so long. */
const AGAIN_MS = 60_000

const several = { multiple: true, multipleNonGreedy: true, helpValue: '[NAME=]WHERE' } as const

export default class ConsoleCapture extends BaseCommand {
  static override summary = 'Record consoles without losing a byte, and say what they show as they show it'
  static override description =
    'Bytes are kept as they came, in NAME.000001.raw and so on, with the time of each read beside them. Runs until it is told to end (SIGTERM, ' +
    'Ctrl-C); SIGHUP opens the files anew. Where a guest has a log already (xenconsoled, virtlogd, a file of QEMU), follow that with --file: ' +
    'a console itself has one reader only. A command behind "--" is one more source.'
  static override examples = [
    '<%= config.bin %> console capture --port /dev/ttyUSB0,115200n8 --output /var/log/consoles',
    '<%= config.bin %> console capture --file web1=/var/log/xen/console/guest-web1.log --socket web2=/run/web2.sock',
    '<%= config.bin %> console capture --on-match kernel-panic="/usr/local/bin/page oncall" -- virsh console web1',
  ]
  static override strict = false
  static override flags = {
    port: Flags.string({
      ...several,
      summary: 'Serial ports: /dev/ttyS0,115200n8 (r at the end: hardware flow control)',
    }),
    tty: Flags.string({ ...several, summary: 'Pseudo-terminals: /dev/pts/3' }),
    socket: Flags.string({ ...several, summary: 'Unix or TCP sockets: /run/web1.sock, host:4555' }),
    telnet: Flags.string({ ...several, summary: 'TCP sockets that speak telnet: host:4555' }),
    file: Flags.string({ ...several, summary: 'Logs that somebody else writes, from their end on' }),
    'from-start': Flags.boolean({ summary: 'Logs from their beginning' }),
    sources: Flags.string({ summary: 'A YAML file of sources', helpValue: 'FILE' }),
    output: Flags.string({ default: 'consoles', summary: 'The folder that is written to', helpValue: 'DIR' }),
    'max-size': Flags.string({ default: '64M', summary: 'A new segment after so many bytes', helpValue: 'SIZE' }),
    'max-age': Flags.integer({ default: 24, min: 1, summary: 'A new segment after so many hours' }),
    keep: Flags.string({
      summary: 'Remove the oldest segments of a console beyond this size; else all are kept',
      helpValue: 'SIZE',
    }),
    sync: Flags.integer({ default: 1000, min: 10, summary: 'A loss of power costs so many milliseconds at most' }),
    force: Flags.boolean({ summary: 'Open serial ports that the kernel, a getty, Xen or another program holds' }),
    'on-match': Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      summary: 'Start a command when a rule finds something; no shell reads it',
      helpValue: 'RULE=COMMAND',
    }),
    rules: rulesFlag,
    quiet: Flags.boolean({ summary: 'Only record' }),
  }

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(ConsoleCapture)
    const { root, version } = this.config
    const [{ captureConsoles }, { sourcesOf, triggersOf }, { DEFAULTS }, everyRule, ear, shown] = await Promise.all([
      import('../../cli/console/capture.ts'),
      import('../../cli/console/sources.ts'),
      import('../../serial/capture/recorder.ts'),
      loadRules(root, flags.rules),
      openEar(root),
      look(),
    ])
    const rules = everyRule.filter(({ log, harmless }) => log && !harmless)
    const file =
      flags.sources === undefined
        ? { sources: [], triggers: [] }
        : (await import('../../cli/console/sources-file.ts')).readSources(flags.sources)
    const sources = [...sourcesOf(flags, argv as string[]), ...file.sources]
    if (sources.length === 0)
      throw new UserError(
        'which console?',
        'For instance: vdoctor console capture --socket /run/web1.sock; --help has the others.',
      )
    const triggers = [...triggersOf(flags['on-match'] ?? [], new Set(rules.map(({ id }) => id))), ...file.triggers]
    const { problem } = await import('../../reporters/problem.ts')
    const told = new Map<string, number>()
    await captureConsoles(
      sources,
      {
        folder: flags.output,
        recorder: {
          ...DEFAULTS,
          maxBytes: sizeOf('--max-size', flags['max-size']),
          maxAgeMs: flags['max-age'] * 3_600_000,
          keepBytes: flags.keep === undefined ? Infinity : sizeOf('--keep', flags.keep),
          syncMs: flags.sync,
        },
        force: flags.force,
        rules: flags.quiet && triggers.length === 0 ? [] : rules,
        ear,
        triggers,
        version,
        tell: (sentence) => void process.stderr.write(`vdoctor: ${sentence.split('\n').map(plain).join('\n')}\n`),
        onFinding: (source, finding) => {
          if (!flags.quiet && isNew(told, source, finding))
            this.print(`${source} ${new Date().toISOString()}\n${problem([finding], shown)}\n`)
        },
      },
      ended(),
      (reopen) => {
        process.on('SIGHUP', reopen)
        process.stderr.write(`Recording ${sources.map(({ source }) => source.name).join(', ')} in ${flags.output}\n`)
      },
    )
  }
}

function sizeOf(flag: string, text: string): number {
  const size = parseSize(text)
  if (size === null || size <= 0) throw new UserError(`${flag} ${text} is no size`, 'For instance 64M.')
  return size
}

function isNew(told: Map<string, number>, source: string, { rule, subject }: Finding): boolean {
  const key = `${source}\n${rule}\n${subject}`
  const now = performance.now()
  const due = now - (told.get(key) ?? -Infinity) >= AGAIN_MS
  if (due) told.set(key, now)
  return due
}

const ended = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve())
  })
