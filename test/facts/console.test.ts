import * as assert from 'uvu/assert'
import { placeOf } from '../../src/evidence/locate.ts'
import { console as consoles } from '../../src/facts/console.ts'
import { describe } from '../describe.ts'
import { evidence, type Given, matches, names, output, value } from '../evidence.ts'
import { losesNothing } from '../take-away.ts'

const ps = { command: ['ps', '-ww', '-axo', 'tty,comm'] as const }
const wants = { list: '/run/systemd/generator/getty.target.wants' }
const quiet: Given = [ps, output('TT       COMMAND\n?        systemd\n')]
const parse = (...given: Given[]) => consoles.parse(evidence(consoles, [quiet, ...given]))
const devices = (...given: Given[]) => value(parse(...given).gettyDevices)

describe('facts: console', (it) => {
  it('knows the speed that Linux takes where none is given', () => {
    assert.equal(
      value(parse(['/proc/cmdline', 'ro console=tty0 console=ttyS0 console=ttyS1,115200n8 console=hvc0\n']).parameters),
      [
        { device: 'tty0', baud: 0 },
        { device: 'ttyS0', baud: 9600 },
        { device: 'ttyS1', baud: 115200 },
        { device: 'hvc0', baud: 0 },
      ],
    )
  })

  it('lists the consoles in use', () => {
    const facts = parse([
      '/proc/consoles',
      'hvc0                 -W- (EC  p  )  229:0\ntty0                 -WU (E     )    4:1\n',
    ])
    assert.equal(value(facts.active), ['hvc0', 'tty0'])
    assert.equal(value(parse(['/sys/class/tty/console/active', 'tty0 ttyS0\n']).active), ['tty0', 'ttyS0'])
  })

  it('finds login prompts in inittab, systemd, upstart, ttys and among the processes', () => {
    const inittab =
      '# co:2345:respawn:/sbin/agetty ttyS1\n1:2345:respawn:/sbin/mingetty tty1\nco:2345:respawn:/sbin/agetty xvc0 9600 vt100-nav\n'
    assert.equal(devices(['/etc/inittab', inittab]), ['tty1', 'xvc0'])
    assert.equal(devices(['/etc/inittab', 'T0:23:respawn:/sbin/getty -L ttyS0 9600 vt100\n']), ['ttyS0'])
    assert.equal(devices([wants, names('serial-getty@hvc0.service', 'getty@tty1.service', 'console-getty.service')]), [
      'hvc0',
      'tty1',
      'console',
    ])
    assert.equal(
      devices(
        [{ file: '/etc/init/*.conf' }, matches('/etc/init/ttyS0.conf')],
        ['/etc/init/ttyS0.conf', 'respawn\nexec /sbin/getty -L 115200 ttyS0 vt102\n'],
      ),
      ['ttyS0'],
    )
    assert.equal(
      devices([
        '/etc/ttys',
        'ttyv0 "/usr/libexec/getty Pc" xterm on secure\nxc0 "/usr/libexec/getty Pc" xterm onifconsole secure\nttyu1 "/usr/libexec/getty 3wire" vt100 off secure\n',
      ]),
      ['ttyv0', 'xc0'],
    )
    assert.equal(devices([ps, output('TT       COMMAND\nhvc0     agetty\npts/0    bash\nttyS0    login\n')]), [
      'hvc0',
      'ttyS0',
    ])
  })

  it('reads the speed of a prompt where its line asks for one', () => {
    const bauds = (...given: Given[]) =>
      (value(parse(...given).gettys) as { device: string; baud: number | null }[]).map(({ device, baud }) => [
        device,
        baud,
      ])
    const inittab =
      'S0:2345:respawn:/sbin/agetty ttyS0 9600 vt100\nS1:2345:respawn:/sbin/agetty 115200,38400 ttyS1\n1:2345:respawn:/sbin/mingetty tty1\n'
    assert.equal(bauds(['/etc/inittab', inittab]), [
      ['ttyS0', 9600],
      ['ttyS1', 115200],
      ['tty1', null],
    ])
    const ttys =
      'ttyu0 "/usr/libexec/getty std.9600" vt100 on secure\nttyu1 "/usr/libexec/getty 3wire" vt100 on secure\n'
    assert.equal(bauds(['/etc/ttys', ttys]), [
      ['ttyu0', 9600],
      ['ttyu1', null],
    ])
  })

  it('does not know the login prompts where one source is not known', () => {
    assert.is(devices(['/etc/inittab', { gap: 'denied' }]), 'denied')
    assert.is(devices([ps, { gap: 'timeout' }]), 'timeout')
  })

  it('reads where root may log in', () => {
    const list: Given = ['/etc/securetty', '# consoles\ntty1\nxvc0\n']
    const facts = parse(list, ['/etc/pam.d/login', '#%PAM-1.0\nauth required pam_securetty.so\n'])
    assert.is(value(facts.restricted), true)
    assert.equal(value(facts.securetty), ['tty1', 'xvc0'])
    assert.is(value(parse().restricted), false)
    assert.is(value(parse(list).restricted), false)
    assert.is(value(parse(list, ['/etc/pam.d/login', '# auth required pam_securetty.so\n']).restricted), false)
  })

  it('names the line of a login prompt in /etc/ttys', () => {
    const text =
      '# name getty\nttyv0 "/usr/libexec/getty Pc" xterm off secure\nxc0 "/usr/libexec/getty Pc" xterm onifconsole secure\n'
    const [prompt] = value(parse(['/etc/ttys', text]).gettys) as { device: string }[]
    assert.equal([prompt!.device, placeOf(prompt!)?.line], ['xc0', 3])
  })

  it('reads ports with a chip behind them', () => {
    const serial =
      'serinfo:1.0 driver revision:\n0: uart:16550A port:000003F8 irq:26 tx:218 rx:3 RTS|CTS\n1: uart:unknown port:000002F8 irq:3\n'
    assert.equal(value(parse(['/proc/tty/driver/serial', serial]).ports), [
      { name: 'ttyS0', uart: '16550A', sent: 218, received: 3 },
    ])
  })

  it('changes no fact when an answer is taken away', () => {
    losesNothing(consoles, [
      quiet,
      ['/proc/cmdline', 'console=hvc0\n'],
      ['/proc/consoles', 'hvc0 -W-\n'],
      ['/etc/inittab', '1:2345:respawn:/sbin/mingetty tty1\n'],
      [wants, names('serial-getty@hvc0.service')],
      ['/etc/securetty', 'tty1\n'],
      ['/etc/pam.d/login', 'auth required pam_securetty.so\n'],
    ])
    losesNothing(consoles, [['/etc/ttys', 'xc0 "/usr/libexec/getty Pc" xterm on secure\n']])
  })
})
