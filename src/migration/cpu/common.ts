import type { AllFacts } from '../../engine/judge.ts'
import { all, isUnknown } from '../../evidence/result.ts'
import {
  bySameSource,
  type CpuFor,
  type CpuSource,
  type HostCpu,
  hostCpu,
  isXen,
  sourcesFor,
} from '../../facts/pair/host-cpu.ts'
import { type ModelFeatures, cpuModels } from '../../parse/cpu/models.ts'
import { xlKey } from '../../parse/cpu/xl-cpuid.ts'
import type { Result } from '../../types.ts'

export interface Member {
  readonly label: string
  readonly facts: AllFacts
}

/** The greatest processor that every host of a set can give. */
export interface CommonCpu {
  /** Who told it of all of them; null where of no two hosts the same could be asked. */
  readonly source: CpuSource | null
  /** By the names of libvirt, in alphabetical order. */
  readonly features: readonly string[]
  /** For KVM: `<cpu mode='custom' …>` to be pasted into a definition; "" where their makers differ, and for Xen. */
  readonly libvirtXml: string
  /** For Xen: `host,avx2=0` for cpuid=; "" for KVM. */
  readonly xlCpuid: string
  /** Hosts whose processors are not known, and which the rest does not speak of. */
  readonly unknown: readonly string[]
}

/** `type` is what guests are: kvm, pv, hvm or pvh. Hosts that cannot be asked are named and left out. */
export function commonCpu(hosts: readonly Member[], type: string): CommonCpu {
  const whom: CpuFor = { type, emulator: '' }
  const askable = hosts.filter(({ facts }) => tells(facts, whom))
  const unknown = hosts.filter((host) => !askable.includes(host)).map(({ label }) => label)
  const found = bySameSource(
    askable.map(({ facts }) => facts),
    whom,
  )
  if (askable.length === 0 || !found.ok) {
    const lost = hosts.map(({ label }) => label)
    return { source: null, features: [], libvirtXml: '', xlCpuid: '', unknown: lost }
  }
  const { by, cpus } = found.value
  const features = [...commonFeatures(cpus.map((cpu) => (isXen(whom) ? cpu.given : cpu.most)))].sort()
  const makers = all(...askable.map(({ facts }) => facts['cpu']!['vendor'] as Result<string>))
  const maker = makers.ok && new Set(makers.value).size === 1 ? makers.value[0]! : null
  return {
    ...{ source: by, features, unknown },
    libvirtXml: isXen(whom) || maker === null ? '' : libvirtXml(features, maker, cpus),
    xlCpuid: isXen(whom) ? xlCpuid(cpus) : '',
  }
}

function tells(facts: AllFacts, whom: CpuFor): boolean {
  const found = sourcesFor(whom).map((by) => hostCpu(facts, by, whom))
  const first = found.find((one) => !one.ok || one.value !== null)
  return first !== undefined && !isUnknown(first)
}

/** What all of the sets hold. */
export function commonFeatures(sets: readonly ReadonlySet<string>[]): Set<string> {
  const [first = new Set<string>(), ...others] = sets
  return new Set([...first].filter((feature) => others.every((set) => set.has(feature))))
}

const MAKERS: Readonly<Record<string, string>> = { GenuineIntel: 'Intel', AuthenticAMD: 'AMD', HygonGenuine: 'Hygon' }

/** QEMU's own, which are no part of a processor model, or which libvirt sets by itself. */
const NO_FEATURE = /^(kvm|hv)([-_]|clock)|^kvmclock|^vmx-/

/** The model that needs the fewest changes, and of these the one that has the least to be taken away, as libvirt chooses. */
function libvirtXml(features: readonly string[], vendorId: string, cpus: readonly HostCpu[]): string {
  const own = features.filter((feature) => !NO_FEATURE.test(feature))
  const maker = MAKERS[vendorId] ?? ''
  const knownTo = ({ name }: ModelFeatures): boolean =>
    cpus.every(({ emulator }) => !emulator || emulator.models.some((model) => model.name === name))
  const changes = ({ features: model }: ModelFeatures) => ({
    require: own.filter((feature) => !model.has(feature)),
    disable: [...model].filter((feature) => !own.includes(feature)).sort(),
  })
  const choices = [...cpuModels().values()]
    .filter((model) => (model.vendor === '' || model.vendor === maker) && knownTo(model))
    .map((model) => ({ model, ...changes(model) }))
    .sort(
      (a, b) =>
        a.require.length + a.disable.length - b.require.length - b.disable.length ||
        a.disable.length - b.disable.length,
    )
  const [best] = choices
  if (!best) return ''
  return [
    `<cpu mode='custom' match='exact'>`,
    `  <model fallback='forbid'>${best.model.name}</model>`,
    ...(maker === '' ? [] : [`  <vendor>${maker}</vendor>`]),
    ...best.require.map((feature) => `  <feature policy='require' name='${feature}'/>`),
    ...best.disable.map((feature) => `  <feature policy='disable' name='${feature}'/>`),
    `</cpu>`,
  ].join('\n')
}

/** Hides what one of the hosts gives by default and another cannot give at all. */
function xlCpuid(cpus: readonly HostCpu[]): string {
  const possible = commonFeatures(cpus.map(({ most }) => most))
  const hidden = [...new Set(cpus.flatMap(({ given }) => [...given]))]
    .filter((feature) => !possible.has(feature))
    .sort()
  const keys = hidden.flatMap((feature) => xlKey(feature) ?? [])
  return ['host', ...keys.map((key) => `${key}=0`)].join(',')
}
