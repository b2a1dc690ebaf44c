import { basename } from 'node:path'
import { commandSource } from '../../serial/sources/command.ts'
import { fileSource } from '../../serial/sources/file.ts'
import { type Line, portSource, USUAL_LINE } from '../../serial/sources/port.ts'
import { socketSource } from '../../serial/sources/socket.ts'
import type { Source } from '../../serial/sources/source.ts'
import { terminalSource } from '../../serial/sources/terminal.ts'
import type { Trigger } from '../../serial/capture/trigger.ts'
import { UserError } from '../../types.ts'

export interface SourceFlags {
  readonly port?: readonly string[] | undefined
  readonly tty?: readonly string[] | undefined
  readonly socket?: readonly string[] | undefined
  readonly telnet?: readonly string[] | undefined
  readonly file?: readonly string[] | undefined
  readonly 'from-start': boolean
}

export interface Named {
  readonly source: Source
  /** The device that has to be free: serial ports only. */
  readonly port?: string
}

/** Sources as flags name them, `[NAME=]WHERE` each; `command` is what stands behind `--`. */
export function sourcesOf(flags: SourceFlags, command: readonly string[]): Named[] {
  const each = (values: readonly string[] | undefined, make: (name: string, where: string) => Named): Named[] =>
    (values ?? []).map((value) => {
      const [, name, where] = /^(?:([\w.-]+)=)?(.+)$/s.exec(value) as unknown as [string, string | undefined, string]
      return make(name ?? nameOf(where), where)
    })
  return [
    ...each(flags.port, (name, where) => portOf(name, where)),
    ...each(flags.tty, (name, path) => ({ source: terminalSource(name, path) })),
    ...each(flags.socket, (name, address) => ({ source: socketSource(name, address, false) })),
    ...each(flags.telnet, (name, address) => ({ source: socketSource(name, address, true) })),
    ...each(flags.file, (name, path) => ({ source: fileSource(name, path, flags['from-start']) })),
    ...(command.length > 0 ? [{ source: commandSource(nameOf(command.at(-1)!), command) }] : []),
  ]
}

/** `/run/web1.sock` → web1.sock, `host:4555` → host-4555 */
const nameOf = (where: string): string =>
  basename(where)
    .replace(/[^\w.-]+/g, '-')
    .replace(/^[.-]+/, '') || 'console'

/** `/dev/ttyUSB0`, `/dev/ttyUSB0,9600`, `/dev/ttyUSB0,115200n8`, `/dev/ttyUSB0,9600e7r` as the kernel's console= has it: r is hardware flow control */
function portOf(name: string, where: string): Named {
  const match = /^([^,]+)(?:,(\d+)(?:([noe])([78])?(r)?)?)?$/.exec(where)
  if (!match) throw new UserError(`${where} is no serial port`, 'For instance /dev/ttyS0,115200n8.')
  const [, path, baud, parity, bits, flow] = match
  const line: Line = {
    ...USUAL_LINE,
    ...(baud && { baud: Number(baud) }),
    ...(parity && { parity: parity === 'n' ? 'none' : parity === 'e' ? 'even' : 'odd' }),
    ...(bits && { dataBits: Number(bits) as 7 | 8 }),
    ...(flow && { flow: 'hardware' }),
  }
  return { source: portSource(name.replace(/-\d+\w*$/, ''), path!, line), port: path! }
}

/** `kernel-panic=/usr/local/bin/page --now`: words are split at blanks, and no shell sees them. */
export function triggersOf(values: readonly string[], rules: ReadonlySet<string>): Trigger[] {
  return values.map((value) => {
    const [, rule, line] = /^([\w-]+)=(.*)$/s.exec(value) ?? []
    const argv = (line ?? '').split(/\s+/).filter(Boolean)
    if (rule === undefined || argv.length === 0) throw new UserError(`--on-match ${value} is not RULE=COMMAND`)
    if (!rules.has(rule))
      throw new UserError(`no rule that listens is called "${rule}"`, '"vdoctor rules list" names them.')
    return { rule, argv }
  })
}
