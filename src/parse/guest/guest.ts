import type { Source, Unknown } from '../../types.ts'
import type { CpuPin } from '../cpu-pins.ts'

/** What of a definition matters where the guest is to go to another host. */
export interface Moving {
  /** File that keeps the settings of its firmware, and the file that it is first copied from. */
  readonly nvram: string
  readonly nvramTemplate: string
  /** It takes its memory from huge pages; their size where one is told. */
  readonly hugePages: boolean
  readonly hugePageSize: number | null
  /** sev, sev-snp, s390-pv …: its memory is encrypted by the processor. */
  readonly launchSecurity: string
  /** Xen: nomigrate=1, vnuma=, nestedhvm=1. */
  readonly nomigrate: boolean
  readonly vnuma: boolean
  readonly nestedHvm: boolean
}

/** A guest whose definition says nothing of all that. */
export const movesFreely: Moving = {
  nvram: '',
  nvramTemplate: '',
  hugePages: false,
  hugePageSize: null,
  launchSecurity: '',
  nomigrate: false,
  vnuma: false,
  nestedHvm: false,
}

/** A guest as one of its definitions tells it. "" and null: not set, and no default is documented. */
export interface Guest extends Moving {
  readonly name: string
  /** False where the definition has no name and the file's own stands for it. */
  readonly named: boolean
  readonly uuid: string
  readonly toolstack: 'xl' | 'xend' | 'libvirt' | Unknown
  readonly configFile: string
  /** pv, hvm, pvh (Xen), kvm, qemu, or what libvirt calls it. */
  readonly type: string
  readonly typeGiven: boolean
  readonly memory: number | null
  readonly maxmem: number | null
  readonly vcpus: number
  readonly maxvcpus: number
  readonly kernel: string
  readonly ramdisk: string
  readonly bootloader: string
  readonly firmware: string
  readonly cmdline: string
  readonly boot: string
  /** What libosinfo calls the system: http://debian.org/debian/12. */
  readonly os: string
  readonly arch: string
  readonly machine: string
  readonly emulator: string
  readonly onPoweroff: string
  readonly onReboot: string
  readonly onCrash: string
  readonly clock: string
  readonly localtime: boolean
  readonly usb: boolean
  readonly usbTablet: boolean
  /** What usb= says, and how many entries usbdevice= has. */
  readonly usbSwitch: boolean
  readonly usbDevices: number
  readonly gfxPassthru: boolean
  /** Whether it has ACPI and an APIC; null where the definition leaves it to the toolstack. */
  readonly acpi: boolean | null
  readonly apic: boolean | null
  readonly pciBridges: boolean
  /** Places that are left on its only PCI bus; null where it has more than one, or another kind. */
  readonly pciSlotsFree: number | null
  /** False where an HVM guest is denied PAE, and with it 64-bit mode. */
  readonly pae: boolean
}

interface Item {
  readonly guest: string
  readonly configFile: string
}

export interface GuestDisk extends Item {
  readonly guestType: string
  readonly toolstack: Guest['toolstack']
  readonly target: string
  /** ide, scsi, sata, virtio, xen, usb, fdc …, told or what the target's name means. */
  readonly bus: string
  /** phy, file, tap:aio …: the way of old Xen configurations; "" without. */
  readonly prefix: string
  readonly format: string
  readonly path: string
  readonly type: string
  readonly device: 'disk' | 'cdrom' | 'floppy' | 'lun'
  readonly readonly: boolean
  readonly shareable: boolean
  /** startupPolicy: the guest starts without it where it is not there. */
  readonly optional: boolean
  /** libvirt throws away what the guest writes to it. */
  readonly transient: boolean
  readonly cache: string
  readonly script: string
  readonly backendtype: string
}

export interface GuestInterface extends Item {
  readonly guestType: string
  readonly name: string
  /** bridge, network, hostdev, direct, user …; for Xen files always "bridge" unless a script makes it something else. */
  readonly type: string
  /** Xen: "ioemu" and "vif" as written. */
  readonly nicType: string
  readonly bridge: string
  readonly network: string
  readonly model: string
  readonly mac: string
  readonly script: string
  /** 802.1Qbh, 802.1Qbg, openvswitch … */
  readonly virtualport: string
}

export interface GuestHostdev extends Item {
  readonly guestType: string
  /** 0000:03:00.0; "" where it is none (USB, mdev) or cannot be read. */
  readonly address: string
  readonly written: string
  readonly managed: boolean
  readonly permissive: boolean
  readonly driver: string
  readonly sourceKind: string
  /** USB: 046d:c077 or 2.3, whichever the definition tells. */
  readonly usbId: string
  readonly usbAddress: string
  readonly optional: boolean
  /** The standby half of a team, which QEMU unplugs for a migration. */
  readonly standby: boolean
}

/** One entry of usbctrl=. */
export interface UsbController extends Item {
  readonly guestType: string
  /** As usbdev= counts them, from 0. */
  readonly number: number
  /** As written; "auto" where it is not. */
  readonly type: string
  readonly emulated: boolean
  readonly version: number
  readonly ports: number
}

