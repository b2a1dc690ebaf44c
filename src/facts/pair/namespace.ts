import { all, chain, known, map } from '../../evidence/result.ts'
import type { Guest, GuestCpu } from '../../parse/guest/guest.ts'
import type { Result } from '../../types.ts'
import { pairBridges } from './bridges.ts'
import { compareCpus, cpuKey } from './cpu.ts'
import { pairDisks } from './disks.ts'
import { type AllFacts, factOf } from './facts-of.ts'
import { pairFiles } from './files.ts'
import { openFlaws } from './flaws.ts'
import { pairMachine } from './machine.ts'
import type { Move } from './move.ts'
import { namesakes } from './namesakes.ts'

type Namespace = Readonly<Record<string, Result<unknown>>>

/** `pair.*`, of facts of both hosts and of `guest.*`. */
export function pairNamespace(source: AllFacts, target: AllFacts, guest: Namespace, how: Move): Namespace {
  const itself = guest['itself'] as Result<Guest>
  const cpu = guest['cpu'] as Result<GuestCpu>
  const own = (field: string): Result<readonly never[]> => guest[field] as Result<readonly never[]>
  return lazily({
    toolstack: () => known(how.toolstack),
    live: () => known(how.live),
    starts: () => known(how.starts),
    cpu: () => chain(all(itself, cpu), ([one, processors]) => compareCpus(source, target, one, processors, how.live)),
    machine: () => map(itself, (one) => pairMachine(target, one)),
    openFlaws: () => openFlaws(source, target),
    disks: () => chain(itself, ({ name }) => pairDisks(source, target, own('disks'), name)),
    files: () => pairFiles(target, itself, own('interfaces')),
    bridges: () => pairBridges(source, target, own('interfaces')),
    clockSkew: () => clockSkew(source, target),
    sameName: () => chain(itself, ({ name }) => namesakes(target, 'name', name)),
    sameUuid: () => chain(itself, ({ uuid }) => namesakes(target, 'uuid', uuid)),
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

/** How what a fact is made of becomes a text: a thousand guests are alike in most, and so are a hundred hosts. */
interface MadeOf {
  /** Facts of each host; all of it where nothing is said. */
  readonly hosts?: Readonly<Record<'source' | 'target', readonly string[]>>
  /** What of the guest, beside the fact itself as it would be on its own host. */
  readonly guest?: (guest: Namespace, pair: Namespace) => unknown
}

/** What facts about a pair are made of. */
export const MADE_OF: Readonly<Record<string, MadeOf>> = {
  toolstack: { hosts: both() },
  live: { hosts: both() },
  starts: { hosts: both() },
  cpu: {
    guest: ({ itself, cpu }, { live }) => [
      ...[fieldsOf(itself, ['type', 'emulator']), live],
      cpu?.ok ? cpuKey(cpu.value as GuestCpu) : cpu,
    ],
  },
  machine: { guest: ({ itself }) => fieldsOf(itself, ['machine', 'emulator']) },
  disks: {
    hosts: {
      source: [
        'storage.fileSystems',
        'storage.realPaths',
        'storage.blockNames',
        'storage.loopsInUse',
        'backends.backings',
      ],
      target: ['storage.fileSystems', 'storage.blockNames', 'storage.loopsInUse'],
    },
  },
  files: { hosts: { source: [], target: ['provisions.folders', 'provisions.files', 'provisions.emulators'] } },
  bridges: { hosts: both('network.bridges', 'network.vlans') },
  sameName: { guest: ({ itself }) => fieldsOf(itself, ['name']) },
  sameUuid: { guest: ({ itself }) => fieldsOf(itself, ['uuid']) },
  clockSkew: { hosts: both('clock.offset', 'clock.daemon') },
}

function both(...names: string[]): Record<'source' | 'target', readonly string[]> {
  return { source: names, target: names }
}

const fieldsOf = (result: Result<unknown> | undefined, fields: readonly string[]): unknown =>
  result?.ok ? fields.map((field) => (result.value as Record<string, unknown>)[field]) : result

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
