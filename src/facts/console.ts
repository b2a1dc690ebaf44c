import { command, file, list } from '../evidence/ask.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { locate } from '../evidence/locate.ts'
import { absentAs, all, chain, known, map, ranked } from '../evidence/result.ts'
import { bootValues, bootWords } from '../parse/boot-options.ts'
import type { Result } from '../types.ts'
import { defineFacts } from './fact-set.ts'
import { bool, listOf, nullable, number, object, string, strings } from './schema.ts'
import { wholeTexts } from './whole.ts'

const asks = {
  cmdline: file('/proc/cmdline'),
  consoles: file('/proc/consoles'),
  active: file('/sys/class/tty/console/active'),
  printk: file('/proc/sys/kernel/printk'),
  inittab: file('/etc/inittab'),
  wants: list('/etc/systemd/system/getty.target.wants'),
  generated: list('/run/systemd/generator/getty.target.wants'),
  upstart: file('/etc/init/*.conf'),
  processes: command(['ps', '-ww', '-axo', 'tty,comm'], { if: { path: '/proc/self/stat' } }),
  securetty: file('/etc/securetty'),
  login: file('/etc/pam.d/login'),
  ttys: file('/etc/ttys'),
  serial: file('/proc/tty/driver/serial'),
}

const parameter = object(
  {
    device: string('ttyS0, hvc0, tty0 …'),
    baud: number('baud', 'Speed; 9600 is what Linux takes where a serial line has none; 0 for others'),
  },
  'One console= word',
)

const port = object(
  {
    name: string('ttyS0'),
    uart: string('16550A, unknown …'),
    sent: number('bytes', 'Sent since boot'),
    received: number('bytes', 'Received since boot'),
  },
  'One serial port',
)

const getty = object(
  {
    device: string('hvc0, xvc0, ttyS0, tty1 …'),
    how: string('inittab, systemd, upstart, ttys, or running'),
    baud: nullable(number('baud', 'Speed that its line asks for; none where it asks for none, or keeps what it finds')),
  },
  'One login prompt',
)

