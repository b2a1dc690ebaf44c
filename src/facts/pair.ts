import { locate } from '../evidence/locate.ts'
import { all, chain, isUnknown, known, map, unknown } from '../evidence/result.ts'
import type { Result, Source, Unknown } from '../types.ts'
import type { Guest } from '../parse/guest/guest.ts'
import type { FactSet } from './fact-set.ts'
import { cpuSchema } from './guests/cpu.ts'
import * as guest from './guests/schema.ts'
import { factSets } from './index.ts'
import { domainSchema, snapshotSchema } from './backends/live.ts'
import { pairBridgeSchema, pairBridges } from './pair/bridges.ts'
import { compareCpus, cpuKey, guestCpuOf, pairCpuSchema } from './pair/cpu.ts'
import { pairDisks, pairDiskSchema } from './pair/disks.ts'
import { type AllFacts, factOf } from './pair/facts-of.ts'
import { pairFiles, pairFileSchema } from './pair/files.ts'
import { openFlaws } from './pair/flaws.ts'
import { pairMachine, pairMachineSchema } from './pair/machine.ts'
import { NOT_PROBED, probeAbout, type Probed } from './pair/probe.ts'
import { bool, listOf, nullable, number, object, string, strings } from './schema.ts'

/** Who moves the guest: the plain toolstacks, and libvirt with either hypervisor. */
export const TOOLSTACKS = ['xm', 'xl', 'libvirt-libxl', 'libvirt-qemu'] as const
export type Toolstack = (typeof TOOLSTACKS)[number]

/** A namespace without asks: what it holds is made of the facts of two hosts. */
const derived = (name: string, meaning: string, about: FactSet['about']): FactSet => ({
  name,
  meaning,
  about,
  asks: [],
  parse: () => ({}),
})

const hostFields = Object.fromEntries(factSets.map(({ name, about, meaning }) => [name, object(about, meaning)]))

/** What a rule with `for: pair` reads: a guest, the host that it is on, and the host where it shall run. */
export const pairSets: readonly FactSet[] = [
  derived('pair', 'A guest that is to move, and how', {
    toolstack: string(`Who moves it: ${TOOLSTACKS.join(', ')}`),
    live: bool('It runs, and shall go on running'),
    starts: bool('It does not move: it is to be started on the target'),
    cpu: pairCpuSchema,
    machine: pairMachineSchema,
    openFlaws: strings('Flaws of processors that the target calls itself vulnerable to, and the source does not'),
    disks: listOf(pairDiskSchema, 'Disks of the guest and base images below them, seen from both hosts'),
    files: listOf(pairFileSchema, 'Files of the host itself that the definition of the guest names'),
    bridges: listOf(pairBridgeSchema, 'Linux bridges of the guest that both hosts have'),
    clockSkew: nullable(
      number(
        's',
        'How far the clocks of the two hosts are apart; none where the time daemon of one of them cannot tell',
      ),
    ),
  }),
  derived('guest', 'The guest', {
    itself: guest.guestSchema,
    cpu: cpuSchema,
    disks: listOf(guest.diskSchema, 'Its disks and drives'),
    interfaces: listOf(guest.interfaceSchema, 'Its network interfaces'),
    hostdevs: listOf(guest.hostdevSchema, "The host's devices that it gets"),
    pins: listOf(guest.pinSchema, 'Processors that it is bound to'),
    numa: listOf(guest.numaSchema, 'NUMA nodes that its memory is bound to'),
    peripherals: listOf(guest.peripheralSchema, 'Its shared folders, TPMs, shared memory and so on'),
    consoles: listOf(guest.consoleSchema, 'Its serial ports and consoles'),
    graphics: listOf(guest.graphicsSchema, 'Its graphical consoles'),
    unknownKeys: listOf(guest.unknownKeySchema, 'Settings in its file that xl does not know'),
    snapshots: listOf(snapshotSchema, 'Its snapshots that libvirt keeps a record of'),
    live: listOf(domainSchema, 'What libvirt notes of it while QEMU runs it; [] while it does not run'),
    saved: bool('Its memory was saved: the next start resumes it'),
  }),
  derived('probe', 'What only trying can tell (--probe)', probeAbout),
  derived('source', 'The host that it is on: every namespace of facts', hostFields),
  derived('target', 'The host where it shall run: every namespace of facts', hostFields),
]

