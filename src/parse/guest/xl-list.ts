import { locate } from '../../evidence/locate.ts'
import { type Definition, type Guest, movesFreely, nothingElse } from './guest.ts'
import { cpuOfXl } from './cpu.ts'
import { formatPciAddress } from '../pci-address.ts'
import type { XlValue } from '../xl/config.ts'

/** A running domain of `xl list -l`. */
export interface XlDomain {
  readonly domid: number
  readonly name: string
  readonly uuid: string
  readonly type: string
  /** Bytes. */
  readonly memory: number | null
  readonly maxmem: number | null
  readonly vcpus: number | null
  /** What it has: names of its disks, MAC addresses, PCI addresses. */
  readonly disks: readonly string[]
  readonly macs: readonly string[]
  readonly pci: readonly string[]
  /** cpuid= in the way of xend, nestedhvm= and tsc_mode=, as its configuration could have them. */
  readonly cpu: ReadonlyMap<string, XlValue>
}

interface Built {
  readonly target_memkb?: unknown
  readonly max_memkb?: unknown
  readonly max_vcpus?: unknown
  readonly tsc_mode?: unknown
  readonly nested_hvm?: unknown
  /** A list until Xen 4.17, and one beside the MSRs since. */
  readonly cpuid?: readonly CpuidEntry[] | { readonly cpuid?: readonly CpuidEntry[] }
}

type CpuidEntry = Readonly<Record<string, unknown>>

interface Listed {
  readonly domid?: unknown
  readonly config?: {
    readonly c_info?: { readonly name?: unknown; readonly uuid?: unknown; readonly type?: unknown }
    readonly b_info?: Built
    readonly disks?: readonly { readonly vdev?: unknown }[]
    readonly nics?: readonly { readonly mac?: unknown }[]
    readonly pcidevs?: readonly Readonly<Record<string, unknown>>[]
  }
}

/** `[ { "domid": 1, "config": { "c_info": { "type": "pv", "name": "pv1" … } } } ]`; domain 0 comes first and is no guest. */
export function parseXlList(text: string): XlDomain[] {
  const list: unknown = JSON.parse(text)
  if (!Array.isArray(list)) throw new Error('no list of domains')
  return (list as Listed[]).map(({ domid, config }) => {
    const { c_info: create = {}, b_info: build = {} } = config ?? {}
    return {
      domid: Number(domid),
      name: word(create.name),
      uuid: word(create.uuid),
      type: word(create.type),
      memory: kibibytes(build.target_memkb),
      maxmem: kibibytes(build.max_memkb),
      vcpus: typeof build.max_vcpus === 'number' ? build.max_vcpus : null,
      disks: (config?.disks ?? []).map(({ vdev }) => word(vdev).replace(/^\/dev\//, '')),
      macs: (config?.nics ?? []).map(({ mac }) => word(mac).toLowerCase()),
      pci: (config?.pcidevs ?? []).map(pciOf),
      cpu: cpuOf(build),
    }
  })
}

/** `{"func": 0, "dev": 1, "bus": 6}`: what is 0 may be left out. */
function pciOf(device: Readonly<Record<string, unknown>>): string {
  const [domain, bus, slot, fn] = ['domain', 'bus', 'dev', 'func'].map((name) => Number(device[name] ?? 0))
  return formatPciAddress(domain!, bus!, slot!, fn!)
}

/** `{"leaf": 1, "ecx": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx0"}` → `1:ecx=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx0` */
function cpuOf({ cpuid = [], tsc_mode: mode, nested_hvm: nested }: Built): ReadonlyMap<string, XlValue> {
  const text = (written: string) => ({ kind: 'string', text: written, line: 1 }) as const
  const entries = 'cpuid' in cpuid ? (cpuid.cpuid ?? []) : (cpuid as readonly CpuidEntry[])
  const items = entries.map(({ leaf, subleaf, ...registers }) => {
    const bits = Object.entries(registers).map(([register, value]) => `${register}=${word(value)}`)
    return text(`${Number(leaf)}${subleaf === undefined ? '' : `,${Number(subleaf)}`}:${bits.join(',')}`)
  })
  return new Map<string, XlValue>([
    ['cpuid', { kind: 'list', items, line: 1 }],
    ['tsc_mode', text(word(mode))],
    ['nestedhvm', text(word(nested))],
  ])
}

const word = (value: unknown): string => (typeof value === 'string' ? value : '')
const kibibytes = (value: unknown): number | null => (typeof value === 'number' ? value * 1024 : null)

/** `web1   3   512     1     -b----     12.3`; a guest that does not run has no number. */
export function parseXmList(text: string): XlDomain[] {
  const lines = text.matchAll(/^(\S+)\s+(\d+)\s+(\d+)\s+(\d+)\s+[-rbpsdc]{5,}\s+[\d.]+\s*$/gm)
  return [...lines].map(([, name, domid, mebibytes, vcpus]) => {
    const memory = Number(mebibytes) * 2 ** 20
    const none = { uuid: '', type: '', disks: [], macs: [], pci: [], cpu: new Map<string, XlValue>() }
    return { ...none, domid: Number(domid), name: name!, memory, maxmem: memory, vcpus: Number(vcpus) }
  })
}

/** A domain whose configuration file is not known. */
export function guestOfDomain(domain: XlDomain): Definition {
  const vcpus = domain.vcpus ?? 1
  const guest: Guest = {
    name: domain.name,
    named: true,
    uuid: domain.uuid,
    toolstack: 'xl',
    configFile: '',
    type: domain.type,
    typeGiven: true,
    memory: domain.memory,
    maxmem: domain.maxmem,
    vcpus,
    maxvcpus: vcpus,
    kernel: '',
    ramdisk: '',
    bootloader: '',
    firmware: '',
    cmdline: '',
    boot: '',
    os: '',
    arch: '',
    machine: '',
    emulator: '',
    onPoweroff: '',
    onReboot: '',
    onCrash: '',
    clock: '',
    localtime: false,
    usb: false,
    usbTablet: false,
    usbSwitch: false,
    usbDevices: 0,
    gfxPassthru: false,
    acpi: null,
    apic: null,
    pciBridges: false,
    pciSlotsFree: null,
    ...movesFreely,
    pae: true,
  }
  const cpu = cpuOfXl(domain.cpu, { guest: domain.name, configFile: '' })
  return { ...nothingElse, guest: locate(guest, { ask: 'xl list -l' }), cpus: [cpu] }
}
