import { command, file, list } from '../evidence/ask.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { locate } from '../evidence/locate.ts'
import { orNone } from '../evidence/lookup.ts'
import { absentAs, all, chain, isUnknown, map, unknown } from '../evidence/result.ts'
import { parseColonTable } from '../parse/key-value.ts'
import type { Result, Unknown } from '../types.ts'
import { defineFacts } from './fact-set.ts'
import { FOR_GUESTS, pciAsks, type PciFunction, pciFunctions } from './pci/functions.ts'
import type { Infer } from './schema.ts'
import { bool, listOf, object, string, strings } from './schema.ts'

const groupSchema = object(
  {
    number: string('Its name: "16"'),
    devices: strings('Functions in it, bridges left out'),
    forGuests: strings('Those that a driver keeps for guests'),
    inTheWay: strings('Those that a driver of the host holds: "0000:01:00.1 (snd_hda_intel)"'),
  },
  'One IOMMU group: it is given to a guest as a whole or not at all',
)
type Group = Infer<typeof groupSchema>

const asks = {
  ...pciAsks,
  groupNames: list('/sys/kernel/iommu_groups'),
  tables: list('/sys/firmware/acpi/tables'),
  interrupts: file('/proc/interrupts', { maxBytes: 8 << 20 }),
  cmdline: file('/proc/cmdline'),
  config: { each: { command: ['uname', '-r'] as [string, string] }, ask: { file: '/boot/config-{}' } },
  hypervisor: file('/sys/hypervisor/type'),
  capabilities: file('/proc/xen/capabilities'),
  xlInfo: command(['xl', 'info']),
  unsafe: file('/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts'),
  modprobe: file('/etc/modprobe.d/*'),
} as const

export const iommu = defineFacts({
  name: 'iommu',
  meaning: 'The IOMMU: who has switched it on, its groups, and whether somebody wants it',
  asks,
  about: {
    active: bool('It translates for devices; in a Xen dom0 as xl tells it, since there this kernel does not see it'),
    tables: strings('ACPI tables by which the firmware offers it: DMAR (Intel), IVRS (AMD)'),
    groups: listOf(groupSchema, 'All groups'),
    interruptRemapping: bool('Interrupts of devices are remapped'),
    intelParameter: string('intel_iommu= of the kernel command line, or ""'),
    amdParameter: string('amd_iommu= of the kernel command line, or ""'),
    parameter: string('iommu= of the kernel command line, or ""'),
    intelDefaultOn: bool('This kernel switches VT-d on without a parameter'),
    unsafeInterrupts: bool('VFIO gives devices away without interrupt remapping'),
    unsafeConfigured: bool('A file or the kernel command line asks for that'),
    wanted: bool(
      'Somebody prepared to give devices away: VFIO holds one or is told to, or the command line asks for it',
    ),
  },
  parse(evidence, ask) {
    const cmdline = evidence.text(ask.cmdline)
    const functions = pciFunctions(evidence)
    const options = modprobeText(evidence)
    return {
      active: active(evidence),
      tables: map(evidence.names(ask.tables), (names) => names.filter((name) => /^(DMAR|IVRS)$/.test(name))),
      groups: map(functions, groupsOf),
      interruptRemapping: map(evidence.text(ask.interrupts), remaps),
      intelParameter: map(cmdline, (text) => parameter(text, 'intel_iommu')),
      amdParameter: map(cmdline, (text) => parameter(text, 'amd_iommu')),
      parameter: map(cmdline, (text) => parameter(text, 'iommu')),
      intelDefaultOn: map(ownConfig(evidence), (text) => /^CONFIG_INTEL_IOMMU_DEFAULT_ON(_INTGPU_OFF)?=y/m.test(text)),
      unsafeInterrupts: absentAs(
        map(evidence.text(ask.unsafe), (text) => /^[Y1]/.test(text)),
        false,
      ),
      unsafeConfigured: map(
        all(cmdline, options),
        ([here, there]) =>
          /\bvfio_iommu_type1\.allow_unsafe_interrupts=[1yY]/.test(here) ||
          /^\s*options\s+vfio_iommu_type1\s.*allow_unsafe_interrupts=[1yY]/m.test(there),
      ),
      wanted: wanted(functions, cmdline, options),
    }
  },
})

/** The last one wins: `intel_iommu=on,sm_on`. */
const parameter = (cmdline: string, name: string): string =>
  [...cmdline.matchAll(new RegExp(`(?:^|\\s)${name}=(\\S*)`, 'g'))].at(-1)?.[1] ?? ''

