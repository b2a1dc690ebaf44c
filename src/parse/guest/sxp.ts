import { locate } from '../../evidence/locate.ts'
import {
  at,
  busOfTarget,
  type Definition,
  type Guest,
  type GuestDisk,
  type GuestGraphics,
  type GuestHostdev,
  type GuestInterface,
  movesFreely,
  nothingElse,
  whole,
} from './guest.ts'
import { defaultCpu } from './cpu.ts'
import { formatPciAddress } from '../pci-address.ts'
import { type Sxp, sxpAll, sxpWord } from '../sxp.ts'

const MEBIBYTE = 2 ** 20

/** A guest that xend manages: `(domain (name web1) (memory 512) (image (linux (kernel …))) (device (vif …)))`. Throws where it is none. */
export function guestOfSxp(domain: Sxp, path: string): Definition {
  if (domain.items[0]?.word !== 'domain') throw new Error('no (domain …)')
  const word = (name: string): string => sxpWord(domain, name)
  const image = sxpAll(domain, 'image')[0]?.items[1]
  const kind = image?.items[0]?.word ?? ''
  const of = (name: string): string => sxpWord(image, name)
  const vcpus = whole(word('vcpus'), 1)
  const memory = whole<number | null>(word('memory'), null)
  const maxmem = whole<number | null>(word('maxmem'), null)
  const guest: Guest = {
    name: word('name'),
    named: word('name') !== '',
    uuid: word('uuid').toLowerCase(),
    toolstack: 'xend',
    configFile: path,
    type: kind === 'hvm' ? 'hvm' : 'pv',
    typeGiven: true,
    memory: memory === null ? null : memory * MEBIBYTE,
    maxmem: maxmem === null ? null : maxmem * MEBIBYTE,
    vcpus,
    maxvcpus: vcpus,
    kernel: of('kernel'),
    ramdisk: of('ramdisk'),
    bootloader: word('bootloader'),
    firmware: '',
    cmdline: of('args'),
    boot: of('boot'),
    os: '',
    arch: '',
    machine: '',
    emulator: of('device_model'),
    onPoweroff: word('on_poweroff'),
    onReboot: word('on_reboot'),
    onCrash: word('on_crash'),
    clock: of('rtc_timeoffset'),
    localtime: of('localtime') === '1',
    usb: of('usb') === '1',
    usbTablet: of('usbdevice') === 'tablet',
    usbSwitch: of('usb') === '1',
    usbDevices: of('usbdevice') === '' ? 0 : 1,
    gfxPassthru: false,
    acpi: switchOf(of('acpi')),
    apic: switchOf(of('apic')),
    pciBridges: false,
    pciSlotsFree: null,
    ...movesFreely,
    pae: kind !== 'hvm' || of('pae') !== '0',
  }
  const devices = sxpAll(domain, 'device').flatMap(({ items }) => items[1] ?? [])
  const named = (...names: string[]): Sxp[] => devices.filter(({ items }) => names.includes(items[0]?.word ?? ''))
  return {
    ...nothingElse,
    guest: locate(guest, at(path, domain.line)),
    cpus: [defaultCpu(guest)],
    disks: named('vbd', 'tap', 'tap2').map((device) => readDisk(device, guest)),
    interfaces: named('vif').map((device, index) => readInterface(device, index, guest)),
    hostdevs: named('pci').flatMap((device) => readHostdevs(device, guest)),
    graphics: named('vfb').flatMap((device) => readGraphics(device, guest)),
  }
}

const switchOf = (text: string): boolean | null => (text === '' ? null : text !== '0')

const owner = (guest: Guest) => ({ guest: guest.name, configFile: guest.configFile })

/** `(vbd (uname phy:/dev/vg0/web1) (dev xvda:disk) (mode w))` */
function readDisk(device: Sxp, guest: Guest): GuestDisk {
  const uname = sxpWord(device, 'uname')
  const [, target = '', kind] = /^(.*?)(?::(\w+))?$/.exec(sxpWord(device, 'dev')) ?? []
  const [, prefix = '', rest = ''] =
    /^((?:(?:tap2?|aio|qcow2?|vmdk|sync|ram|phy|file|vhd|tapdisk):)*)(.*)$/.exec(uname) ?? []
  const physical = prefix === 'phy:'
  const path = physical && rest !== '' && !rest.startsWith('/') ? `/dev/${rest}` : rest
  const item: GuestDisk = {
    ...owner(guest),
    guestType: guest.type,
    toolstack: guest.toolstack,
    target,
    bus: busOfTarget(target),
    prefix: prefix.replace(/:$/, ''),
    format: '',
    path,
    type: physical || path.startsWith('/dev/') ? 'block' : 'file',
    device: kind === 'cdrom' ? 'cdrom' : 'disk',
    readonly: kind === 'cdrom' || sxpWord(device, 'mode') === 'r',
    optional: false,
    transient: false,
    shareable: sxpWord(device, 'mode').endsWith('!'),
    cache: '',
    script: '',
    backendtype: '',
  }
  return locate(item, at(guest.configFile, device.line))
}

function readInterface(device: Sxp, index: number, guest: Guest): GuestInterface {
  const word = (name: string): string => sxpWord(device, name)
  const item: GuestInterface = {
    ...owner(guest),
    guestType: guest.type,
    name: `vif${index}`,
    type: 'bridge',
    nicType: word('type'),
    bridge: word('bridge'),
    network: '',
    model: word('model'),
    mac: word('mac').toLowerCase(),
    script: word('script'),
    virtualport: '',
  }
  return locate(item, at(guest.configFile, device.line))
}

/** `(pci (dev (domain 0x0) (bus 0x3) (slot 0x0) (func 0x0)))`: always hexadecimal. */
function readHostdevs(device: Sxp, guest: Guest): GuestHostdev[] {
  return sxpAll(device, 'dev').map((dev) => {
    const [domain, bus, slot, fn] = ['domain', 'bus', 'slot', 'func'].map((name) => parseInt(sxpWord(dev, name), 16))
    const numbers = [domain, bus, slot, fn].every((part) => Number.isInteger(part))
    const item: GuestHostdev = {
      ...owner(guest),
      guestType: guest.type,
      address: numbers ? formatPciAddress(domain!, bus!, slot!, fn!) : '',
      written: numbers ? formatPciAddress(domain!, bus!, slot!, fn!) : '',
      managed: false,
      permissive: false,
      driver: '',
      sourceKind: 'pci',
      usbId: '',
      usbAddress: '',
      optional: false,
      standby: false,
    }
    return locate(item, at(guest.configFile, dev.line))
  })
}

function readGraphics(device: Sxp, guest: Guest): GuestGraphics[] {
  const type = sxpWord(device, 'type') || (sxpWord(device, 'vnc') === '1' ? 'vnc' : '')
  if (type !== 'vnc') return []
  const password = sxpWord(device, 'vncpasswd') !== ''
  const item = { ...owner(guest), type, listen: sxpWord(device, 'vnclisten'), port: null, password }
  return [locate(item, at(guest.configFile, device.line))]
}