/** What a rule with `for: target` reads: it is asked of a guest that is only started, too. */
export const targetSets: readonly FactSet[] = pairSets.filter(({ name }) => name !== 'source' && name !== 'probe')

/** What facts about a pair are made of, beside the guest. Hosts that are alike in it need not be compared twice; a fact that is not named here is made of all that is known. */
export const PAIR_READS: Readonly<Record<string, Readonly<Record<'source' | 'target', readonly string[]>>>> = {
  openFlaws: both('cpu.flaws'),
  disks: {
    source: ['storage.fileSystems', 'storage.realPaths', 'storage.blockNames', 'backends.backings'],
    target: ['storage.fileSystems', 'storage.blockNames'],
  },
  files: { source: [], target: ['provisions.folders', 'provisions.files', 'provisions.emulators'] },
  bridges: both('network.bridges', 'network.vlans'),
  clockSkew: both('clock.offset', 'clock.daemon'),
}

/** How a guest is to get where it shall run. */
export interface Move {
  readonly toolstack: Toolstack
  readonly live: boolean
  /** It does not move, and there is no source. */
  readonly starts: boolean
}

/**
 * Facts of two hosts as one set that conditions can read. `name` is the guest's; it must be one of the source's. Without a source it is
 * started on the target, and must be one of the target's.
 */
export function pairFacts(
  hosts: { readonly source?: AllFacts; readonly target: AllFacts },
  name: string,
  how: Omit<Move, 'starts'>,
  probe: Probed = NOT_PROBED,
): AllFacts {
  const { target } = hosts
  const source = hosts.source ?? target
  return {
    pair: pairNamespace(source, target, { ...how, starts: hosts.source === undefined }, name),
    guest: guestNamespace(source, name),
    probe,
    source: hostNamespace(source, 'source'),
    target: hostNamespace(target, 'target'),
  }
}

/** `pair.*`, of facts of both hosts. */
export function pairNamespace(
  source: AllFacts,
  target: AllFacts,
  how: Move,
  name: string,
): Record<string, Result<unknown>> {
  const own = (field: string): Result<readonly never[]> =>
    ofGuest(source, 'guests', field, name) as Result<readonly never[]>
  return lazily({
    toolstack: () => known(how.toolstack),
    live: () => known(how.live),
    starts: () => known(how.starts),
    cpu: () => processorsOf(source, target, name, how.live),
    machine: () => map(guestOf(source, name), (own) => pairMachine(target, own as Guest)),
    openFlaws: () => openFlaws(source, target),
    disks: () => pairDisks(source, target, own('disks'), name),
    files: () => pairFiles(target, guestOf(source, name), own('interfaces')),
    bridges: () => pairBridges(source, target, own('interfaces')),
    clockSkew: () => clockSkew(source, target),
  })
}

/** Each fact is computed when a rule reads it, and once: a thousand guests on a hundred hosts are a hundred thousand pairs. */
function lazily(facts: Readonly<Record<string, () => Result<unknown>>>): Record<string, Result<unknown>> {
  const made: Record<string, Result<unknown>> = {}
  for (const [name, compute] of Object.entries(facts)) {
    let value: Result<unknown> | undefined
    Object.defineProperty(made, name, { get: () => (value ??= compute()), enumerable: true })
  }
  return made
}

/** `guest.*`, of facts of the host that has it. */
export function guestNamespace(host: AllFacts, name: string): Record<string, Result<unknown>> {
  const own = (field: string): Result<unknown> => ofGuest(host, 'guests', field, name)
  return {
    itself: guestOf(host, name),
    cpu: guestCpu(host, name),
    disks: own('disks'),
    interfaces: own('interfaces'),
    hostdevs: own('hostdevs'),
    pins: own('pins'),
    numa: own('numa'),
    peripherals: own('peripherals'),
    consoles: own('consoles'),
    graphics: own('graphics'),
    unknownKeys: own('unknownKeys'),
    snapshots: ofGuest(host, 'backends', 'snapshots', name),
    live: ofGuest(host, 'backends', 'domains', name),
    saved: chain(factOf<readonly unknown[]>(host, 'backends', 'savedGuests'), (names) =>
      names.includes(name) ? known(true) : ((names.find(isUnknown) as Unknown | undefined) ?? known(false)),
    ),
  }
}

