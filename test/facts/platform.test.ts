import * as assert from 'uvu/assert'
import { platform } from '../../src/facts/platform.ts'
import type { Gap } from '../../src/types.ts'
import { describe } from '../describe.ts'
import { evidence, type Given, matches, output, status, value } from '../evidence.ts'

const cpuinfo = (flags: string): Given => ['/proc/cpuinfo', `processor : 0\nflags : fpu ${flags}\n`]
const dom0: Given[] = [
  ['/proc/xen/capabilities', 'control_d\n'],
  ['/sys/hypervisor/type', 'xen\n'],
  ['/sys/hypervisor/guest_type', 'PV\n'],
  cpuinfo('hypervisor'),
]
const emulator: Given[] = [
  [{ stat: '/usr/bin/qemu-system-*' }, matches('/usr/bin/qemu-system-x86_64')],
  [{ stat: '/usr/bin/qemu-system-x86_64' }, status({})],
]
const uname: Given = [{ command: ['uname', '-srm'] }, output('Linux 6.1.0 x86_64\n')]
const noEmulator: Given = [{ stat: '/usr/bin/qemu-system-*' }, matches()]

/** [hosts, under] */
function told(given: readonly Given[], rest?: Gap): unknown[] {
  const facts = platform.parse(evidence(platform, [uname, noEmulator, ...given], rest))
  return [value(facts.hosts), value(facts.under)]
}

describe('facts: platform, over the roles', (it) => {
  it('bare metal', () => {
    assert.equal(told([cpuinfo('vmx')]), ['', ''])
  })

  it('Xen dom0, though DMI and lscpu say something else', () => {
    assert.equal(
      told([
        ...dom0,
        ['/sys/class/dmi/id/product_name', 'Standard PC (Q35)\n'],
        [{ command: ['lscpu'] }, output('Hypervisor vendor:  KVM\n')],
      ]),
      ['xen', 'xen-dom0'],
    )
  })

  it('Xen dom0 without xenfs: told by its UUID', () => {
    const given: Given[] = [
      ['/sys/hypervisor/type', 'xen\n'],
      ['/sys/hypervisor/uuid', '00000000-0000-0000-0000-000000000000\n'],
    ]
    assert.equal(told(given), ['xen', 'xen-dom0'])
  })

  it('RHEL 5 dom0: no /sys/hypervisor/guest_type, no lscpu, no os-release', () => {
    const given: Given[] = [
      ['/proc/xen/capabilities', 'control_d\n'],
      ['/etc/redhat-release', 'Red Hat Enterprise Linux Server release 5.11 (Tikanga)\n'],
      cpuinfo('vmx'),
    ]
    assert.equal(told(given), ['xen', 'xen-dom0'])
    const facts = platform.parse(evidence(platform, given))
    assert.equal([value(facts.distribution), value(facts.version)], ['rhel', '5.11'])
  })

  it('Xen PV, PVH and HVM guests, new and old', () => {
    const guest = (type: string): Given[] => [
      ['/proc/xen/capabilities', ''],
      ['/sys/hypervisor/type', 'xen\n'],
      ['/sys/hypervisor/uuid', '0164f04d-5d72-4434-81a4-244aa040624f\n'],
      ['/sys/hypervisor/guest_type', `${type}\n`],
    ]
    assert.equal(told(guest('PV')), ['', 'xen-pv'])
    assert.equal(told(guest('PVH')), ['', 'xen-pvh'])
    assert.equal(told(guest('HVM')), ['', 'xen-hvm'])
    assert.equal(told([...guest('').slice(0, 3), ['/sys/class/dmi/id/product_name', 'HVM domU\n']]), ['', 'xen-hvm'])
    assert.equal(told([['/proc/xen/capabilities', '']]), ['', 'xen-pv'])
  })

  it('KVM host: the emulator makes it one, the modules alone do not', () => {
    assert.equal(told([cpuinfo('svm'), ...emulator]), ['kvm', ''])
    assert.equal(told([cpuinfo('svm'), [{ stat: '/dev/kvm' }, status({ type: 'char' })]]), ['', ''])
  })

  it('an emulator of boards makes no KVM host', () => {
    const arm = '/usr/bin/qemu-system-arm'
    const given: Given[] = [
      [{ stat: '/usr/bin/qemu-system-*' }, matches(arm)],
      [{ stat: arm }, status({})],
    ]
    assert.equal(told([cpuinfo('svm'), ...given]), ['', ''])
  })

  it('KVM guest, and one that hosts guests itself', () => {
    const guest: Given[] = [
      cpuinfo('hypervisor'),
      [{ command: ['lscpu'] }, output('Hypervisor vendor:  KVM\nVirtualization type:  full\n')],
    ]
    assert.equal(told(guest), ['', 'kvm'])
    assert.equal(told([...guest, ...emulator]), ['kvm', 'kvm'])
  })

  it('KVM guest without lscpu and DMI: told by its clock', () => {
    const clocks: Given = ['/sys/devices/system/clocksource/clocksource0/available_clocksource', 'kvm-clock tsc \n']
    assert.equal(told([cpuinfo('hypervisor'), clocks]), ['', 'kvm'])
  })

  it('other hypervisors', () => {
    assert.equal(told([cpuinfo('hypervisor'), ['/sys/class/dmi/id/sys_vendor', 'VMware, Inc.\n']]), ['', 'vmware'])
    assert.equal(told([cpuinfo('hypervisor'), [{ command: ['lscpu'] }, output('Hypervisor vendor:  Microsoft\n')]]), [
      '',
      'microsoft',
    ])
  })

  it('a container is nearer than the hypervisor below it', () => {
    assert.equal(told([[{ stat: '/.dockerenv' }, status({})], cpuinfo('hypervisor')]), ['', 'container'])
    assert.equal(told([[{ stat: '/proc/vz' }, status({ type: 'dir' })], cpuinfo('vmx')]), ['', 'container'])
    const openvzHost: Given[] = [
      [{ stat: '/proc/vz' }, status({ type: 'dir' })],
      [{ stat: '/proc/bc' }, status({ type: 'dir' })],
    ]
    assert.equal(told([...openvzHost, cpuinfo('vmx')]), ['', ''])
  })

  it('FreeBSD dom0', () => {
    const given: Given[] = [
      [{ command: ['uname', '-srm'] }, output('FreeBSD 12.1-RELEASE amd64\n')],
      [{ command: ['sysctl', '-n', 'kern.vm_guest'] }, output('xen\n')],
      [{ stat: '/dev/xen/privcmd' }, status({ type: 'char' })],
    ]
    assert.equal(told(given), ['xen', 'xen-dom0'])
    assert.is(value(platform.parse(evidence(platform, given)).distribution), 'freebsd')
  })

  it('nothing is known of a machine of which nothing was recorded', () => {
    assert.equal(told([], 'not-recorded'), ['not-recorded', 'not-recorded'])
  })

  it('becomes unknown, and nothing else, where one answer is taken away', () => {
    for (let taken = 0; taken < dom0.length; taken++) {
      const rest = dom0.map((one, index): Given => (index === taken ? [one[0], { gap: 'not-recorded' }] : one))
      assert.ok(['xen', 'not-recorded'].includes(told(rest)[0] as string))
    }
  })
})
