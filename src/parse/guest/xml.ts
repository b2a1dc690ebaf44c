import { locate } from '../../evidence/locate.ts'
import type { Source } from '../../types.ts'
import {
  at,
  baseName,
  busOfTarget,
  type Definition,
  type Guest,
  type GuestDisk,
  type GuestGraphics,
  type GuestHostdev,
  type GuestInterface,
  type Malformed,
  nothingElse,
  whole,
} from './guest.ts'
import { readConsole } from './console.ts'
import { movingOfXml, peripheralsOf } from './moving.ts'
import { cpuOfXml } from './cpu.ts'
import { readNuma, readPins } from './xml-placement.ts'
import { libvirtPciAddress } from '../pci-address.ts'
import { parseSize } from '../size.ts'
import { attributeOf, type Element, find, findAll, textOf } from '../xml.ts'
import { ignoredOfDomain } from '../xml-ignored.ts'
import { usbId } from '../xl/usb.ts'

const KIBIBYTE = 1024

/** The `<domain>` of a definition in /etc, or the one inside the `<domstatus>` of a running guest. Throws where there is none. */
export function domainOf(root: Element): Element {
  const domain = root.name === 'domain' ? root : find(root, 'domain')
  if (!domain) throw new Error(`<${root.name}> is no guest`)
  return domain
}

/** A libvirt `<domain>`. */
export function guestOfXml(domain: Element, path: string): Definition {
  const guest = readGuest(domain, path)
  const item = { guest: guest.name, configFile: path }
  const devices = find(domain, 'devices')
  const all = (name: string): Element[] => (devices ? findAll(devices, name) : [])
  const malformed: Malformed[] = []
  const hostdevs = [...all('hostdev'), ...all('interface').filter((nic) => nic.attributes['type'] === 'hostdev')]
  return {
    ...nothingElse,
    guest,
    disks: all('disk').map((disk) => readDisk(disk, item, guest)),
    interfaces: all('interface').map((nic, index) => readInterface(nic, index, item, guest)),
    hostdevs: hostdevs.map((device) => readHostdev(device, item, guest, malformed)),
    consoles: [...all('serial'), ...all('console')].map((device) => readConsole(device, item)),
    graphics: all('graphics').map((device) => readGraphics(device, item)),
    cpus: [cpuOfXml(domain, item)],
    pins: readPins(domain, item),
    numa: readNuma(domain, item, guest),
    peripherals: peripheralsOf(domain, item),
    malformed,
    ignored: ignoredOfDomain(domain).map(({ line, ...one }) => locate({ ...item, ...one }, at(path, line))),
  }
}

type Owner = { readonly guest: string; readonly configFile: string }

const here = (owner: Owner, element: Element): Source => at(owner.configFile, element.line)

/** `<memory unit='GiB'>4</memory>`; KiB without a unit. */
function memoryOf(domain: Element, name: string): number | null {
  const element = find(domain, name)
  const unit = element?.attributes['unit'] ?? ''
  return element ? parseSize(`${element.text} ${unit === 'bytes' ? 'b' : unit}`, KIBIBYTE) : null
}

/** `type='xen'` with `<type>hvm</type>`, `linux`, `xen` or `xenpvh`; all others are what they are called. */
function typeOf(domain: Element): string {
  const type = domain.attributes['type'] ?? ''
  if (type !== 'xen') return type
  const os = textOf(domain, 'os/type')
  return os === 'hvm' ? 'hvm' : os === 'xenpvh' ? 'pvh' : 'pv'
}

/** `<libosinfo:os id="http://microsoft.com/win/10"/>` in the metadata, whatever the prefix. */
const osOf = (domain: Element): string =>
  (find(domain, 'metadata')?.children ?? [])
    .flatMap(({ children }) => children)
    .find(({ name, attributes }) => /(^|:)os$/.test(name) && attributes['id'])?.attributes['id'] ?? ''

