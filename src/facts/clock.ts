import { command, file, stat } from '../evidence/ask.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { absentAs, all, chain, known, map, unknown } from '../evidence/result.ts'
import { bootWords } from '../parse/boot-options.ts'
import { parseColonTable } from '../parse/key-value.ts'
import { parseProcessNames, runs } from '../parse/process-names.ts'
import type { Result } from '../types.ts'
import { defineFacts } from './fact-set.ts'
import { processAsks, processList } from './process-list.ts'
import { bool, nullable, number, string, strings } from './schema.ts'

const asks = {
  current: file('/sys/devices/system/clocksource/clocksource0/current_clocksource'),
  available: file('/sys/devices/system/clocksource/clocksource0/available_clocksource'),
  independent: file('/proc/sys/xen/independent_wallclock'),
  cmdline: file('/proc/cmdline'),
  dmesg: command(['dmesg']),
  ...processAsks,
  chrony: command(['chronyc', '-n', 'tracking'], { if: { daemon: ['chronyd'] } }),
  ntp: command(['ntpq', '-pn'], { if: { daemon: ['ntpd'] } }),
  timesync: stat('/run/systemd/timesync/synchronized'),
  timesyncFolder: stat('/run/systemd/timesync'),
}

/** Listed as the kernel cuts them. openntpd and ntpsec call themselves ntpd too. */
const DAEMONS = [
  ...['chronyd', 'ntpd', 'systemd-timesyncd', 'ptp4l', 'phc2sys', 'ptpd', 'ptpd2', 'timemaster', 'ntimed-client'],
  ...['vmtoolsd', 'VBoxService'],
]

/** Words of the command line that choose or change a clock. */
const CLOCK_WORDS =
  /^(clocksource|clock|tsc|notsc|divider|lpj|no-kvmclock|no-kvmclock-vsyscall|hpet|nohpet|acpi_pm|processor\.max_cstate|intel_idle\.max_cstate)(=|$)/

export const clock = defineFacts({
  name: 'clock',
  meaning: 'Where this kernel takes time from, and who keeps it right',
  asks,
  about: {
    source: string(
      'Clock source in use: tsc, kvm-clock, xen, hpet, acpi_pm, jiffies; "" where the kernel does not tell',
    ),
    sources: strings('Clock sources that can be used'),
    tscUnstable: bool('The kernel said since it was started that it gave up the TSC'),
    tscHz: number('Hz', 'Frequency of the TSC as the kernel measured it; of no use in a Xen dom0, see xen.tscHz'),
    words: strings("Words of the kernel's command line that concern clocks"),
    daemon: string('Program that keeps the time: chronyd, ntpd, systemd-timesyncd, ptp4l …; "" where none runs'),
    synchronized: bool('That program follows a source of time'),
    offset: number('s', 'How far the clock is from the source; only chronyd tells'),
    independent: nullable(bool('An old Xen guest keeps its own time; none on every kernel since 2.6.24')),
  },
  parse(evidence, ask) {
    const daemon = map(processList(evidence), (text) => {
      const names = parseProcessNames(text)
      return DAEMONS.find((name) => runs(names, name)) ?? ''
    })
    return {
      source: absentAs(
        map(evidence.text(ask.current), (text) => text.trim()),
        '',
      ),
      sources: absentAs(
        map(evidence.text(ask.available), (text) => text.split(/\s+/).filter(Boolean)),
        [],
      ),
      tscUnstable: tscUnstable(evidence),
      tscHz: map(evidence.stdout(ask.dmesg), tscHz),
      words: map(evidence.text(ask.cmdline), (text) => bootWords(text).filter((word) => CLOCK_WORDS.test(word))),
      daemon,
      synchronized: chain(daemon, (name) => synchronized(evidence, name)),
      offset: map(evidence.stdout(ask.chrony), offset),
      independent: absentAs<boolean | null>(
        map(evidence.text(ask.independent), (text) => text.trim() === '1'),
        null,
      ),
    }
  },
})

/** `tsc: Marking TSC unstable due to TSCs unsynchronized`. A log that has lost its beginning proves nothing by its silence. */
function tscUnstable(evidence: Evidence): Result<boolean> {
  return chain(evidence.stdout(asks.dmesg), (text) => {
    if (/Marking TSC unstable|clocksource 'tsc.*unstable|Clocksource tsc unstable/.test(text)) return known(true)
    return /\bLinux version /.test(text)
      ? known(false)
      : unknown('malformed', 'dmesg', 'the log has lost its beginning')
  })
}

/** `tsc: Refined TSC clocksource calibration: 2593.905 MHz`; before that is done, `tsc: Detected 2594.000 MHz processor` or `… MHz TSC`. */
function tscHz(text: string): number {
  const of = (pattern: RegExp): string | undefined => [...text.matchAll(pattern)].at(-1)?.[1]
  const found =
    of(/tsc: Refined TSC clocksource calibration: (\d+\.\d+) MHz/g) ??
    of(/tsc: Detected (\d+\.\d+) MHz (?:TSC|processor)/g)
  if (found === undefined) throw new Error('the kernel tells no frequency of the TSC')
  return Math.round(Number(found) * 1e6)
}

function synchronized(evidence: Evidence, daemon: string): Result<boolean> {
  if (daemon === '') return known(false)
  if (daemon === 'chronyd') return map(evidence.stdout(asks.chrony), leapIsNormal)
  if (daemon === 'ntpd') return map(evidence.stdout(asks.ntp), hasPeer)
  if (daemon === 'systemd-timesyncd') return timesyncd(evidence)
  return unknown('unsupported', daemon, 'it cannot be asked')
}

/** Before systemd 239 there is neither the file nor its folder. */
const timesyncd = (evidence: Evidence): Result<boolean> =>
  chain(all(evidence.exists(asks.timesync), evidence.exists(asks.timesyncFolder)), ([synced, folder]) =>
    synced || folder ? known(synced) : unknown('unsupported', 'systemd-timesyncd', 'it cannot be asked before 239'),
  )

/** `Leap status     : Normal`; "Not synchronised" where it follows nothing. */
function leapIsNormal(text: string): boolean {
  const leap = parseColonTable(text)['Leap status']
  if (leap === undefined) throw new Error('no leap status')
  return leap !== 'Not synchronised'
}

/** `*192.0.2.1   .GPS.  1 u  36  64  377  0.120  0.004  0.020`: a star marks the source, an o one with pulses. */
function hasPeer(text: string): boolean {
  if (!/remote\s+refid/.test(text) && !/No association/.test(text)) throw new Error('no table of peers')
  return /^[*o]/m.test(text)
}

/** `System time     : 0.000012345 seconds slow of NTP time` */
function offset(text: string): number {
  const match = /^([\d.]+) seconds (slow|fast)/.exec(parseColonTable(text)['System time'] ?? '')
  if (!match) throw new Error('no system time')
  return Number(match[1]) * (match[2] === 'slow' ? -1 : 1)
}