/** Under Xen this kernel has no groups though the IOMMU is on: `virt_caps : pv hvm hvm_directio pv_directio hap`. */
function active(evidence: Evidence): Result<boolean> {
  const xen = map(
    all(absentAs(evidence.text(asks.hypervisor), ''), absentAs(evidence.text(asks.capabilities), '')),
    ([type, capabilities]) => type.trim() === 'xen' || capabilities.includes('control_d'),
  )
  return chain(xen, (isXen) => {
    if (!isXen) return map(evidence.names(asks.groupNames), (names) => names.length > 0)
    return map(evidence.stdout(asks.xlInfo), (text) => {
      const capabilities = parseColonTable(text)['virt_caps']
      if (capabilities === undefined) throw new Error('no virt_caps')
      return /\b(hvm|pv)_directio\b/.test(capabilities)
    })
  })
}

/** ` 1:  9  0  IR-IO-APIC  1-edge  i8042`; without remapping `IO-APIC`. Under Xen, and on other processors, neither. */
function remaps(text: string): boolean {
  if (/\sIR-(IO-APIC|PCI-MSI)/.test(text)) return true
  if (/\s(IO-APIC|PCI-MSI)/.test(text)) return false
  throw new Error('no interrupt of an IO-APIC')
}

const ownConfig = (evidence: Evidence): Result<string> =>
  chain(evidence.texts(asks.config), ([first]) => first?.result ?? unknown('absent', '/boot/config'))

function modprobeText(evidence: Evidence): Result<string> {
  return chain(orNone(evidence.texts(asks.modprobe)), (members) => {
    const files = members.filter(({ name }) => name.endsWith('.conf')).map(({ result }) => result)
    return map(all(...files), (texts) => texts.join('\n'))
  })
}

function groupsOf(functions: readonly PciFunction[]): (Group | Unknown)[] {
  const groups = new Map<string, PciFunction[]>()
  const gaps: Unknown[] = []
  for (const one of functions) {
    if (isUnknown(one.group)) gaps.push(one.group)
    else if (one.group !== '') groups.set(one.group, [...(groups.get(one.group) ?? []), one])
  }
  return [...[...groups].map(([number, members]) => groupOf(number, members, gaps[0])), ...gaps.slice(0, 1)]
}

/** Bridges and root ports stay with the host, and do no harm there. */
function groupOf(number: string, members: readonly PciFunction[], stray: Unknown | undefined): Group {
  const endpoints = members.filter(({ bridge }) => bridge !== true)
  const at = `/sys/kernel/iommu_groups/${number}`
  // A function whose group is not known may belong here.
  const select = (test: (driver: string) => boolean, print: (one: PciFunction) => string) => [
    ...endpoints.flatMap((one): (string | Unknown)[] => {
      if (isUnknown(one.driver)) return [one.driver]
      if (!test(one.driver)) return []
      return [isUnknown(one.bridge) ? one.bridge : print(one)]
    }),
    ...(stray ? [stray] : []),
  ]
  const group = {
    number,
    devices: select(
      () => true,
      ({ address }) => String(address),
    ),
    forGuests: select(
      (driver) => FOR_GUESTS.test(driver),
      ({ address }) => String(address),
    ),
    inTheWay: select(
      (driver) => driver !== '' && !FOR_GUESTS.test(driver),
      ({ address, driver }) => `${String(address)} (${String(driver)})`,
    ),
  }
  return locate(group, { ask: at, path: at })
}

/** iommu=pt only makes it faster for the host. pciback is left out: paravirtual guests of Xen take devices without an IOMMU. */
function wanted(
  functions: Result<readonly PciFunction[]>,
  cmdline: Result<string>,
  options: Result<string>,
): Result<boolean> {
  const asked = map(
    cmdline,
    (text) =>
      /^on/.test(parameter(text, 'intel_iommu')) ||
      /^(on|force)/.test(parameter(text, 'amd_iommu')) ||
      /\bvfio-pci\.ids=|\bpci-stub\.ids=/.test(text),
  )
  const told = map(options, (text) => /^\s*options\s+(vfio[-_]pci|pci[-_]stub)\s.*\bids=/m.test(text))
  const held = chain(functions, (list) =>
    list.some(({ driver }) => !isUnknown(driver) && /^(vfio-pci|.*_vfio_pci|pci-stub)$/.test(driver))
      ? { ok: true, value: true, from: [{ ask: '/sys/bus/pci/devices' }] }
      : map(all(...list.flatMap(({ driver }) => (isUnknown(driver) ? [driver] : []))), () => false),
  )
  const yes = [asked, told, held].find((result) => result.ok && result.value)
  return yes ?? map(all(asked, told, held), () => false)
}