function readGuest(domain: Element, path: string): Guest {
  const text = (name: string): string => textOf(domain, name)
  const maxvcpus = whole(text('vcpu'), 1)
  const inputs = findAll(domain, 'devices/input')
  const guest: Guest = {
    name: text('name') || baseName(path).replace(/\.xml$/, ''),
    named: text('name') !== '',
    uuid: text('uuid').toLowerCase(),
    toolstack: 'libvirt',
    configFile: path,
    type: typeOf(domain),
    typeGiven: true,
    memory: memoryOf(domain, 'currentMemory') ?? memoryOf(domain, 'memory'),
    maxmem: memoryOf(domain, 'memory'),
    vcpus: whole(attributeOf(domain, 'vcpu', 'current'), maxvcpus),
    maxvcpus,
    kernel: text('os/kernel'),
    ramdisk: text('os/initrd'),
    bootloader: text('bootloader'),
    firmware: attributeOf(domain, 'os', 'firmware') || text('os/loader'),
    cmdline: text('os/cmdline'),
    boot: findAll(domain, 'os/boot')
      .map(({ attributes }) => attributes['dev'] ?? '')
      .join(','),
    os: osOf(domain),
    arch: attributeOf(domain, 'os/type', 'arch'),
    machine: attributeOf(domain, 'os/type', 'machine'),
    emulator: text('devices/emulator'),
    onPoweroff: text('on_poweroff'),
    onReboot: text('on_reboot'),
    onCrash: text('on_crash'),
    clock: attributeOf(domain, 'clock', 'offset'),
    localtime: attributeOf(domain, 'clock', 'offset') === 'localtime',
    usb: false,
    usbTablet: inputs.some(({ attributes }) => attributes['type'] === 'tablet'),
    usbSwitch: false,
    usbDevices: 0,
    gfxPassthru: false,
    pciBridges: hasBridges(domain),
    pciSlotsFree: slotsFree(domain),
    ...movingOfXml(domain),
    pae: typeOf(domain) !== 'hvm' || find(domain, 'features/pae') !== undefined,
    acpi: find(domain, 'features/acpi') !== undefined,
    apic: find(domain, 'features/apic') !== undefined,
  }
  return locate(guest, at(path, domain.line), linesOf(domain, path))
}

const hasBridges = (domain: Element): boolean =>
  findAll(domain, 'devices/controller').some(({ attributes }) =>
    /^(pci-bridge|pcie-root|pcie-root-port|pcie-to-pci-bridge|pcie-expander-bus|pci-expander-bus)$/.test(
      attributes['model'] ?? '',
    ),
  )

const SLOTS = 31

/** The machine "pc" has one bus with 31 places besides its own bridge; libvirt writes down which of them each device has. */
function slotsFree(domain: Element): number | null {
  const machine = attributeOf(domain, 'os/type', 'machine')
  if (!/^(pc|pc-[01i].*|rhel[56].*)$/.test(machine) || hasBridges(domain)) return null
  const used = new Set<number>()
  for (const device of find(domain, 'devices')?.children ?? []) {
    const { type, bus = '0', slot = '0' } = find(device, 'address')?.attributes ?? {}
    if (type === 'pci' && whole(bus, -1) === 0) used.add(whole(slot, 0))
  }
  used.delete(0)
  return SLOTS - used.size
}

function linesOf(domain: Element, path: string): Record<string, Source> {
  const places: Record<string, string> = {
    name: 'name',
    uuid: 'uuid',
    memory: 'memory',
    maxmem: 'memory',
    vcpus: 'vcpu',
    maxvcpus: 'vcpu',
    kernel: 'os/kernel',
    ramdisk: 'os/initrd',
    bootloader: 'bootloader',
    machine: 'os/type',
    arch: 'os/type',
    emulator: 'devices/emulator',
    clock: 'clock',
    acpi: 'features',
    apic: 'features',
    onCrash: 'on_crash',
    onReboot: 'on_reboot',
    onPoweroff: 'on_poweroff',
  }
  const found = Object.entries(places).flatMap(([field, where]) => {
    const element = find(domain, where)
    return element ? [[field, at(path, element.line)] as const] : []
  })
  return Object.fromEntries(found)
}

function readDisk(disk: Element, owner: Owner, guest: Guest): GuestDisk {
  const source = find(disk, 'source')?.attributes ?? {}
  const device = disk.attributes['device'] ?? 'disk'
  const target = attributeOf(disk, 'target', 'dev')
  const known = device === 'cdrom' || device === 'floppy' || device === 'lun' ? device : 'disk'
  const item: GuestDisk = {
    ...owner,
    guestType: guest.type,
    toolstack: guest.toolstack,
    target,
    bus: attributeOf(disk, 'target', 'bus') || busOfTarget(target),
    prefix: '',
    format: attributeOf(disk, 'driver', 'type'),
    path: source['file'] ?? source['dev'] ?? '',
    type: disk.attributes['type'] ?? 'file',
    device: known,
    readonly: find(disk, 'readonly') !== undefined || known === 'cdrom',
    shareable: find(disk, 'shareable') !== undefined,
    optional: source['startupPolicy'] === 'optional',
    transient: find(disk, 'transient') !== undefined,
    cache: attributeOf(disk, 'driver', 'cache'),
    script: '',
    backendtype: attributeOf(disk, 'driver', 'name'),
  }
  return locate(item, here(owner, disk))
}

