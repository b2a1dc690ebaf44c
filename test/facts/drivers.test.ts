import * as assert from 'uvu/assert'
import { drivers } from '../../src/facts/drivers.ts'
import { describe } from '../describe.ts'
import { evidence, type Given, matches, names, target, value } from '../evidence.ts'
import { flips } from '../never-flips.ts'

const NET = '/sys/class/net'
const PCI = '/sys/bus/pci/devices/0000:00:04.0'

/** An HVM guest of Xen whose one interface is there twice. */
const twice: Given[] = [
  [{ list: NET }, names('eth0', 'eth1')],
  [{ file: `${NET}/*/address` }, matches(`${NET}/eth0/address`, `${NET}/eth1/address`)],
  [`${NET}/eth0/address`, '00:16:3e:01:02:03\n'],
  [`${NET}/eth1/address`, '00:16:3e:01:02:03\n'],
  [{ link: `${NET}/*/device` }, matches(`${NET}/eth0/device`, `${NET}/eth1/device`)],
  [{ link: `${NET}/eth0/device` }, target('../../../0000:00:04.0')],
  [{ link: `${NET}/eth1/device` }, target('../../vif-0')],
  [{ link: `${NET}/*/device/driver` }, matches(`${NET}/eth0/device/driver`)],
  [{ link: `${NET}/eth0/device/driver` }, target('../../../bus/pci/drivers/8139cp')],
  [{ file: '/sys/bus/pci/devices/*/vendor' }, matches(`${PCI}/vendor`)],
  [`${PCI}/vendor`, '0x10ec\n'],
  [{ file: '/sys/bus/pci/devices/*/subsystem_vendor' }, matches(`${PCI}/subsystem_vendor`)],
  [`${PCI}/subsystem_vendor`, '0x5853\n'],
  [{ list: '/sys/bus/xen/devices' }, names('vif-0', 'vbd-51712')],
  [{ link: '/sys/bus/xen/devices/*/driver' }, matches('/sys/bus/xen/devices/vif-0/driver')],
  [{ link: '/sys/bus/xen/devices/vif-0/driver' }, target('../../bus/xen/drivers/vif')],
  ['/proc/cmdline', 'root=/dev/hda1 xen_emul_unplug=never\n'],
  ['/proc/modules', 'xen_netfront 40960 0 - Live 0x0\nsnd 1 0 - Live 0x0\n'],
]

const at = (...given: Given[]) => drivers.parse(evidence(drivers, given))

describe('facts: drivers', (it) => {
  it('finds the emulated card that is the twin of a paravirtual one', () => {
    assert.equal(value(at(...twice).emulatedNics), [{ name: 'eth0', driver: '8139cp', twin: true }])
  })

  it('takes a card of another maker for one that was passed through', () => {
    const real: Given[] = [...twice, [`${PCI}/subsystem_vendor`, '0x8086\n']]
    assert.equal(value(at(...real).emulatedNics), [])
  })

  it('knows virtio for what it is, whose own maker is QEMU', () => {
    assert.equal(value(at(...twice, [`${PCI}/vendor`, '0x1af4\n']).emulatedNics), [])
  })

  it('reads devices of Xen and the drivers that took them', () => {
    assert.equal(value(at(...twice).xen), [
      { name: 'vif-0', type: 'vif', driver: 'vif' },
      { name: 'vbd-51712', type: 'vbd', driver: '' },
    ])
    assert.equal(value(at(...twice).modules), ['xen_netfront'])
    assert.is(value(at(...twice).unplug), 'never')
  })

  it('knows emulated disks by vendor and model together', () => {
    const disk = (vendor: string, model: string) =>
      value(
        at(
          [{ list: '/sys/block' }, names('sda', 'sr0')],
          [{ file: '/sys/block/*/device/vendor' }, matches('/sys/block/sda/device/vendor')],
          ['/sys/block/sda/device/vendor', vendor],
          [{ file: '/sys/block/*/device/model' }, matches('/sys/block/sda/device/model')],
          ['/sys/block/sda/device/model', model],
        ).emulatedDisks,
      )
    assert.equal(disk('ATA     \n', 'QEMU HARDDISK   \n'), [{ name: 'sda', model: 'QEMU HARDDISK' }])
    assert.equal(disk('QEMU    \n', 'QEMU HARDDISK   \n'), [])
    assert.equal(disk('ATA     \n', 'Samsung SSD 870\n'), [])
  })

  it('names virtio devices by the numbers of the specification', () => {
    const facts = at(
      [{ list: '/sys/bus/virtio/devices' }, names('virtio0', 'virtio1')],
      [{ file: '/sys/bus/virtio/devices/*/device' }, matches('/sys/bus/virtio/devices/virtio0/device')],
      ['/sys/bus/virtio/devices/virtio0/device', '0x0001\n'],
    )
    assert.is((value(facts.virtio) as Record<string, unknown>[])[0]!['type'], 'net')
    assert.is((value(facts.virtio) as Record<string, unknown>[])[0]!['driver'], '')
  })

  it('reads modprobe: what is not understood, aliases', () => {
    const facts = at(
      [{ file: '/etc/modprobe.d/*' }, matches('/etc/modprobe.d/blacklist', '/etc/modprobe.d/xen.conf')],
      ['/etc/modprobe.d/blacklist', 'blacklist 8139cp\n8139too\n'],
      ['/etc/modprobe.d/xen.conf', 'blacklist xen-netfront\nblacklist nouveau\n'],
    )
    assert.equal(value(facts.misread), [])
    const old = at(
      [{ file: '/etc/modprobe.d/*' }, matches('/etc/modprobe.d/blacklist')],
      ['/etc/modprobe.d/blacklist', 'blacklist 8139cp\n8139too\n'],
      ['/etc/modprobe.conf', 'alias eth0 xen-vnif\nalias scsi_hostadapter ata_piix\n'],
    )
    assert.equal(value(old.misread), [{ module: '8139too', text: '', file: '/etc/modprobe.d/blacklist', meant: '' }])
    assert.equal(value(old.ethAliases), [{ module: 'eth0', text: 'xen-vnif', file: '/etc/modprobe.conf' }])
  })

  it('changes no fact when any one answer is taken away', () => {
    assert.equal(flips(drivers, twice), [])
    assert.equal(
      flips(drivers, [
        [{ file: '/etc/modprobe.d/*' }, matches('/etc/modprobe.d/xen.conf')],
        ['/etc/modprobe.d/xen.conf', 'blacklist xen-netfront\n'],
      ]),
      [],
    )
  })
})