export const console = defineFacts({
  name: 'console',
  meaning: 'Where the kernel writes its messages, and where somebody can log in',
  asks,
  about: {
    parameters: listOf(parameter, 'Every console= of the command line, in order: the last one becomes /dev/console'),
    active: strings('Consoles that the kernel writes to now'),
    level: number('level', 'Messages below this level reach the console'),
    gettys: listOf(getty, 'Login prompts that are configured or run'),
    gettyDevices: strings('Devices with a login prompt'),
    restricted: bool('login obeys /etc/securetty (pam_securetty)'),
    securetty: strings('Devices of /etc/securetty'),
    ports: listOf(port, 'Serial ports with a chip behind them (root only)'),
  },
  parse(evidence, ask) {
    const gettys = loginPrompts(evidence)
    const securetty = map(evidence.text(ask.securetty), (text) =>
      text.split('\n').flatMap((line) => /^\s*([^#\s]+)/.exec(line)?.[1] ?? []),
    )
    return {
      parameters: map(evidence.text(ask.cmdline), (text) => bootValues(bootWords(text), 'console').map(consoleOf)),
      active: ranked(
        map(evidence.text(ask.consoles), (text) => [...text.matchAll(/^(\S+)\s/gm)].map(([, name]) => name!)),
        map(evidence.text(ask.active), (text) => text.split(/\s+/).filter(Boolean)),
      ),
      level: map(evidence.text(ask.printk), (text) => Number(/^\d+/.exec(text)?.[0] ?? NaN)),
      gettys,
      gettyDevices: map(gettys, (found) => [...new Set(found.map(({ device }) => device))]),
      restricted: chain(evidence.exists(ask.securetty), (there) => (there ? obeys(evidence) : known(false))),
      securetty: absentAs<readonly string[]>(securetty, []),
      ports: absentAs<readonly Port[]>(map(evidence.text(ask.serial), parsePorts), []),
    }
  },
})

/** Debian 11 and Red Hat 8 dropped the line; an old list may still lie about: `auth required pam_securetty.so`. */
const obeys = (evidence: Evidence): Result<boolean> =>
  absentAs(
    map(evidence.text(asks.login), (text) => /^[^#\n]*pam_securetty/m.test(text)),
    false,
  )

/** `ttyS0,115200n8`, `hvc0`. */
function consoleOf(word: string) {
  const [device = '', options = ''] = word.split(',')
  const serial = /^tty(S|AMA|USB|PS|MSM|LP)\d/.test(device)
  return { device, baud: Number(/^\d+/.exec(options)?.[0] ?? (serial ? 9600 : 0)) }
}

interface Prompt {
  readonly device: string
  readonly how: string
  readonly baud: number | null
}

/** Each source only adds: a prompt that one of them does not know can stand in another, so all must be known. */
function loginPrompts(evidence: Evidence): Result<readonly Prompt[]> {
  const units = [asks.wants, asks.generated].map((folder) =>
    absentAs(
      map(evidence.names(folder), (names) =>
        names.flatMap((name) =>
          prompts('systemd', /^(?:serial-)?getty@(.+)\.service$/.exec(name)?.[1] ?? /^(console)-getty/.exec(name)?.[1]),
        ),
      ),
      [],
    ),
  )
  const inittab = absentAs(map(evidence.text(asks.inittab), fromInittab), [])
  const ttys = absentAs(map(evidence.text(asks.ttys), fromTtys), [])
  const upstart = map(wholeTexts(evidence, asks.upstart), (files) =>
    files.flatMap(({ text }) => prompts('upstart', /^exec\s+\S*getty\b.*?\s((?:tty|hvc|xvc)\S+)/m.exec(text)?.[1])),
  )
  // systemd starts some by itself, and sockets and generators others. FreeBSD has /etc/ttys, and nothing beside it.
  const running = evidence.text(asks.ttys).ok
    ? known([])
    : map(evidence.stdout(asks.processes), (text) =>
        [...text.matchAll(/^((?:tty|hvc|xvc)\w+)\s+(?:\S*getty|login|bash|sh)\s*$/gm)].flatMap(([, tty]) =>
          prompts('running', tty),
        ),
      )
  return map(all(...units, inittab, ttys, upstart, running), (groups) => groups.flat())
}

const prompts = (how: string, device: string | undefined, baud: number | null = null): Prompt[] =>
  device ? [{ device, how, baud }] : []

/** The words of a getty: `-L ttyS0 115200 vt102`, `115200,38400,9600 ttyS0`; of several speeds the first is tried first. */
const baudOf = (words: string): number | null =>
  Number(/(?:^|\s)(\d{3,7})(?:,\d+)*(?=\s|$)/.exec(words)?.[1] ?? NaN) || null

/** `co:2345:respawn:/sbin/agetty xvc0 9600 vt100-nav`, `1:2345:respawn:/sbin/mingetty tty1` */
function fromInittab(text: string, [from]: readonly { path?: string | undefined }[]): Prompt[] {
  return text.split('\n').flatMap((line, at) => {
    const match = /^[^#:]*:[^:]*:(?:respawn|ondemand|askfirst):\S*getty\b(.*)$/.exec(line)
    const device = /(?:^|\s)(?:\/dev\/)?((?:tty|hvc|xvc|xc)\w+|console)\b/.exec(match?.[1] ?? '')?.[1]
    return prompts('inittab', device, baudOf(match?.[1] ?? '')).map((item) =>
      locate(item, { ask: '/etc/inittab', path: from?.path, line: at + 1 }),
    )
  })
}

/** FreeBSD: `xc0  "/usr/libexec/getty Pc"  xterm  onifconsole secure` */
const fromTtys = (text: string): Prompt[] =>
  text.split('\n').flatMap((line, at) => {
    const [, device, type] = /^(\w+)\s+"[^"]*getty\s*([^"]*)"\s+\S+\s+(?:on|onifconsole|onifexists)\b/.exec(line) ?? []
    const place = { ask: '/etc/ttys', path: '/etc/ttys', line: at + 1 }
    return prompts('ttys', device, Number(/^(?:std|3wire)\.(\d+)$/.exec(type ?? '')?.[1] ?? NaN) || null).map((item) =>
      locate(item, place),
    )
  })

interface Port {
  readonly name: string
  readonly uart: string
  readonly sent: number
  readonly received: number
}

/** `0: uart:16550A port:000003F8 irq:4 tx:218 rx:0 RTS|CTS|DTR` */
const parsePorts = (text: string): Port[] =>
  [...text.matchAll(/^(\d+): uart:(\S+)(.*)$/gm)]
    .filter(([, , uart]) => uart !== 'unknown')
    .map(([, index, uart, rest]) => ({
      name: `ttyS${index}`,
      uart: uart!,
      sent: Number(/ tx:(\d+)/.exec(rest!)?.[1] ?? 0),
      received: Number(/ rx:(\d+)/.exec(rest!)?.[1] ?? 0),
    }))
