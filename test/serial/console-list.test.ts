import * as assert from 'uvu/assert'
import { factsFromTest } from '../../src/engine/fact-values.ts'
import { consoleListText } from '../../src/reporters/console-list.ts'
import type { ConsoleLine } from '../../src/serial/setup/console-line.ts'
import { consoleLines } from '../../src/serial/setup/console-list.ts'
import { heldByFacts } from '../../src/serial/guard.ts'
import { consoleSets, hostFacts } from '../../src/serial/setup/host-facts.ts'
import { describe } from '../describe.ts'

type Some = Readonly<Record<string, Readonly<Record<string, unknown>>>>

const gap = { gap: 'denied' }
const consoles = {
  active: ['tty0'],
  gettyDevices: ['tty1'],
  ports: [{ name: 'ttyS0', uart: '16550A', sent: 0, received: 0 }],
}
const bare: Some = {
  platform: { system: 'Linux', under: '', hosts: 'kvm' },
  console: consoles,
  terminals: { ports: ['/dev/ttyUSB0'], libvirt: [], xen: [] },
  guests: { all: [] },
  logs: { files: [] },
}
const guest = { name: 'web1', toolstack: 'libvirt', configFile: '/etc/libvirt/qemu/web1.xml', running: true }
const live = {
  ...{ guest: 'web1', configFile: '/run/libvirt/qemu/web1.xml', kind: 'serial', type: 'pty', source: '/dev/pts/4' },
  ...{ target: 'isa-serial', listens: false, telnet: false, log: '' },
}
const dom0: Some = {
  ...bare,
  platform: { system: 'Linux', under: 'xen-dom0', hosts: 'xen' },
  xen: { consoles: ['com1', 'vga'], serial: [{ port: 'com1', baud: 115200, frame: '8n1', cut: false }] },
  console: { ...consoles, ports: [] },
  terminals: { ports: [], libvirt: [], xen: [{ guest: 'web1', domid: 3, kind: 'console', path: '/dev/pts/1' }] },
  guests: { all: [{ ...guest, toolstack: 'xl', configFile: '/etc/xen/web1' }] },
}
const linesOf = (given: Some): ConsoleLine[] => {
  const facts = factsFromTest(given, consoleSets)
  return consoleLines(hostFacts(facts), (path) => heldByFacts(path, facts))
}
const captures = (given: Some) => linesOf(given).map(({ where, capture }) => [where, capture?.join(' ') ?? null])
const ofGuest = (more: object, libvirt: object = {}) =>
  captures({
    ...bare,
    console: { ...consoles, ports: [] },
    terminals: { ports: [], xen: [], libvirt: [{ ...live, ...more }] },
    guests: { all: [{ ...guest, ...libvirt }] },
  })

