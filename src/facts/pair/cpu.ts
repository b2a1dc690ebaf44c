import { chain, isUnknown, map, unknown } from '../../evidence/result.ts'
import type { Guest, GuestCpu } from '../../parse/guest/guest.ts'
import type { Result, Unknown } from '../../types.ts'
import { bool, object, string, strings } from '../schema.ts'
import type { AllFacts } from './facts-of.ts'
import { bySameSource, type CpuFor, isXen } from './host-cpu.ts'
import { onceForBoth } from './once.ts'
import { compareQemu } from './qemu-cpu.ts'
import type { PairCpu, Sides } from './sides.ts'
import { compareXen } from './xen-cpu.ts'

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
  const [from, to] = [source, target].map((facts) => facts['platform']?.['hosts'])
  if (from?.ok && to?.ok && from.value !== to.value)
    return unknown('unsupported', 'platform.hosts', 'no guest goes from one hypervisor to another')
  return chain(bySameSource([source, target], whom), ({ by, cpus: [here, there] }) => {
    const found = (isXen(whom) ? compareXen : compareQemu)({ ...asked, by, from: here!, to: there! })
    return map(found, (own) => {
      const same = here!.most.size === there!.most.size && [...here!.most].every((feature) => there!.most.has(feature))
      const bad = own.missing.length > 0 || own.unwanted.length > 0 || own.modelKnown === false
      return { source: by, relation: bad ? 'incompatible' : same ? 'identical' : 'superset', ...own }
    })
  })
}
