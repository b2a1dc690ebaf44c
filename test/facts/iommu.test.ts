import * as assert from 'uvu/assert'
import { iommu } from '../../src/facts/iommu.ts'
import { pci } from '../../src/facts/pci.ts'
import { describe } from '../describe.ts'
import { evidence, type Given, matches, names, output, target, value } from '../evidence.ts'
import { flips } from '../never-flips.ts'

const PCI = '/sys/bus/pci/devices'
const A = '0000:01:00.0'
const B = '0000:01:00.1'
const P = '0000:00:01.0'

/** A graphics card that VFIO holds, its sound function that the host holds, and the port above both. */
const functions: Given[] = [
  [{ list: PCI }, names(P, A, B)],
  [{ file: `${PCI}/*/class` }, matches(...[P, A, B].map((address) => `${PCI}/${address}/class`))],
  [`${PCI}/${P}/class`, '0x060400\n'],
  [`${PCI}/${A}/class`, '0x030000\n'],
  [`${PCI}/${B}/class`, '0x040300\n'],
  [{ file: `${PCI}/*/vendor` }, matches(`${PCI}/${A}/vendor`)],
  [`${PCI}/${A}/vendor`, '0x10de\n'],
  [{ file: `${PCI}/*/device` }, matches(`${PCI}/${A}/device`)],
  [`${PCI}/${A}/device`, '0x1C82\n'],
  [{ link: `${PCI}/*/driver` }, matches(...[P, A, B].map((address) => `${PCI}/${address}/driver`))],
  [{ link: `${PCI}/${P}/driver` }, target('../../../bus/pci/drivers/pcieport')],
  [{ link: `${PCI}/${A}/driver` }, target('../../../../bus/pci/drivers/vfio-pci')],
  [{ link: `${PCI}/${B}/driver` }, target('../../../../bus/pci/drivers/snd_hda_intel')],
  [{ link: `${PCI}/*/iommu_group` }, matches(...[P, A, B].map((address) => `${PCI}/${address}/iommu_group`))],
  ...[P, A, B].map((address): Given => [
    { link: `${PCI}/${address}/iommu_group` },
    target('../../../../kernel/iommu_groups/7'),
  ]),
  ['/proc/cmdline', 'root=/dev/sda1 intel_iommu=off intel_iommu=on,sm_on iommu=pt quiet\n'],
  [{ list: '/sys/kernel/iommu_groups' }, names('7')],
  ['/proc/interrupts', '  1:  0  9  IR-IO-APIC   1-edge   i8042\n'],
  [{ list: '/sys/firmware/acpi/tables' }, names('APIC', 'DMAR', 'DSDT')],
]

const at = (...given: Given[]) => iommu.parse(evidence(iommu, given))

