import * as assert from 'uvu/assert'
import { factsFromTest } from '../../src/engine/fact-values.ts'
import { guestPaths } from '../../src/serial/setup/guest-path.ts'
import { consoleSets, hostFacts } from '../../src/serial/setup/host-facts.ts'
import { describe } from '../describe.ts'
import { bare, but, com1, dom0, gap, lines, named, of, type Some, states } from './machines.ts'

const guest = {
  ...{ name: 'web1', toolstack: 'libvirt', configFile: '/etc/libvirt/qemu/web1.xml', type: 'kvm', running: true },
  ...{ kernel: '', cmdline: '', arch: 'x86_64' },
}
const serial = {
  ...{ guest: 'web1', configFile: '/etc/libvirt/qemu/web1.xml', kind: 'serial', type: 'pty', source: '' },
  ...{ target: 'isa-serial', listens: false, telnet: false, log: '/var/log/libvirt/qemu/web1-serial0.log' },
}
const guestOf = (one: object, consoles: readonly object[], base: Some = but(bare, { platform: { hosts: 'kvm' } })) => {
  const given = but(base, { guests: { all: [{ ...guest, ...one }], consoles } })
  return guestPaths(hostFacts(factsFromTest(given, consoleSets)))[0]!
}

describe('the console of a host', (it) => {
  it('is complete where each link is', () => {
    assert.equal(states(of(dom0)), ['hypervisor ok', 'kernel ok', 'login ok', 'speed ok'])
    assert.equal([of(dom0).device, of(dom0).state], ['hvc0', 'ok'])
    assert.equal(states(of(bare)), ['port ok', 'kernel ok', 'login ok', 'speed ok'])
  })

  it('needs both halves of the line of Xen', () => {
    const told = (xen: object) => named(of(but(dom0, { xen: xen as Some[string] })), 'hypervisor')
    assert.is(told({ serial: [], consoles: ['com1', 'vga'] }).state, 'missing')
    assert.match(told({ consoles: ['vga'] }).says, 'writes to vga only')
    assert.is(told({ consoles: [] }).state, 'missing')
    assert.is(told({ consoles: [], version: '3.4.0' }).state, 'ok')
    assert.is(told({ serial: [{ ...com1, cut: true }] }).state, 'missing')
    assert.is(told({ consoles: ['com1H'] }).state, 'ok')
    assert.is(told({ serial: [], consoles: ['xhci'] }).state, 'ok')
    assert.is(told({ serial: gap }).state, 'unknown')
    assert.is(told({ version: gap }).state, 'unknown')
  })

  it('does not take the port of an ARM device tree for missing', () => {
    const arm = but(dom0, { platform: { arch: 'aarch64' }, xen: { serial: [], consoles: [] } })
    assert.is(named(of(arm), 'hypervisor').state, 'unknown')
    assert.is(
      of(but(bare, { platform: { arch: 'aarch64' }, console: { parameters: [], active: ['ttyAMA0'], ports: [] } }))
        .device,
      'ttyAMA0',
    )
  })

  it('takes hvc0 for the console of dom0, since ttyS0 belongs to Xen', () => {
    const ttyS0 = but(dom0, { console: { active: ['ttyS0'], gettyDevices: ['ttyS0'] } })
    assert.equal(states(of(ttyS0)), ['hypervisor ok', 'kernel missing', 'login missing', 'speed ok'])
    assert.equal(lines(of(ttyS0), 'kernel'), ['GRUB_CMDLINE_LINUX_XEN_REPLACE_DEFAULT="console=hvc0"'])
    // Xen has taken com1 alone: the other port is dom0's own.
    const ttyS1 = but(dom0, { console: { active: ['ttyS1'], gettyDevices: ['ttyS1'] } })
    assert.is(named(of(ttyS1), 'kernel').state, 'ok')
    const perhaps = of(but(ttyS1, { xen: { serial: gap } }))
    assert.equal(states(perhaps).slice(1, 3), ['kernel unknown', 'login unknown'])
  })

  it('takes ttyS0 where the kernel is of Xen’s own tree', () => {
    const old = but(dom0, {
      platform: { release: '2.6.18-398.el5xen', distribution: 'rhel', version: '5.11' },
      console: { active: { gap: 'absent' }, parameters: [{ device: 'ttyS0', baud: 115200 }], gettyDevices: ['ttyS0'] },
      services: { init: 'sysv' },
    })
    assert.equal(states(of(old)), ['hypervisor ok', 'kernel ok', 'login ok', 'speed ok'])
    const silent = of(but(old, { console: { parameters: [], gettyDevices: ['tty1'] } }))
    assert.equal(states(silent), ['hypervisor ok', 'kernel missing', 'login missing', 'speed ok'])
    assert.equal(lines(silent, 'login'), ['co:2345:respawn:/sbin/agetty ttyS0 115200 vt100-nav'])
  })

  it('knows that a PV kernel which is told nothing takes hvc0', () => {
    const pv = but(dom0, { platform: { under: 'xen-pv' }, console: { active: { gap: 'absent' }, parameters: [] } })
    assert.equal(states(of(pv)), ['kernel ok', 'login ok'])
    assert.is(named(of(but(pv, { console: { parameters: [{ device: 'tty0', baud: 0 }] } })), 'kernel').state, 'missing')
  })

  it('wants the login where the kernel writes', () => {
    const other = of(but(bare, { console: { gettyDevices: ['ttyS1'] } }))
    assert.equal(states(other), ['port ok', 'kernel ok', 'login missing', 'speed ok'])
    const two = but(bare, { console: { active: ['ttyS0', 'ttyS1'] } })
    assert.equal([of(two).device, of(two).state], ['ttyS0', 'ok'])
    // A screen alone is no serial console.
    assert.equal(states(of(but(bare, { console: { active: ['tty0'], parameters: [], gettyDevices: ['tty1'] } }))), [
      ...['port ok', 'kernel missing', 'login missing', 'speed ok'],
    ])
  })

  it('turns no verdict round where something could not be read', () => {
    const facts = {
      xen: ['serial', 'consoles', 'version', 'consoleLog', 'consoleFolder', 'xenconsoled', 'toolstack', 'loader'],
      console: ['active', 'gettyDevices', 'restricted', 'securetty', 'parameters', 'gettys', 'ports'],
      platform: ['under', 'system', 'arch', 'release', 'hosts', 'distribution', 'version'],
      boot: ['serialBaud', 'loader', 'configured', 'entries', 'variables', 'file'],
      services: ['init'],
    }
    const silent = { console: { active: ['ttyS1'], gettyDevices: ['ttyS1'], restricted: true, securetty: ['tty1'] } }
    const machines = [
      dom0,
      bare,
      but(dom0, silent),
      but(bare, silent),
      but(dom0, { xen: { serial: [], consoles: [] } }),
    ]
    for (const machine of machines) {
      const before = new Map(of(machine).links.map(({ name, state }) => [name, state]))
      for (const [namespace, names] of Object.entries(facts))
        for (const name of names)
          for (const one of of(but(machine, { [namespace]: { [name]: gap } })).links)
            assert.ok(['unknown', before.get(one.name)].includes(one.state), `${namespace}.${name}: ${one.name}`)
    }
  })

  it('compares the speeds of those that share a line', () => {
    const speed = (base: Some, changes: Some) => named(of(but(base, changes)), 'speed')
    assert.is(speed(dom0, { boot: { serialBaud: 9600 } }).state, 'missing')
    assert.is(speed(dom0, { boot: { serialBaud: 115200 } }).state, 'ok')
    // GRUB is on the first port, and Xen on the second.
    assert.is(
      speed(dom0, { boot: { serialBaud: 9600 }, xen: { serial: [{ ...com1, port: 'com2' }], consoles: ['com2'] } })
        .state,
      'ok',
    )
    // A getty on hvc0 names a speed, which means nothing there.
    assert.is(speed(dom0, { console: { gettys: [{ device: 'hvc0', how: 'inittab', baud: 9600 }] } }).state, 'ok')
    assert.match(speed(bare, { console: { gettys: [{ device: 'ttyS0', how: 'inittab', baud: 9600 }] } }).says, 'differ')
    assert.is(speed(bare, { boot: { loader: 'grub' } }).state, 'unknown')
  })

  it('asks whether root may log in where PAM asks it', () => {
    const root = (console: object) =>
      named(of(but(dom0, { console: { restricted: true, ...console } })), 'root login').state
    assert.is(root({ securetty: ['tty1'] }), 'missing')
    assert.is(root({ securetty: ['tty1', 'hvc0'] }), 'ok')
    assert.is(root({ securetty: gap }), 'unknown')
  })

  it('has no console of its own in a container', () => {
    assert.equal(states(of(but(bare, { platform: { under: 'container' } }))), ['machine unknown'])
  })
})

