import { locate } from '../evidence/locate.ts'
import { chain, isUnknown, known, map, unknown } from '../evidence/result.ts'
import type { Guest } from '../parse/guest/guest.ts'
import type { Result, Source } from '../types.ts'
import type { FactSet } from './fact-set.ts'
import { cpuSchema } from './guests/cpu.ts'
import * as guest from './guests/schema.ts'
import { factSets } from './index.ts'
import { compareCpus, guestCpuOf, pairCpuSchema } from './pair/cpu.ts'
import { pairFlaws, pairFlawSchema } from './pair/flaws.ts'
import type { AllFacts } from './pair/host-cpu.ts'
import { pairMachine, pairMachineSchema } from './pair/machine.ts'
import { bool, listOf, object, string } from './schema.ts'

interface Hosts {
  readonly source: AllFacts
  readonly target: AllFacts
}

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

/** What a rule with `for: pair` reads: a guest, the host that it is on, and the host that it shall go to. */
export const pairSets: readonly FactSet[] = [
  derived('pair', 'A guest that is to move, and how', {
    toolstack: string(`Who moves it: ${TOOLSTACKS.join(', ')}`),
    live: bool('It runs, and shall go on running'),
    cpu: pairCpuSchema,
    machine: pairMachineSchema,
    flaws: listOf(pairFlawSchema, 'Flaws of processors that both kernels know of'),
  }),
  derived('guest', 'The guest', {
    itself: guest.guestSchema,
    cpu: cpuSchema,
    disks: listOf(guest.diskSchema, 'Its disks and drives'),
    interfaces: listOf(guest.interfaceSchema, 'Its network interfaces'),
    hostdevs: listOf(guest.hostdevSchema, "The host's devices that it gets"),
    pins: listOf(guest.pinSchema, 'Processors that it is bound to'),
    numa: listOf(guest.numaSchema, 'NUMA nodes that its memory is bound to'),
  }),
  derived('source', 'The host that it is on: every namespace of facts', hostFields),
  derived('target', 'The host that it shall go to: every namespace of facts', hostFields),
]

/** Facts of two hosts as one set that conditions can read. `name` is the guest's; it must be one of the source's. */
export function pairFacts(
  hosts: Hosts,
  name: string,
  how: { readonly toolstack: Toolstack; readonly live: boolean },
): AllFacts {
  const { source, target } = hosts
  const own = (field: string): Result<unknown> => {
    const list = source['guests']?.[field]
    if (!list?.ok) return list ?? unknown('not-recorded', `guests.${field}`)
    const items = list.value as readonly unknown[]
    const mine = items.filter((item) => isUnknown(item) || (item as { guest: unknown }).guest === name)
    return { ...list, value: mine }
  }
  const itself = guestOf(source, name)
  const cpus = processors(hosts, itself, how.live)
  return {
    pair: {
      toolstack: known(how.toolstack),
      live: known(how.live),
      cpu: cpus.pair,
      machine: map(itself, (one) => pairMachine(target, one as Guest)),
      flaws: pairFlaws(source, target),
    },
    guest: {
      itself,
      cpu: cpus.guest,
      disks: own('disks'),
      interfaces: own('interfaces'),
      hostdevs: own('hostdevs'),
      pins: own('pins'),
      numa: own('numa'),
    },
    source: hostView(source, 'source'),
    target: hostView(target, 'target'),
  }
}

function guestOf(source: AllFacts, name: string): Result<unknown> {
  const all = source['guests']?.['all']
  if (!all?.ok) return all ?? unknown('not-recorded', 'guests.all')
  const found = (all.value as readonly unknown[]).find(
    (one) => !isUnknown(one) && (one as { name: unknown }).name === name,
  )
  return found === undefined ? unknown('absent', 'guests.all') : known(found)
}

/** The guest's processors, what became of them in a running one, and what they would miss on the target. */
function processors(
  hosts: Hosts,
  guest: Result<unknown>,
  live: boolean,
): { guest: Result<unknown>; pair: Result<unknown> } {
  if (!guest.ok) return { guest, pair: guest }
  const item = guest.value as Parameters<typeof guestCpuOf>[1]
  const own = guestCpuOf(hosts.source, item)
  return { guest: own, pair: chain(own, (cpu) => compareCpus(hosts, item, cpu, live)) }
}

/** Each namespace as one object, whose fields are values or gaps; where they were read says which host it was. */
function hostView(facts: AllFacts, side: string): Record<string, Result<unknown>> {
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
