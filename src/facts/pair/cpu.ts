import { chain, isUnknown, known, map, unknown } from '../../evidence/result.ts'
import { featurePlaces } from '../../parse/cpu/features.ts'
import { cpuModels } from '../../parse/cpu/models.ts'
import type { Guest, GuestCpu } from '../../parse/guest/guest.ts'
import type { Result, Unknown } from '../../types.ts'
import { bool, object, string, strings } from '../schema.ts'
import { type AllFacts, bySameSource, type CpuFor, type CpuSource, type HostCpu, isXen } from './host-cpu.ts'
import { onceForBoth } from './once.ts'

export const pairCpuSchema = object(
  {
    source: string(
      'What told it of both hosts: libvirt (its notes of QEMU), xen-cpuid, "xl info" (hw_caps), or cpuinfo, which is a guess: what the two kernels see',
    ),
    relation: string(
      'identical, superset (the target has all that the guest has, and more or other things), incompatible',
    ),
    missing: strings('Features that the guest has, or needs, and the target has not'),
    refused: strings(
      'Xen, HVM and PVH: those of them without which Xen refuses the state of a guest whose kernel has switched them on (CR4, EFER, XCR0)',
    ),
    lost: strings('Xen: the others of them, which a running guest goes on to use and Xen silently masks'),
    unwanted: strings('libvirt: features that the guest forbids its host, and the target has'),
    leaves: strings(
      'Xen: what of CPUID and MSRs ends earlier on the target, or is not there; it then refuses the guest',
    ),
    modelKnown: bool("libvirt: the guest's processor model is known to the target's QEMU; true where it names none"),
    followsHost: bool(
      "libvirt: the guest gets its host's own processor (host-passthrough, or host-model not yet started)",
    ),
  },
  'What the guest needs of processors, and what the target has',
)

export interface PairCpu {
  readonly source: CpuSource
  readonly relation: string
  readonly missing: readonly string[]
  readonly refused: readonly string[]
  readonly lost: readonly string[]
  readonly unwanted: readonly string[]
  readonly leaves: readonly string[]
  readonly modelKnown: boolean | Unknown
  readonly followsHost: boolean
}

/** A guest of libvirt that runs has the processor of its status, which holds what QEMU made of the definition. */
export function guestCpuOf(source: AllFacts, guest: Guest & { readonly running: boolean | Unknown }): Result<GuestCpu> {
  const ofSet = (set: string): Result<GuestCpu> | undefined => {
    const list = source[set]?.['cpus'] ?? unknown('not-recorded', `${set}.cpus`)
    if (!list.ok) return list
    const items = list.value as readonly (GuestCpu | Unknown)[]
    const own = items.find((one) => !isUnknown(one) && one.guest === guest.name)
    return own && !isUnknown(own) ? { ...list, value: own } : items.find(isUnknown)
  }
  if (isUnknown(guest.running)) return guest.running
  const live = guest.running && guest.toolstack === 'libvirt' && !isXen(guest) ? ofSet('backends') : undefined
  return live ?? ofSet('guests') ?? unknown('absent', 'guests.cpus')
}

const keys = new WeakMap<GuestCpu, string>()

/** Guests with the same processor have the same text, whatever they are called. */
export function cpuKey(cpu: GuestCpu): string {
  const { guest: _guest, configFile: _file, ...own } = cpu
  let key = keys.get(cpu)
  if (key === undefined) keys.set(cpu, (key = JSON.stringify(own)))
  return key
}

const compared = onceForBoth(() => new Map<string, Result<PairCpu>>())

/** What the guest would miss on the target, by name. Of many guests and hosts, those that are alike are compared once. */
export function compareCpus(
  source: AllFacts,
  target: AllFacts,
  guest: Guest,
  cpu: GuestCpu,
  live: boolean,
): Result<PairCpu> {
  const ofBoth = compared(source, target)
  const key = `${guest.type} ${guest.emulator} ${live} ${cpuKey(cpu)}`
  let result = ofBoth.get(key)
  if (!result) ofBoth.set(key, (result = compare(source, target, { guest, cpu, live })))
  return result
}

type Asked = Pick<Sides, 'guest' | 'cpu' | 'live'>

function compare(source: AllFacts, target: AllFacts, asked: Asked): Result<PairCpu> {
  const { guest } = asked
  const whom: CpuFor = { type: guest.type, emulator: guest.emulator }
  const x86 = [source, target].map((facts) => facts['cpu']?.['x86'] ?? unknown('not-recorded', 'cpu.x86'))
  for (const one of x86) if (!one.ok) return one
  if (x86.some((one) => one.ok && one.value === false))
    return unknown('unsupported', 'cpu.x86', 'features are compared of x86 processors only')
  return chain(bySameSource([source, target], whom), ({ by, cpus: [from, to] }) => {
    const found = (isXen(whom) ? compareXen : compareQemu)({ ...asked, by, from: from!, to: to! })
    return map(found, (own) => {
      const same = from!.most.size === to!.most.size && [...from!.most].every((feature) => to!.most.has(feature))
      const bad = own.missing.length > 0 || own.unwanted.length > 0 || own.modelKnown === false
      return { source: by, relation: bad ? 'incompatible' : same ? 'identical' : 'superset', ...own }
    })
  })
}

interface Sides {
  readonly guest: Guest
  readonly cpu: GuestCpu
  readonly live: boolean
  readonly by: CpuSource
  readonly from: HostCpu
  readonly to: HostCpu
}
type Found = Omit<PairCpu, 'source' | 'relation'>

const NOTHING: Found = {
  ...{ missing: [], refused: [], lost: [], unwanted: [], leaves: [], modelKnown: true, followsHost: false },
}

