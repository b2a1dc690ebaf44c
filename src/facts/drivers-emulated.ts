import { file, link, list } from '../evidence/ask.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { locate } from '../evidence/locate.ts'
import { basename, lookup } from '../evidence/lookup.ts'
import { absentAs, all, chain, known, map, orGap } from '../evidence/result.ts'
import type { Result, Unknown } from '../types.ts'
import type { Infer } from './schema.ts'
import { bool, object, string } from './schema.ts'

export const emulatedAsks = {
  nics: list('/sys/class/net'),
  macs: file('/sys/class/net/*/address'),
  nicDevices: link('/sys/class/net/*/device'),
  nicDrivers: link('/sys/class/net/*/device/driver'),
  vendors: file('/sys/bus/pci/devices/*/vendor'),
  subvendors: file('/sys/bus/pci/devices/*/subsystem_vendor'),
  disks: list('/sys/block'),
  diskVendors: file('/sys/block/*/device/vendor'),
  diskModels: file('/sys/block/*/device/model'),
} as const

export const emulatedNicSchema = object(
  {
    name: string('eth0'),
    driver: string('8139cp, e1000 …'),
    twin: bool('A Xen network device has the same MAC address: both are one interface of the guest'),
  },
  'One emulated network card',
)

export const emulatedDiskSchema = object({ name: string('sda'), model: string('QEMU HARDDISK') }, 'One emulated disk')

/** QEMU's board, and that of Xen: a card that was passed through has its maker's. */
const BOARDS = ['0x1af4', '0x5853']

interface Nic {
  readonly name: string
  readonly device: Result<string>
  readonly mac: Result<string>
  readonly driver: Result<string>
  readonly emulated: Result<boolean>
}

type EmulatedNic = Infer<typeof emulatedNicSchema>
type EmulatedDisk = Infer<typeof emulatedDiskSchema>

/** Virtio cards have QEMU's number as their own vendor; emulated ones only as that of the board. */
export function emulatedNics(evidence: Evidence): Result<readonly (EmulatedNic | Unknown)[]> {
  const [macs, vendors, subvendors] = [emulatedAsks.macs, emulatedAsks.vendors, emulatedAsks.subvendors].map((ask) =>
    lookup(evidence.texts(ask)),
  ) as [Reader, Reader, Reader]
  const [devices, bound] = [emulatedAsks.nicDevices, emulatedAsks.nicDrivers].map((ask) =>
    lookup(evidence.links(ask)),
  ) as [Reader, Reader]
  const isEmulated = (address: string): Result<boolean> => {
    const at = `/sys/bus/pci/devices/${address}`
    const both = all(vendors(`${at}/vendor`), absentAs(subvendors(`${at}/subsystem_vendor`), ''))
    return map(both, ([vendor, board]) => BOARDS.includes(board.trim()) && !BOARDS.includes(vendor.trim()))
  }
  return map(absentAs(evidence.names(emulatedAsks.nics), []), (names) => {
    const nics = names.map((name): Nic => {
      const at = `/sys/class/net/${name}`
      const device = absentAs(map(devices(`${at}/device`), basename), '')
      return {
        name,
        device,
        mac: map(macs(`${at}/address`), (text) => text.trim()),
        driver: absentAs(map(bound(`${at}/device/driver`), basename), ''),
        emulated: chain(device, (address) => (/^[0-9a-f]{4,}:/.test(address) ? isEmulated(address) : known(false))),
      }
    })
    return nics.flatMap((nic): (EmulatedNic | Unknown)[] => {
      if (!nic.emulated.ok) return [nic.emulated]
      if (!nic.emulated.value) return []
      const at = `/sys/class/net/${nic.name}`
      const item = { name: nic.name, driver: orGap(nic.driver), twin: orGap(hasTwin(nic, nics)) }
      return [locate(item, { ask: at, path: at })]
    })
  })
}

type Reader = (path: string) => Result<string>

/** Xen offers one interface twice: as `vif-0`, and as an emulated card with the same address. */
function hasTwin(nic: Nic, nics: readonly Nic[]): Result<boolean> {
  const others = nics.map(({ device, mac }) =>
    chain(device, (name) => (/^vif-\d+$/.test(name) ? mac : known<string | null>(null))),
  )
  return map(all(nic.mac, ...others), ([mine, ...macs]) => macs.includes(mine))
}

/** `ATA` and `QEMU HARDDISK`; a virtio-scsi disk of the same model has the vendor QEMU. */
export function emulatedDisks(evidence: Evidence): Result<readonly (EmulatedDisk | Unknown)[]> {
  const vendors = lookup(evidence.texts(emulatedAsks.diskVendors))
  const models = lookup(evidence.texts(emulatedAsks.diskModels))
  return map(absentAs(evidence.names(emulatedAsks.disks), []), (names) =>
    names.flatMap((name): (EmulatedDisk | Unknown)[] => {
      const at = `/sys/block/${name}`
      const both = all(absentAs(vendors(`${at}/device/vendor`), ''), absentAs(models(`${at}/device/model`), ''))
      if (!both.ok) return [both]
      const [vendor, model] = both.value.map((text) => text.trim())
      const emulated = /^QEMU HARDDISK/.test(model!) && (vendor === 'ATA' || /^hd[a-z]$/.test(name))
      return emulated ? [locate({ name, model: model! }, { ask: at, path: at })] : []
    }),
  )
}
