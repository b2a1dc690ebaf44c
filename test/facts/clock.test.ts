import * as assert from 'uvu/assert'
import { clock } from '../../src/facts/clock.ts'
import { describe } from '../describe.ts'
import { evidence, type Given, output, status, value } from '../evidence.ts'
import { losesNothing } from '../take-away.ts'

const ps = { command: ['ps', '-ww', '-axo', 'pid,ppid,state,wchan:40,comm'] as const }
const dmesg = { command: ['dmesg'] as const }
const chronyc = { command: ['chronyc', '-n', 'tracking'] as const }
const ntpq = { command: ['ntpq', '-pn'] as const }
const processes = (...comms: string[]): Given => [
  ps,
  output(
    ['    PID    PPID S WCHAN      COMMAND', ...comms.map((comm) => `    812       1 S -          ${comm}`), ''].join(
      '\n',
    ),
  ),
]
const parse = (...given: Given[]) => clock.parse(evidence(clock, given))

const TRACKING = `Reference ID    : C0000201 (192.0.2.1)
Stratum         : 3
System time     : 0.000012345 seconds slow of NTP time
Leap status     : Normal
`

describe('facts: clock', (it) => {
  it('knows each daemon by its cut name', () => {
    assert.is(value(parse(processes('systemd-timesyn')).daemon), 'systemd-timesyncd')
    assert.is(value(parse(processes('bash')).daemon), '')
    assert.is(value(parse().daemon), 'absent')
  })

  it('asks the daemon that runs whether it follows something', () => {
    assert.is(value(parse(processes('chronyd'), [chronyc, output(TRACKING)]).synchronized), true)
    assert.is(value(parse([chronyc, output(TRACKING)]).offset), -0.000012345)
    const lost = TRACKING.replace('Normal', 'Not synchronised')
    assert.is(value(parse(processes('chronyd'), [chronyc, output(lost)]).synchronized), false)
    const mute = output('', 1, '506 Cannot talk to daemon')
    assert.is(value(parse(processes('chronyd'), [chronyc, mute]).synchronized), 'malformed')
  })

  it('looks for the star in the table of ntpq', () => {
    const table = '     remote           refid      st t when poll reach   delay\n====\n'
    assert.is(value(parse(processes('ntpd'), [ntpq, output(`${table}*192.0.2.1 .GPS. 1 u 36\n`)]).synchronized), true)
    assert.is(value(parse(processes('ntpd'), [ntpq, output(`${table} 192.0.2.1 .INIT. 16 u -\n`)]).synchronized), false)
    assert.is(value(parse(processes('ntpd')).synchronized), 'absent')
  })

  it('takes the file of timesyncd for its word', () => {
    const file: Given = [{ stat: '/run/systemd/timesync/synchronized' }, status({})]
    assert.is(value(parse(processes('systemd-timesyn'), file).synchronized), true)
    const folder: Given = [{ stat: '/run/systemd/timesync' }, status({ type: 'dir' })]
    assert.is(value(parse(processes('systemd-timesyn'), folder).synchronized), false)
    assert.is(value(parse(processes('systemd-timesyn')).synchronized), 'unsupported')
    assert.is(value(parse(processes('bash'), file).synchronized), false)
    assert.is(value(parse(processes('phc2sys')).synchronized), 'unsupported')
  })

  it('believes the silence of a whole log only', () => {
    const log = (text: string) => value(parse([dmesg, output(text)]).tscUnstable)
    assert.is(log('[    0.572451] tsc: Marking TSC unstable due to TSCs unsynchronized\n'), true)
    assert.is(log("[ 9.1] clocksource: timekeeping watchdog on CPU1: Marking clocksource 'tsc' as unstable\n"), true)
    assert.is(log('[    0.000000] Linux version 6.1.0-56-amd64\n'), false)
    assert.is(log('[ 8123.0] eth0: link is up\n'), 'malformed')
  })

  it('takes the frequency of the TSC that was measured last, and longest', () => {
    const hz = (text: string) => value(parse([dmesg, output(text)]).tscHz)
    const detected = '[    0.000000] tsc: Detected 2594.000 MHz processor\n'
    const refined = '[    1.684000] tsc: Refined TSC clocksource calibration: 2593.905 MHz\n'
    assert.is(hz(detected), 2_594_000_000)
    assert.is(hz(`${detected}[    0.000000] tsc: Detected 2600.125 MHz TSC\n`), 2_600_125_000)
    assert.is(hz(detected + refined), 2_593_905_000)
    assert.is(hz('[ 8123.0] eth0: link is up\n'), 'malformed')
  })

  it('keeps the words that concern clocks', () => {
    assert.equal(value(parse(['/proc/cmdline', 'ro notsc divider=10 tsc=reliable console=tsc quiet\n']).words), [
      'notsc',
      'divider=10',
      'tsc=reliable',
    ])
  })

  it('knows of an independent clock where the kernel has one', () => {
    assert.is(value(parse().independent), null)
    assert.is(value(parse(['/proc/sys/xen/independent_wallclock', '0\n']).independent), false)
  })

  it('changes no fact when an answer is taken away', () => {
    losesNothing(clock, [
      processes('chronyd'),
      [chronyc, output(TRACKING)],
      [dmesg, output('Linux version 6.1\n')],
      ['/proc/cmdline', 'notsc\n'],
      ['/proc/sys/xen/independent_wallclock', '0\n'],
    ])
    losesNothing(clock, [processes('systemd-timesyn'), [{ stat: '/run/systemd/timesync/synchronized' }, status({})]])
  })
})