/** QEMU is started there anew, and must make the same processor; libvirt compares what came out of it. */
function compareQemu(sides: Sides): Result<Found> {
  const { guest, cpu, live, by, from, to } = sides
  // QEMU makes all of an emulated processor itself.
  if (guest.type !== 'kvm') return known(NOTHING)
  const hidden = new Set(cpu.hidden)
  const followsHost = /^(host-passthrough|host-model|maximum)$/.test(cpu.mode) && cpu.model === ''
  const lacks = (feature: string): boolean => !hidden.has(feature) && !to.most.has(feature)
  // What the source's list does not have either, QEMU makes.
  const needed = cpu.required.filter((feature) => from.most.has(feature) && lacks(feature))
  const unwanted = by === 'libvirt' ? cpu.forbidden.filter((feature) => to.most.has(feature)) : []
  if (followsHost) {
    const own = live ? [...from.most].filter(lacks) : []
    return known({ ...NOTHING, missing: unique([...own, ...needed]), followsHost })
  }
  // Shut down, it is started with what is there; libvirt compares only where it is told to.
  if (!live && (cpu.check === 'none' || cpu.model === '')) return known({ ...NOTHING, unwanted })
  return map(ofModel(sides, hidden), ({ missing, modelKnown }) => ({
    ...{ ...NOTHING, unwanted, modelKnown, missing: unique([...missing, ...needed]) },
  }))
}

function ofModel(
  { cpu, live, by, from, to }: Sides,
  hidden: ReadonlySet<string>,
): Result<Pick<Found, 'missing' | 'modelKnown'>> {
  if (cpu.model === '') return known({ missing: [], modelKnown: true })
  if (by === 'libvirt') {
    const [here, there] = [from, to].map(({ emulator }) => emulator!.models.find(({ name }) => name === cpu.model))
    if (!there) return known({ missing: [], modelKnown: false })
    // What the source lacks too, a running guest runs without: it was started with check='none'.
    const also = new Set(live ? here?.blockers : [])
    return known({
      missing: there.blockers.filter((feature) => !hidden.has(feature) && !also.has(feature)),
      modelKnown: true,
    })
  }
  const features = cpuModels().get(cpu.model)?.features
  if (!features) return unknown('unsupported', 'cpuinfo', `what a ${cpu.model} is, libvirt on the hosts would tell`)
  const missing = [...features].filter((one) => !hidden.has(one) && from.most.has(one) && !to.most.has(one))
  return known({ missing, modelKnown: unknown('absent', 'libvirt', 'libvirt has no notes of QEMU there') })
}

/** hvm_cr4_guest_valid_bits, hvm_efer_valid and validate_xstate of Xen look for these in what the guest gets there. */
const SWITCHED_ON = new Set([
  ...[
    'vme',
    'tsc',
    'de',
    'pse',
    'pae',
    'mce',
    'pge',
    'fxsr',
    'sse',
    'umip',
    'fsgsbase',
    'pcid',
    'xsave',
    'smep',
    'smap',
  ],
  ...['pku', 'pks', 'shstk', 'ibt', 'lass', 'syscall', 'lm', 'fxsr_opt', 'auto-ibrs', 'avx', 'avx512f', 'mpx'],
])

/** Not of the processor, but of how it is shown: they differ from guest to guest. */
const SHOWN = new Set(['hypervisor', 'osxsave', 'ospke', 'ht', 'cmp_legacy', 'apic'])

/** Xen restores a guest with the policy that it brings, cut down to what the target gives at most. */
function compareXen({ guest, cpu, live, from, to }: Sides): Result<Found> {
  // Shut down, it asks its processors anew.
  if (!live) return known(NOTHING)
  const nested = cpu.nested ? ['vmx', 'svm'] : []
  const has = new Set([...from.given, ...[...cpu.required, ...nested].filter((feature) => from.most.has(feature))])
  for (const feature of cpu.hidden) has.delete(feature)
  // What SVM can do is shown to guests that have SVM.
  const shown = (feature: string): boolean =>
    !SHOWN.has(feature) && (has.has('svm') || featurePlaces().get(feature)?.register !== '8000000a.edx')
  const missing = [...has].filter((feature) => !to.most.has(feature) && shown(feature))
  const control = (feature: string): boolean => guest.type !== 'pv' && SWITCHED_ON.has(feature)
  return known({
    ...NOTHING,
    missing,
    refused: missing.filter(control),
    lost: missing.filter((feature) => feature !== 'nx' && !control(feature)),
    leaves: from.policies && to.policies ? leavesLost(from.policies.given, to.policies.most) : [],
  })
}

type Policy = NonNullable<HostCpu['policies']>['given']

/** x86_cpu_policies_are_compatible of Xen: nothing but these, and the vendor. */
function leavesLost(here: Policy, there: Policy): string[] {
  const hex = (value: number): string => `0x${value.toString(16)}`
  const ends = (what: string, a: number, b: number): string[] =>
    a > b ? [`${what} up to ${hex(a)}, there ${hex(b)}`] : []
  const faulting = (here.platformInfo & ~there.platformInfo) !== 0
  return [
    ...ends('leaves', here.maxLeaf, there.maxLeaf),
    ...ends('subleaves of leaf 0x7', here.maxSubleaf, there.maxSubleaf),
    ...ends('extended leaves', here.maxExtended, there.maxExtended),
    ...(faulting ? [`MSR_PLATFORM_INFO ${hex(here.platformInfo)}, there ${hex(there.platformInfo)}`] : []),
  ]
}

const unique = (list: readonly string[]): string[] => [...new Set(list)]