function readInterface(nic: Element, index: number, owner: Owner, guest: Guest): GuestInterface {
  const item: GuestInterface = {
    ...owner,
    guestType: guest.type,
    name: attributeOf(nic, 'target', 'dev') || `vif${index}`,
    type: nic.attributes['type'] ?? '',
    nicType: '',
    bridge: attributeOf(nic, 'source', 'bridge'),
    network: attributeOf(nic, 'source', 'network'),
    model: attributeOf(nic, 'model', 'type'),
    mac: attributeOf(nic, 'mac', 'address').toLowerCase(),
    script: attributeOf(nic, 'script', 'path'),
    virtualport: attributeOf(nic, 'virtualport', 'type'),
  }
  return locate(item, here(owner, nic))
}

/** `<hostdev type='pci'>` and `<interface type='hostdev'>`: both name the host's device in `<source><address …/></source>`. */
function readHostdev(device: Element, owner: Owner, guest: Guest, malformed: Malformed[]): GuestHostdev {
  const address = find(device, 'source/address')
  const kind = device.name === 'interface' ? 'interface' : (device.attributes['type'] ?? 'usb')
  const pci = kind === 'pci' || (kind === 'interface' && address !== undefined)
  const read = pci && address ? libvirtPciAddress(address.attributes) : null
  const written = address
    ? Object.entries(address.attributes)
        .map(([name, value]) => `${name}='${value}'`)
        .join(' ')
    : ''
  if (pci && read === null) {
    const problem = address ? `${written} is no address of a PCI device` : 'it names no address'
    const item = { ...owner, key: 'hostdev', kind: 'entry' as const, entry: written, problem }
    malformed.push(locate(item, here(owner, address ?? device)))
  }
  const usb = kind === 'usb' ? usbOf(device) : { usbId: '', usbAddress: '' }
  const item: GuestHostdev = {
    ...owner,
    guestType: guest.type,
    address: read ?? '',
    written: written || usb.usbId,
    managed: device.attributes['managed'] === 'yes',
    permissive: false,
    driver: attributeOf(device, 'driver', 'name'),
    sourceKind: kind,
    ...usb,
    optional: attributeOf(device, 'source', 'startupPolicy') === 'optional',
    standby: attributeOf(device, 'teaming', 'type') === 'transient',
  }
  return locate(item, here(owner, device))
}

/** `<vendor id='0x046d'/><product id='0xc077'/>`, or `<address bus='2' device='3'/>`. */
function usbOf(device: Element) {
  const [vendor, product] = ['vendor', 'product'].map((name) => attributeOf(device, `source/${name}`, 'id'))
  const [bus, number] = ['bus', 'device'].map((name) => whole(attributeOf(device, 'source/address', name), 0))
  const isId = [vendor, product].every((id) => /^0x[0-9a-f]{1,4}$/i.test(id!))
  if (isId) return { usbId: usbId(vendor!.slice(2), product!.slice(2)), usbAddress: '' }
  return { usbId: '', usbAddress: bus! > 0 && number! > 0 ? `${bus}.${number}` : '' }
}

/** The listening address stands in an attribute, in `<listen>`, or nowhere: then in qemu.conf. */
function readGraphics(device: Element, owner: Owner): GuestGraphics {
  const { type = '', port = '', passwd } = device.attributes
  const listens = findAll(device, 'listen')
  const listen = listens.map(({ attributes }) => attributes['address'] ?? '').find(Boolean)
  const number = whole<number | null>(port, null)
  const item: GuestGraphics = {
    ...owner,
    type: listens.some(({ attributes }) => attributes['type'] === 'socket') ? `${type} socket` : type,
    listen: device.attributes['listen'] ?? listen ?? '',
    port: number === -1 ? null : number,
    password: (passwd ?? '') !== '',
  }
  return locate(item, here(owner, device))
}
