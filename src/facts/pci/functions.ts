import { file, link, list, stat } from '../../evidence/ask.ts'
import type { Evidence } from '../../evidence/evidence.ts'
import { locate } from '../../evidence/locate.ts'
import { basename, lookup, there } from '../../evidence/lookup.ts'
import { absentAs, all, map, orGap } from '../../evidence/result.ts'
import type { Ask, Result } from '../../types.ts'
import type { Infer } from '../schema.ts'
import { bool, nullable, number, object, string } from '../schema.ts'

/** Attributes that cost the device nothing: config, vpd, rom and resources are never opened. `reset` is write-only and only looked for. */
export const pciAsks = {
  addresses: list('/sys/bus/pci/devices'),
  classes: file('/sys/bus/pci/devices/*/class'),
  vendors: file('/sys/bus/pci/devices/*/vendor'),
  devices: file('/sys/bus/pci/devices/*/device'),
  subvendors: file('/sys/bus/pci/devices/*/subsystem_vendor'),
  drivers: link('/sys/bus/pci/devices/*/driver'),
  groups: link('/sys/bus/pci/devices/*/iommu_group'),
  physfns: link('/sys/bus/pci/devices/*/physfn'),
  totalVfs: file('/sys/bus/pci/devices/*/sriov_totalvfs'),
  numVfs: file('/sys/bus/pci/devices/*/sriov_numvfs'),
  nodes: file('/sys/bus/pci/devices/*/numa_node'),
  bootVga: file('/sys/bus/pci/devices/*/boot_vga'),
  resets: stat('/sys/bus/pci/devices/*/reset'),
} as const

export const functionSchema = object(
  {
    address: string('0000:00:1f.2'),
    class: string('Class code: "0200" is an Ethernet card, "0300" a VGA adapter, "0604" a bridge'),
    id: string('Vendor and device: "8086:100e"'),
    subvendor: string('Vendor of the board: "1af4" is QEMU; "" where the device has none'),
    driver: string('e1000e, vfio-pci, pciback …; "" for none'),
    forGuests: bool('Its driver keeps it for guests: vfio-pci, pciback, pci-stub, xen-pciback'),
    bridge: bool('A bridge or root port'),
    group: string('Number of its IOMMU group; "" for none'),
    virtualFunction: bool('An SR-IOV virtual function'),
    totalVfs: number('count', 'Virtual functions that the card can have; 0 for a card without SR-IOV'),
    vfs: number('count', 'Virtual functions that it has now'),
    numaNode: nullable(number('node', 'NUMA node; none where it is not told')),
    bootVga: bool('The screen that the firmware used'),
    reset: bool('The kernel knows a way to reset it'),
  },
  'One PCI function',
)
export type PciFunction = Infer<typeof functionSchema>

export const FOR_GUESTS = /^(vfio-pci|.*_vfio_pci|pciback|xen-pciback|pci-stub)$/

/** `0x020000` → 0200 */
const hex = (text: string, digits: number): string => {
  const match = /^0x([0-9a-f]+)$/i.exec(text.trim())
  if (!match) throw new Error(`not a hexadecimal number: ${text.slice(0, 40)}`)
  return match[1]!.toLowerCase().slice(0, digits)
}

const count = (result: Result<string>): Result<number> => absentAs(map(result, Number), 0)

export function pciFunctions(evidence: Evidence): Result<readonly PciFunction[]> {
  const text = (ask: Ask) => lookup(evidence.texts(ask))
  const target = (ask: Ask) => lookup(evidence.links(ask))
  const [classes, vendors, devices] = [text(pciAsks.classes), text(pciAsks.vendors), text(pciAsks.devices)]
  const [subvendors, nodes, vga] = [text(pciAsks.subvendors), text(pciAsks.nodes), text(pciAsks.bootVga)]
  const [total, now] = [text(pciAsks.totalVfs), text(pciAsks.numVfs)]
  const [drivers, groups, physfns] = [target(pciAsks.drivers), target(pciAsks.groups), target(pciAsks.physfns)]
  const resets = lookup(evidence.stats(pciAsks.resets))
  // A machine without a PCI bus has no such folder.
  return map(absentAs(evidence.names(pciAsks.addresses), []), (addresses) =>
    addresses.map((address) => {
      const at = `/sys/bus/pci/devices/${address}`
      const driver = absentAs(map(drivers(`${at}/driver`), basename), '')
      const code = map(classes(`${at}/class`), (text) => hex(text, 4))
      const vendor = map(vendors(`${at}/vendor`), (text) => hex(text, 4))
      const device = map(devices(`${at}/device`), (text) => hex(text, 4))
      const item = {
        address,
        class: orGap(code),
        id: orGap(map(all(vendor, device), (pair) => pair.join(':'))),
        subvendor: orGap(
          absentAs(
            map(subvendors(`${at}/subsystem_vendor`), (text) => hex(text, 4)),
            '',
          ),
        ),
        driver: orGap(driver),
        forGuests: orGap(map(driver, (name) => FOR_GUESTS.test(name))),
        bridge: orGap(map(code, (text) => text.startsWith('06'))),
        group: orGap(absentAs(map(groups(`${at}/iommu_group`), basename), '')),
        virtualFunction: orGap(there(physfns(`${at}/physfn`))),
        totalVfs: orGap(count(total(`${at}/sriov_totalvfs`))),
        vfs: orGap(count(now(`${at}/sriov_numvfs`))),
        numaNode: orGap(absentAs<number | null>(map(nodes(`${at}/numa_node`), nodeOf), null)),
        bootVga: orGap(
          absentAs(
            map(vga(`${at}/boot_vga`), (text) => text.trim() === '1'),
            false,
          ),
        ),
        reset: orGap(there(resets(`${at}/reset`))),
      }
      return locate(item, { ask: at, path: at })
    }),
  )
}

/** -1 means that the firmware does not say. */
const nodeOf = (text: string): number | null => (Number(text) >= 0 ? Number(text) : null)
