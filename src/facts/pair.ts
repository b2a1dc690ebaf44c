import { locate } from '../evidence/locate.ts'
import { isUnknown, known, unknown } from '../evidence/result.ts'
import type { Result, Source } from '../types.ts'
import type { FactSet } from './fact-set.ts'
import * as guest from './guests/schema.ts'
import { factSets } from './index.ts'
import { NOT_PROBED, probeAbout, type Probed } from './pair/probe.ts'
import { bool, listOf, object, string, strings } from './schema.ts'

type AllFacts = Readonly<Record<string, Readonly<Record<string, Result<unknown>>>>>

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
    lostFlags: strings("Flags of the source's processors that the target's have not"),
  }),
  derived('guest', 'The guest', {
    itself: guest.guestSchema,
    disks: listOf(guest.diskSchema, 'Its disks and drives'),
    interfaces: listOf(guest.interfaceSchema, 'Its network interfaces'),
    hostdevs: listOf(guest.hostdevSchema, "The host's devices that it gets"),
  }),
  derived('probe', 'What only trying can tell (--probe)', probeAbout),
  derived('source', 'The host that it is on: every namespace of facts', hostFields),
  derived('target', 'The host where it shall run: every namespace of facts', hostFields),
]

/** What a rule with `for: target` reads: it is asked of a guest that is only started, too. */
export const targetSets: readonly FactSet[] = pairSets.filter(({ name }) => name !== 'source' && name !== 'probe')

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
    pair: pairNamespace(source, target, { ...how, starts: hosts.source === undefined }),
    guest: guestNamespace(source, name),
    probe,
    source: hostNamespace(source, 'source'),
    target: hostNamespace(target, 'target'),
  }
}

/** `pair.*`, of facts of both hosts. */
export const pairNamespace = (source: AllFacts, target: AllFacts, how: Move): Record<string, Result<unknown>> => ({
  toolstack: known(how.toolstack),
  live: known(how.live),
  starts: known(how.starts),
  lostFlags: lostFlags(source, target),
})

/** `guest.*`, of facts of the host that has it. */
export function guestNamespace(host: AllFacts, name: string): Record<string, Result<unknown>> {
  const own = (field: string): Result<unknown> => {
    const list = host['guests']?.[field]
    if (!list?.ok) return list ?? unknown('not-recorded', `guests.${field}`)
    const items = list.value as readonly unknown[]
    const mine = items.filter((item) => isUnknown(item) || (item as { guest: unknown }).guest === name)
    return { ...list, value: mine }
  }
  return {
    itself: guestOf(host, name),
    disks: own('disks'),
    interfaces: own('interfaces'),
    hostdevs: own('hostdevs'),
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

/** Flags of /proc/cpuinfo: those of a dom0 are what Xen lets it see, and nothing is known of the hardware. */
function lostFlags(source: AllFacts, target: AllFacts): Result<readonly string[]> {
  const [from, to] = [source, target].map(({ cpu }) => cpu?.['flags']) as [Result<unknown>, Result<unknown>]
  for (const flags of [from, to]) if (!flags?.ok) return flags ?? unknown('not-recorded', 'cpu.flags')
  const dom0 = [source, target].some(
    ({ platform }) => platform?.['under']?.ok && platform['under'].value === 'xen-dom0',
  )
  if (dom0) return unknown('unsupported', 'cpu.flags', 'a control domain does not see the processors as they are')
  const there = new Set((to as { value: unknown[] }).value)
  const lost = (from as { value: string[] }).value.filter((flag) => !there.has(flag))
  return { ok: true, value: lost, from: [from, to].flatMap((flags) => (flags.ok ? flags.from : [])) }
}

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