/** A setting that a release of Xen brought. */
export interface NewSetting extends Item {
  readonly key: string
  readonly since: string
}

/** An element that its parser does not look for. */
export interface Ignored extends Item {
  readonly element: string
  readonly inside: string
  /** Where it belongs, or what was probably meant. */
  readonly meant: string
}

export interface GuestConsole extends Item {
  readonly kind: string
  readonly type: string
  /** A path, or HOST:PORT. */
  readonly source: string
  /** isa-serial, virtio …; "" where it is left to the toolstack. */
  readonly target: string
  /** QEMU waits at the socket for somebody to connect. */
  readonly listens: boolean
  readonly telnet: boolean
  /** File that virtlogd or QEMU writes beside it. */
  readonly log: string
}

/** A device of a libvirt guest that is neither disk nor interface, as far as it ties the guest to its host. */
export interface Peripheral extends Item {
  /** Name of the element: filesystem, tpm, shmem, memory, rng. */
  readonly kind: string
  /** filesystem: virtiofs, path (9p) …; tpm: emulator, passthrough; rng: random, egd, builtin. */
  readonly type: string
  /** memory: dimm, nvdimm, virtio-pmem …; shmem: ivshmem-plain, ivshmem-doorbell. */
  readonly model: string
  /** File, folder or name on the host. */
  readonly source: string
  /** shmem: master or peer. */
  readonly role: string
}

export interface GuestGraphics extends Item {
  readonly type: string
  readonly listen: string
  readonly port: number | null
  readonly password: boolean
}

/** What a guest gets for processors. Features have the names of libvirt's cpu_map. */
export interface GuestCpu extends Item {
  /** libvirt: custom, host-model, host-passthrough, maximum; "" where QEMU's default is left, and for Xen. */
  readonly mode: string
  readonly model: string
  readonly fallback: string
  readonly vendor: string
  readonly match: string
  readonly check: string
  readonly migratable: string
  /** Features beside the model or the default. */
  readonly required: readonly string[]
  /** Features that are taken out of it; those of `forbidden` it must not even find. */
  readonly hidden: readonly string[]
  readonly forbidden: readonly string[]
  /** Xen: nestedhvm= is on. */
  readonly nested: boolean
  /** Xen: default, always_emulate, native, native_paravirt; libvirt: of <timer name='tsc'>. */
  readonly tscMode: string
  /** Hz. */
  readonly tscFrequency: number | null
}

export interface GuestPin extends Item, CpuPin {}

/** Memory that may come from some NUMA nodes only. */
export interface GuestNuma extends Item {
  /** strict, preferred, interleave … */
  readonly mode: string
  readonly nodes: readonly number[]
  readonly memory: number | null
}

/** A part of a definition that its toolstack will not take. */
export interface Malformed extends Item {
  /** One entry of a list, a value of the wrong kind, or settings that do not go together. */
  readonly kind: 'entry' | 'value' | 'together'
  readonly key: string
  readonly entry: string
  readonly problem: string
}

export interface UnknownKey extends Item {
  readonly toolstack: Guest['toolstack']
  readonly key: string
  readonly value: string
  readonly nearest: string | null
  readonly xmOnly: boolean
}

export interface Definition {
  readonly guest: Guest
  readonly disks: readonly GuestDisk[]
  readonly interfaces: readonly GuestInterface[]
  readonly hostdevs: readonly GuestHostdev[]
  readonly consoles: readonly GuestConsole[]
  readonly graphics: readonly GuestGraphics[]
  readonly cpus: readonly GuestCpu[]
  readonly pins: readonly GuestPin[]
  readonly numa: readonly GuestNuma[]
  readonly malformed: readonly Malformed[]
  readonly unknownKeys: readonly UnknownKey[]
  readonly usbControllers: readonly UsbController[]
  readonly newSettings: readonly NewSetting[]
  readonly ignored: readonly Ignored[]
  readonly peripherals: readonly Peripheral[]
}

/** What a definition has besides its guest where it says nothing of it. */
export const nothingElse = {
  ...{ disks: [], interfaces: [], hostdevs: [], consoles: [], graphics: [], malformed: [], unknownKeys: [] },
  ...{ cpus: [], pins: [], numa: [], usbControllers: [], newSettings: [], ignored: [], peripherals: [] },
} as const satisfies Omit<Definition, 'guest'>

/** What `<driver>` and target names mean where no bus is told. */
export function busOfTarget(target: string): string {
  const name = target.replace(/^\/dev\//, '')
  if (/^(ioemu:)?hd/.test(name)) return 'ide'
  if (/^(ioemu:)?sd/.test(name)) return 'scsi'
  if (/^vd/.test(name)) return 'virtio'
  if (/^xvd|^d\d/.test(name)) return 'xen'
  return /^fd/.test(name) ? 'fdc' : ''
}

export const at = (path: string, line: number): Source => ({ ask: path, path, line })

export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** A whole number, or another where the text is none. */
export function whole<T>(text: string, otherwise: T): number | T {
  return /^\s*[-+]?(0x[0-9a-f]+|\d+)\s*$/i.test(text) ? Number(text) : otherwise
}