describe('the console of a guest', (it) => {
  it('ends, seen from the host, where the guest begins', () => {
    assert.equal(states(guestOf({}, [serial])), ['device ok', 'log ok', 'kernel unknown', 'login unknown'])
    assert.equal(states(guestOf({}, [])), ['device missing', 'log missing', 'kernel unknown', 'login unknown'])
    assert.equal(states(guestOf({}, [gap])), ['device unknown', 'log unknown', 'kernel unknown', 'login unknown'])
    assert.equal(states(guestOf({}, [serial, gap])).slice(0, 2), ['device ok', 'log ok'])
    assert.is(named(guestOf({}, [{ ...serial, guest: 'web2' }]), 'device').state, 'missing')
  })

  it('has a command line that the host knows where the host loads the kernel', () => {
    const kernel = (cmdline: string, more: object = {}) =>
      named(guestOf({ kernel: '/boot/vmlinuz', cmdline, ...more }, [serial]), 'kernel')
    assert.is(kernel('quiet console=tty0 console=ttyS0,115200').state, 'ok')
    assert.equal(kernel('quiet console=tty0').fix[0]!.lines, [
      '<cmdline>quiet console=tty0 console=ttyS0,115200</cmdline>',
    ])
    assert.is(kernel('quiet').state, 'missing')
    const xl = { toolstack: 'xl', configFile: '/etc/xen/web1' }
    assert.is(kernel('quiet', { ...xl, type: 'pv' }).state, 'ok')
    assert.is(kernel('quiet', { ...xl, type: 'pvh' }).state, 'unknown')
    assert.is(kernel('console=xvc0', { ...xl, type: 'pv' }).state, 'ok')
    assert.equal(kernel('console=tty0', { ...xl, type: 'pv' }).fix[0]!.lines, ['extra = "console=tty0 console=hvc0"'])
    // hvmloader, which old files of xm name, is no kernel.
    assert.is(kernel('', { ...xl, type: 'hvm' }).state, 'unknown')
  })

  it('is called what its own kernel calls it', () => {
    assert.is(guestOf({}, [{ ...serial, target: 'virtio' }]).device, 'hvc0')
    assert.is(guestOf({ arch: 'aarch64' }, [{ ...serial, target: 'system-serial' }]).device, 'ttyAMA0')
    assert.is(guestOf({ type: 'pv' }, []).device, 'hvc0')
  })

  it('is kept by xenconsoled where that is told to, and runs', () => {
    const xl = { toolstack: 'xl', configFile: '/etc/xen/web1', type: 'pv' }
    const log = (xen: object, more: object = {}) =>
      named(guestOf({ ...xl, ...more }, [], but(dom0, { xen: xen as Some[string] })), 'log').state
    assert.is(log({}), 'ok')
    assert.is(log({ consoleLog: 'hv' }), 'missing')
    assert.is(log({ xenconsoled: false }), 'missing')
    assert.is(log({ consoleFolder: false }), 'missing')
    assert.is(log({ consoleFolder: gap }), 'unknown')
    assert.is(log({ consoleLog: gap }), 'unknown')
    assert.is(log({}, { type: 'hvm' }), 'unknown')
  })

  it('does not fall into the XML that is to be written', () => {
    const [line] = named(guestOf({ name: "a'b<c" }, [{ ...serial, guest: "a'b<c", log: '' }]), 'log').fix[0]!.lines
    assert.is(line, "<log file='/var/log/libvirt/qemu/a&apos;b&lt;c-serial0.log' append='on'/>")
  })

  it('is none on a machine without guests', () => {
    assert.equal(guestPaths(hostFacts(factsFromTest(bare, consoleSets))), [])
  })
})
