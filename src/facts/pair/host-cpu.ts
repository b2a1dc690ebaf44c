import { all, chain, isUnknown, known, map, unknown } from '../../evidence/result.ts'
import { featuresOfFlags, featuresOfHwCaps } from '../../parse/cpu/features.ts'
import type { Emulator } from '../../parse/cpu/qemu-caps.ts'
import type { CpuPolicy } from '../../parse/cpu/xen-policy.ts'
import type { Result, Unknown } from '../../types.ts'
import { type AllFacts, factOf } from './facts-of.ts'

/** Who told what a host can give, best first. /proc/cpuinfo tells what its kernel sees, which is near to it. */
export type CpuSource = 'libvirt' | 'xen-cpuid' | 'xl info' | 'cpuinfo'

/** Whom the processors are for: `type` as guests have it, and the path of the emulator, "" for any. */
export interface CpuFor {
  readonly type: string
  readonly emulator: string
}

/** What a host gives a guest by default, and at most. */
export interface HostCpu {
  readonly given: ReadonlySet<string>
  readonly most: ReadonlySet<string>
  readonly policies?: { readonly given: CpuPolicy; readonly most: CpuPolicy }
  readonly emulator?: Emulator
}

/** hw_caps of what Xen 4.17 gives each kind of guest by default, and at most (`xen-cpuid`, static sets). */
const MASKS = {
  pv: {
    given: '1fc9cbf5:f6d83203:ea500800:042109e3:00000007:fdaf0b29:02405f43:00000000',
    most: '1fc9cbf5:f6d83203:ea500800:042109e3:00000007:fdaf0b39:1a405f43:00000100',
  },
  hvm: {
    given: '1fcbfbff:f7fa3203:ee500800:042109f3:0000000f:fdbf0fab:02405f4f:00000000',
    most: '1fcbfbff:f7fa3223:ee500800:042109f7:0000000f:fdbf4fbb:1a405f4f:00000100',
  },
} as const

/** Features that the hypervisor makes itself, whatever the processor has. */
const MADE = [
  'hypervisor',
  'x2apic',
  'tsc-deadline',
  'tsc_adjust',
  'arat',
  'apic',
  'ht',
  'cmp_legacy',
  'topoext',
  'osxsave',
  'ospke',
]

export const isXen = ({ type }: CpuFor): boolean => ['pv', 'hvm', 'pvh'].includes(type)

export const sourcesFor = (whom: CpuFor): readonly CpuSource[] =>
  isXen(whom) ? ['xen-cpuid', 'xl info', 'cpuinfo'] : ['libvirt', 'cpuinfo']

/** Both hosts by the best source that both have: two sources never agree in everything. A gap of a better one is a gap. */
export function bySameSource(
  hosts: readonly AllFacts[],
  whom: CpuFor,
): Result<{ readonly by: CpuSource; readonly cpus: readonly HostCpu[] }> {
  for (const by of sourcesFor(whom)) {
    const found = all(...hosts.map((facts) => hostCpu(facts, by, whom)))
    if (!found.ok) return found
    const cpus = found.value.filter((one) => one !== null)
    if (cpus.length === hosts.length) return { ...found, value: { by, cpus } }
  }
  return unknown('absent', 'offers', 'nothing tells what the processors can do')
}

/** What one source tells of a host; null where the host has not got that source. */
export function hostCpu(facts: AllFacts, by: CpuSource, whom: CpuFor): Result<HostCpu | null> {
  const fact = <T>(set: string, name: string): Result<T> => factOf<T>(facts, set, name)
  if (by === 'libvirt') return chain(fact<Emulators>('offers', 'emulators'), (list) => byLibvirt(list, whom))
  if (by === 'xen-cpuid') return map(fact<readonly CpuPolicy[]>('offers', 'policies'), (list) => byPolicies(list, whom))
  if (by === 'xl info') return map(fact<readonly string[]>('offers', 'hwCaps'), (caps) => byHwCaps(caps, whom))
  return map(fact<readonly string[]>('cpu', 'flags'), (flags) => {
    const features = featuresOfFlags(flags)
    if (features.length === 0) return null
    const own = new Set(features.filter((one) => !MADE.includes(one)))
    return { given: own, most: own }
  })
}

type Emulators = readonly (Emulator | Unknown)[]

function byLibvirt(list: Emulators, { emulator }: CpuFor): Result<HostCpu | null> {
  const own = list.find((one) => !isUnknown(one) && (emulator === '' ? one.kvm : one.path === emulator))
  if (own === undefined || isUnknown(own)) return list.find(isUnknown) ?? known(null)
  const features = new Set(own.features)
  return known({ given: features, most: features, emulator: own })
}

function byPolicies(list: readonly CpuPolicy[], { type }: CpuFor): HostCpu | null {
  const kind = type === 'pv' ? 'PV' : 'HVM'
  const of = (name: string) => list.find((one) => one.name === `${kind} ${name}`)
  const [given, most] = [of('Default'), of('Max')]
  // Xen says so of HVM on a machine that cannot run it.
  if (!given || !most) return null
  return { given: new Set(given.features), most: new Set(most.features), policies: { given, most } }
}

function byHwCaps(caps: readonly string[], { type }: CpuFor): HostCpu | null {
  if (caps.length === 0) return null
  const through = (mask: string): Set<string> => {
    const passes = new Set(featuresOfHwCaps(mask))
    return new Set(caps.filter((feature) => passes.has(feature) && !MADE.includes(feature)))
  }
  const masks = MASKS[type === 'pv' ? 'pv' : 'hvm']
  return { given: through(masks.given), most: through(masks.most) }
}