describe('the list of consoles', (it) => {
  it('offers ports that nobody holds', () => {
    assert.equal(captures(bare), [
      ['/dev/ttyS0', '--port /dev/ttyS0,115200n8'],
      ['/dev/ttyUSB0', '--port /dev/ttyUSB0,115200n8'],
    ])
  })

  it('offers none that is held, or of which nobody knows', () => {
    const first = (given: Some) => linesOf(given)[0]!
    const active = first({ ...bare, console: { ...consoles, active: ['ttyS0'] } })
    assert.equal([active.capture, active.heldBy], [null, 'the kernel writes its console to ttyS0'])
    assert.is(first({ ...bare, console: { ...consoles, gettyDevices: ['ttyS0'] } }).capture, null)
    assert.is(first({ ...bare, console: { ...consoles, active: gap } }).capture, null)
    assert.match(first({ ...bare, console: { ...consoles, gettyDevices: gap } }).note, 'not known')
    assert.is(first({ ...dom0, console: consoles }).heldBy, 'Xen writes its console to com1, which is ttyS0')
    assert.is(first({ ...dom0, console: consoles, xen: { consoles: gap, serial: gap } }).capture, null)
    const freebsd = {
      ...bare,
      platform: { system: 'FreeBSD', under: '', hosts: '' },
      console: { ...consoles, ports: [] },
    }
    const cuau0 = (gettyDevices: string[], under = 'xen-dom0') =>
      first({
        ...freebsd,
        platform: { ...freebsd.platform, under },
        xen: { consoles: ['com2'] },
        console: { active: { gap: 'absent' }, ports: [], gettyDevices },
        terminals: { ports: ['/dev/cuau0'] },
      })
    assert.match(cuau0(['ttyu0']).heldBy!, 'getty')
    assert.equal(cuau0(['xc0']).capture, ['--port', '/dev/cuau0,115200n8'])
    assert.is(cuau0(['xc0'], '').capture, null)
  })

  it('shows what is not known as such', () => {
    assert.equal(
      linesOf({
        ...bare,
        console: { ...consoles, ports: gap },
        terminals: { ports: gap, libvirt: [], xen: [] },
        guests: { all: [gap] },
      }).map(({ kind }) => kind),
      ['unknown', 'unknown', 'unknown'],
    )
    const silent = { ports: [], libvirt: [], xen: [gap] }
    assert.equal(
      linesOf({ ...dom0, terminals: silent }).map(({ kind }) => kind),
      ['hypervisor', 'unknown'],
    )
  })

  it('prefers the log that is there already', () => {
    const log = '/var/log/libvirt/qemu/web1-serial0.log'
    assert.equal(ofGuest({ log }), [['/dev/pts/4', `--file web1=${log}`]])
    assert.equal(ofGuest({ type: 'file', source: log }), [[log, `--file web1=${log}`]])
    const kept = '/var/log/xen/console/guest-web1.log'
    const files = [
      { path: kept, size: 1 },
      { path: '/var/log/xen/console/hypervisor.log', size: 1 },
    ]
    assert.equal(captures({ ...dom0, logs: { files } }), [
      ['com1', null],
      ['/var/log/xen/console/hypervisor.log', '--file xen=/var/log/xen/console/hypervisor.log'],
      ['/dev/pts/1', `--file web1=${kept}`],
    ])
    // The log of another guest is none of this one.
    const other = [{ path: '/var/log/xen/console/guest-web10.log', size: 1 }]
    assert.equal(captures({ ...dom0, logs: { files: other } })[1], ['/dev/pts/1', '--tty web1=/dev/pts/1'])
  })

  it('names the way to each kind of console', () => {
    assert.equal(ofGuest({}), [['/dev/pts/4', '-- virsh console web1']])
    assert.equal(ofGuest({ type: 'unix', source: '/run/web1.sock', listens: true }), [
      ['/run/web1.sock', '--socket web1=/run/web1.sock'],
    ])
    assert.equal(ofGuest({ type: 'tcp', source: '127.0.0.1:4555', listens: true, telnet: true }), [
      ['127.0.0.1:4555', '--telnet web1=127.0.0.1:4555'],
    ])
    // QEMU connects to somebody else, who has the bytes.
    assert.equal(ofGuest({ type: 'tcp', source: 'log:4555' }), [['log:4555', null]])
    assert.equal(ofGuest({ type: 'spicevmc', source: '' }), [['', null]])
    assert.equal(ofGuest({}, { running: false }), [['', null]])
    assert.equal(ofGuest({ guest: 'web2' }), [['', null]])
  })

  it('prints commands that can be typed, and no escape sequence', () => {
    const name = 'a b\u001b[2J'
    const text = consoleListText(
      linesOf({
        ...bare,
        terminals: { ports: [], xen: [], libvirt: [{ ...live, guest: name }] },
        guests: { all: [{ ...guest, name }] },
      }),
    )
    assert.match(text, "vdoctor console capture -- virsh console 'a b")
    assert.not.match(text, '\u001b')
    assert.is(consoleListText([]), 'no serial port, and no guest with a console\n')
  })
})