describe('facts: iommu and pci', (it) => {
  it('names what is in the way of a group, and lets its bridges be', () => {
    assert.equal(value(at(...functions).groups), [
      { number: '7', devices: [A, B], forGuests: [A], inTheWay: [`${B} (snd_hda_intel)`] },
    ])
  })

  it('reads parameters as the kernel does: the last one wins, and iommu= is another', () => {
    const facts = at(...functions)
    assert.is(value(facts.intelParameter), 'on,sm_on')
    assert.is(value(facts.parameter), 'pt')
    assert.is(value(facts.amdParameter), '')
    assert.equal(value(facts.tables), ['DMAR'])
  })

  it('sees interrupt remapping in the names of the interrupts', () => {
    const remapping = (text: string) => value(at(['/proc/interrupts', text]).interruptRemapping)
    assert.is(remapping(' 25: 0 0  IR-PCI-MSI 32768-edge virtio0-config\n'), true)
    assert.is(remapping(' 24: 0 0  DMAR-MSI 0-edge dmar0\n  1: 0 9  IO-APIC 1-edge i8042\n'), false)
    assert.is(remapping('  1: 0 9  xen-pirq    -ioapic-edge  i8042\n'), 'malformed')
  })

  it('asks Xen, not the empty folder of its dom0', () => {
    const xl = (text: string): Given => [{ command: ['xl', 'info'] }, output(text)]
    const dom0: Given[] = [
      ['/proc/xen/capabilities', 'control_d\n'],
      [{ list: '/sys/kernel/iommu_groups' }, names()],
    ]
    assert.is(value(at(...dom0, xl('virt_caps              : pv hvm hvm_directio pv_directio hap\n')).active), true)
    assert.is(value(at(...dom0, xl('virt_caps              : pv hvm hap\n')).active), false)
    assert.is(value(at(...dom0, [{ command: ['xl', 'info'] }, { gap: 'timeout' }]).active), 'timeout')
    assert.is(value(at([{ list: '/sys/kernel/iommu_groups' }, names()]).active), false)
  })

  it('takes vfio, and what is told to vfio, for a wish; not the driver of Xen', () => {
    const wanted = (...given: Given[]) => value(at(['/proc/cmdline', 'quiet\n'], ...given).wanted)
    assert.is(wanted(), false)
    assert.is(wanted(...functions), true)
    assert.is(
      wanted(
        [{ file: '/etc/modprobe.d/*' }, matches('/etc/modprobe.d/vfio.conf')],
        ['/etc/modprobe.d/vfio.conf', 'options vfio-pci ids=10de:1c82\n'],
      ),
      true,
    )
    assert.is(
      wanted(
        [{ file: '/etc/modprobe.d/*' }, matches('/etc/modprobe.d/vfio.bak')],
        ['/etc/modprobe.d/vfio.bak', 'options vfio-pci ids=10de:1c82\n'],
      ),
      false,
    )
  })

  it('changes no fact when any one answer is taken away', () => {
    assert.equal(flips(iommu, functions), [])
    const hide: Given[] = [
      [{ file: '/etc/modprobe.d/*.conf' }, matches('/etc/modprobe.d/pciback.conf')],
      ['/etc/modprobe.d/pciback.conf', 'options xen-pciback hide=(01:00.1)\n'],
    ]
    assert.equal(flips(pci, [...functions, ...hide]), [])
  })

  it('finds the function that was to be hidden and is held by the host', () => {
    const facts = pci.parse(
      evidence(pci, [
        ...functions,
        [{ file: '/etc/modprobe.d/*.conf' }, matches('/etc/modprobe.d/pciback.conf')],
        ['/etc/modprobe.d/pciback.conf', 'options xen-pciback hide=(01:00.0)(01:00.1)\n'],
      ]),
    )
    assert.equal(
      (value(facts.hiddenElsewhere) as { address: string }[]).map(({ address }) => address),
      [B],
    )
    const [port, card] = value(facts.functions) as Record<string, unknown>[]
    assert.is(port!['bridge'], true)
    assert.is(card!['id'], '10de:1c82')
    assert.is(card!['forGuests'], true)
    assert.is(card!['numaNode'], null)
  })

  it('compares max_vfs with what the cards can have and have', () => {
    const given: Given[] = [
      [{ list: PCI }, names(A, B)],
      [{ link: `${PCI}/*/driver` }, matches(`${PCI}/${A}/driver`, `${PCI}/${B}/driver`)],
      [{ link: `${PCI}/${A}/driver` }, target('../../../../bus/pci/drivers/igb')],
      [{ link: `${PCI}/${B}/driver` }, target('../../../../bus/pci/drivers/igb')],
      [{ file: `${PCI}/*/sriov_totalvfs` }, matches(`${PCI}/${A}/sriov_totalvfs`, `${PCI}/${B}/sriov_totalvfs`)],
      [`${PCI}/${A}/sriov_totalvfs`, '7\n'],
      [`${PCI}/${B}/sriov_totalvfs`, '7\n'],
      [{ file: `${PCI}/*/sriov_numvfs` }, matches(`${PCI}/${A}/sriov_numvfs`)],
      [`${PCI}/${A}/sriov_numvfs`, '3\n'],
      ['/etc/modprobe.conf', '# options igb max_vfs=9\noptions igb debug=1 max_vfs=3,8\n'],
      ['/proc/cmdline', 'ro ixgbe.max_vfs=2 quiet\n'],
    ]
    assert.equal(value(pci.parse(evidence(pci, given)).vfRequests), [
      { module: 'igb', file: '/etc/modprobe.conf', asked: 8, most: 7, made: 3 },
      { module: 'ixgbe', file: '/proc/cmdline', asked: 2, most: 0, made: 0 },
    ])
    assert.equal(flips(pci, given), [])
  })
})
