/**
 * When a line was written: milliseconds since 1970, or seconds since its machine was started. Without a zone `at` is the machine's own
 * time taken for UTC: off by up to fourteen hours.
 */
export type LogTime = { readonly at: number; readonly zoned: boolean } | { readonly sinceBoot: number }

/** A line of a log without what the log itself put before the message. */
export interface LogLine {
  readonly message: string
  readonly time?: LogTime
  /** The program that syslog names: kernel, libvirtd, qemu-system-x86_64. */
  readonly program?: string
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const DAY = 86_400_000

/** `2026-11-20 09:31:00.123+0000`, `2026-11-20T09:31:00Z`, `2026-11-20 09:31:00,123` */
const ISO = String.raw`(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d)?`

interface Format {
  /** Characters that a line of this format may begin with, as in a character class. */
  readonly begins: string
  readonly pattern: RegExp
  /** `after`: what stood behind the prefix. */
  read(match: RegExpExecArray, after: string, now: number): LogLine
}

const FORMATS: readonly Format[] = [
  {
    // [2006-12-14 14:26:05 3986] ERROR (SrvBase:163) op=create: …   and   [2006-12-14 14:26:05 xend 3986] …
    begins: '[',
    pattern: new RegExp(`^\\[${ISO} (?:(\\w+) )?\\d+\\] \\w+ \\(\\w+: ?\\d+\\) `),
    read: (match, message) => ({ message, ...isoTime(match), program: 'xend' }),
  },
  {
    // 2026-11-20 09:31:00.123+0000: 1234: error : virNetSocketReadWire:1801 : End of file while reading data
    begins: '0-9',
    pattern: new RegExp(`^${ISO}: \\d+: (?:fatal|error|warning|info|debug) : (?:[\\w.]+:\\d+ : )?`),
    read: (match, message) => ({ message, ...isoTime(match), program: 'libvirtd' }),
  },
  {
    // 2026-11-20T09:31:00.123456Z qemu-system-x86_64: -device …   and   2026-11-20 09:31:00.123+0000: starting up …
    begins: '0-9',
    pattern: new RegExp(`^${ISO}(?::? (?=qemu)|: )`),
    read: (match, message) => ({ message, ...isoTime(match), ...programOf(/^qemu[\w-]*(?=:)/.exec(message)?.[0]) }),
  },
  {
    // <6>1 2026-11-20T09:31:00.1Z web1 kernel 12 - - message   (RFC 5424)
    begins: '1<',
    pattern: new RegExp(`^(?:<\\d{1,3}>)?1 ${ISO} \\S+ (\\S+) \\S+ \\S+ (?:-|\\[[^\\]]*\\]) `),
    read: (match, message) => ({ message, ...isoTime(match), ...programOf(match[9]) }),
  },
  {
    // 2026-11-20T09:31:00.123456+01:00 web1 kernel: message
    begins: '0-9',
    pattern: new RegExp(`^${ISO} \\S+ ([^\\s:[]+)(?:\\[\\d+\\])?: `),
    read: (match, message, now) => inner({ message, ...isoTime(match), ...programOf(match[9]) }, now),
  },
  {
    // Nov 20 09:31:00 web1 kernel: [   12.345678] message
    begins: 'A-Z<',
    pattern:
      /^(?:<\d{1,3}>)?([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d)(?:\.\d+)? (?:\S+ )?([^\s:[]+)(?:\[\d+\])?: /,
    read: (match, message, now) => inner({ message, ...time(syslogTime(match, now)), ...programOf(match[6]) }, now),
  },
  {
    // [Fri Nov 20 09:31:00 2026] message   (dmesg -T)
    begins: '[',
    pattern: /^\[[A-Z][a-z]{2} ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4})\] /,
    read: (match, message) => {
      const month = MONTHS.indexOf(match[1]!.toLowerCase())
      const [day, hour, minute, second, year] = [2, 3, 4, 5, 6].map((index) => Number(match[index]))
      const at = Date.UTC(year!, month, day, hour, minute, second)
      return { message, ...time(month < 0 ? undefined : at), program: 'kernel' }
    },
  },
  {
    // (XEN) [2026-11-20 09:31:00.123] message   (console_timestamps=datems)
    begins: '(',
    pattern: new RegExp(`^\\(XEN\\) \\[${ISO}\\] `),
    read: (match, message) => ({ message, ...isoTime(match), program: 'xen' }),
  },
  {
    // (XEN) [   12.345678] message   and   (XEN) message
    begins: '(',
    pattern: /^\(XEN\)(?: \[ *(\d+\.\d+)\])? ?/,
    read: (match, message) => ({ message, ...sinceBoot(match[1]), program: 'xen' }),
  },
  {
    // [   12.345678] message   and, with dmesg -x, kern  :info  : [   12.345678] message; some kernels add [    T1]
    begins: '[a-z<',
    pattern: /^(?:\w+ *: *\w+ *: )?(?:<\d{1,3}>)?\[ *(\d+\.\d+)\](?:\[ *[TC]\d+\])? /,
    read: (match, message) => ({ message, ...sinceBoot(match[1]), program: 'kernel' }),
  },
]

const time = (at: number | undefined, zone?: string): { time?: LogTime } =>
  at === undefined ? {} : { time: { at, zoned: zone !== undefined } }
const sinceBoot = (seconds: string | undefined): { time?: LogTime } =>
  seconds === undefined ? {} : { time: { sinceBoot: Number(seconds) } }
const programOf = (program: string | undefined): { program?: string } => (program ? { program } : {})

/** By the first character of a line: most formats are out at once. */
const BY_FIRST = new Map<string, readonly Format[]>()

function formatsOf(line: string): readonly Format[] {
  const first = line.charAt(0)
  let formats = BY_FIRST.get(first)
  if (!formats) {
    formats =
      first > '~' ? [] : FORMATS.filter(({ begins }) => new RegExp(`[${begins.replace('[', '\\[')}]`).test(first))
    if (first <= '~') BY_FIRST.set(first, formats)
  }
  return formats
}

/** Takes off what the log put before the message. `now` tells the year where the log leaves it out. */
export function parseLogLine(line: string, now: number): LogLine {
  for (const { pattern, read } of formatsOf(line)) {
    const match = pattern.exec(line)
    if (match) return read(match, line.slice(match[0].length), now)
  }
  return { message: line }
}

/** syslog before the kernel's own time: the kernel's prefix comes off too, and syslog's time stays. */
function inner(outer: LogLine, now: number): LogLine {
  if (outer.program !== 'kernel' || !/^(\[|\(XEN\))/.test(outer.message)) return outer
  const { message, program = 'kernel' } = parseLogLine(outer.message, now)
  return { ...outer, message, program }
}

function isoTime(match: RegExpExecArray): { time?: LogTime } {
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((index) => Number(match[index]))
  const fraction = match[7] === undefined ? 0 : Number(`0.${match[7]}`) * 1000
  const zone = /^([+-])(\d\d):?(\d\d)$/.exec(match[8] ?? '')
  const offset = zone ? Number(`${zone[1]}1`) * (Number(zone[2]) * 60 + Number(zone[3])) * 60_000 : 0
  const at = Date.UTC(year!, month! - 1, day, hour, minute, second) + Math.floor(fraction) - offset
  return time(Number.isFinite(at) ? at : undefined, match[8])
}

/** The latest such day that is not in the future; a day of grace, since nobody knows the zone. */
function syslogTime(match: RegExpExecArray, now: number): number | undefined {
  const month = MONTHS.indexOf(match[1]!.toLowerCase())
  if (month < 0) return undefined
  const [day, hour, minute, second] = [2, 3, 4, 5].map((index) => Number(match[index]))
  const year = new Date(now).getUTCFullYear()
  const at = Date.UTC(year, month, day, hour, minute, second)
  return at > now + DAY ? Date.UTC(year - 1, month, day, hour, minute, second) : at
}