/** What of a list is the guest's; a gap in it stays. */
function ofGuest(host: AllFacts, namespace: string, field: string, name: string): Result<unknown> {
  const list = factOf<readonly unknown[]>(host, namespace, field)
  if (!list.ok) return list
  const mine = list.value.filter((item) => isUnknown(item) || (item as { guest: unknown }).guest === name)
  return { ...list, value: mine }
}

function guestOf(source: AllFacts, name: string): Result<unknown> {
  const all = source['guests']?.['all']
  if (!all?.ok) return all ?? unknown('not-recorded', 'guests.all')
  const found = (all.value as readonly unknown[]).find(
    (one) => !isUnknown(one) && (one as { name: unknown }).name === name,
  )
  return found === undefined ? unknown('absent', 'guests.all') : known(found)
}

/** Only chronyd tells how far it is off; a host with another daemon, or none, is a host that cannot tell. */
function clockSkew(source: AllFacts, target: AllFacts): Result<number | null> {
  const offset = (host: AllFacts): Result<number | null> =>
    chain(factOf<string>(host, 'clock', 'daemon'), (daemon): Result<number | null> =>
      daemon === 'chronyd' ? factOf<number>(host, 'clock', 'offset') : known(null),
    )
  return map(all(offset(source), offset(target)), ([here, there]) =>
    here === null || there === null ? null : Math.abs(here - there),
  )
}

const guestCpu = (host: AllFacts, name: string) =>
  chain(guestOf(host, name), (own) => guestCpuOf(host, own as Parameters<typeof guestCpuOf>[1]))

const processorsOf = (source: AllFacts, target: AllFacts, name: string, live: boolean) =>
  chain(all(guestOf(source, name), guestCpu(source, name)), ([own, cpu]) =>
    compareCpus(source, target, own as Guest, cpu, live),
  )

type Namespace = Readonly<Record<string, Result<unknown>>>

/** What facts of `pair.*` are made of, beside both hosts: guests that are alike in it have the same. */
export const MADE_OF_GUEST: Readonly<Record<string, (guest: Namespace, pair: Namespace) => unknown>> = {
  cpu: ({ itself, cpu }, { live }) => [
    ...[fieldsOf(itself, ['type', 'emulator']), live],
    cpu?.ok ? cpuKey(cpu.value as Parameters<typeof cpuKey>[0]) : cpu,
  ],
  machine: ({ itself }) => fieldsOf(itself, ['machine', 'emulator']),
}

const fieldsOf = (result: Result<unknown> | undefined, fields: readonly string[]): unknown =>
  result?.ok ? fields.map((field) => (result.value as Record<string, unknown>)[field]) : result

/**
 * `source.*` or `target.*`: each namespace as one object, whose fields are values or gaps; where they were read says which host it was.
 */
export function hostNamespace(facts: AllFacts, side: 'source' | 'target'): Record<string, Result<unknown>> {
  return Object.fromEntries(
    factSets.map(({ name, about }) => {
      const fields = Object.keys(about).map((field) => {
        const result = facts[name]?.[field] ?? unknown('not-recorded', `${name}.${field}`)
        return [field, result] as const
      })
      const values = Object.fromEntries(fields.map(([field, result]) => [field, result.ok ? result.value : result]))
      const places = fields.flatMap(([field, result]) =>
        // What a machine is, is no evidence against it.
        result.ok && result.from[0] && name !== 'platform' ? [[field, placed(result.from[0], side)] as const] : [],
      )
      return [name, known(locate(values, undefined, Object.fromEntries(places)))]
    }),
  )
}

const placed = ({ ask, path, line }: Source, side: string): Source => ({
  ask: `${side}: ${ask}`,
  ...(path !== undefined && { path: `${side}:${path}` }),
  ...(line !== undefined && { line }),
})

function both(...names: string[]): Record<'source' | 'target', readonly string[]> {
  return { source: names, target: names }
}
