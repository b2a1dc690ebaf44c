import { type AllFacts, contextOf, judgeFacts } from '../engine/judge.ts'
import type { Rule } from '../engine/rule.ts'
import { forgetViews } from '../engine/view.ts'
import { guestNamespace } from '../facts/pair/guest.ts'
import { hostNamespace } from '../facts/pair/host.ts'
import { pairNamespace } from '../facts/pair/namespace.ts'
import { NOT_PROBED } from '../facts/pair/probe.ts'
import type { Finding } from '../types.ts'
import { type GuestItem, guestsOf, type Side, toolstackOf } from './guest.ts'
import { type Depends, dependsOn } from './depends.ts'
import { concernedBy } from './ready.ts'
import { hostFindings } from './start.ts'

/** green: nothing is known against it; amber: a warning, or something that nobody could decide; red: it would fail. */
export type Verdict = 'green' | 'amber' | 'red'

/** One guest on one target. */
export interface Cell {
  /** Place of the target among the hosts. */
  readonly target: number
  readonly verdict: Verdict
  readonly problems: readonly Finding[]
  /** Rules that could not decide. */
  readonly undecided: readonly string[]
}

/** One guest, and every host but its own. */
export interface Row {
  readonly guest: string
  readonly toolstack: string
  readonly live: boolean
  /** Place of its host among the hosts. */
  readonly source: number
  readonly cells: readonly Cell[]
}

/** One host of many: what conditions read of it is made once. */
interface HostView {
  readonly side: Side
  readonly source: { readonly facts: AllFacts[string]; readonly seen: object }
  readonly target: { readonly facts: AllFacts[string]; readonly seen: object }
  /** What keeps every guest from starting there. */
  readonly findings: readonly Finding[]
}

/** All guests of all hosts on all other hosts, guest by guest, so that nobody has to hold all of it. */
export function* matrix(sides: readonly Side[], rules: readonly Rule[], offline: boolean): Generator<Row> {
  const hosts = sides.map((side) => hostView(side, rules))
  const judged = new Judged(rules, hosts)
  for (const [source, { side }] of hosts.entries())
    for (const guest of guestsOf(side)) yield judged.row(source, guest, !offline && guest.running !== false)
}

function hostView(side: Side, rules: readonly Rule[]): HostView {
  const view = (name: 'source' | 'target') => {
    const facts = hostNamespace(side.facts, name)
    return { facts, seen: contextOf({ [name]: facts })[name]! }
  }
  return {
    side,
    source: view('source'),
    target: view('target'),
    findings: hostFindings(rules, side.facts, 'the target'),
  }
}

interface Places {
  readonly source: readonly number[]
  readonly target: readonly number[]
}

/** Judges cell after cell; what reads the same is judged once. */
class Judged {
  readonly #rules: readonly (Depends & Places)[]
  readonly #known = new Map<Rule, Known>()

  constructor(
    rules: readonly Rule[],
    readonly hosts: readonly HostView[],
  ) {
    this.#rules = rules
      .filter(({ pair }) => pair)
      .map(dependsOn)
      .map((depends) => ({
        ...depends,
        source: this.#places(depends, 'source'),
        target: this.#places(depends, 'target'),
      }))
  }

  /** A number for each host, the same for those that are alike in what the rule reads of them. */
  #places({ hostKey }: Depends, side: 'source' | 'target'): readonly number[] {
    const seen = new Map<string, number>()
    return this.hosts.map((host, index) => {
      const key = hostKey(side, host[side].facts) ?? `host ${index}`
      const place = seen.get(key) ?? seen.size
      seen.set(key, place)
      return place
    })
  }

  row(source: number, item: GuestItem, live: boolean): Row {
    const hosts = this.hosts
    const toolstack = toolstackOf(item)
    const from = hosts[source]!
    const guest = guestNamespace(from.side.facts, item.name)
    const guestSeen = contextOf({ guest })['guest']!
    const how = { toolstack, live, starts: false }
    const pairOf = (to: HostView) => pairNamespace(from.side.facts, to.side.facts, guest, how)
    const ownPair = pairOf(from)
    const rules = this.#rules
      .filter(({ rule }) => concernedBy(rule, toolstack))
      .map((depends) => ({ depends, known: this.#knownOf(depends.rule, depends.guestKey(guest, ownPair)) }))
    const cells = hosts.flatMap((to, target) => {
      if (target === source) return []
      // Most cells are like one that was judged before, and need none of it.
      const situation = once(() => {
        const pair = once(() => pairOf(to))
        const facts = { guest, probe: NOT_PROBED, source: from.source.facts!, target: to.target.facts! }
        const seen = { guest: guestSeen, probe: PROBE_SEEN, source: from.source.seen, target: to.target.seen }
        // Most rules do not read it.
        const pairSeen = once(() => contextOf({ pair: pair() })['pair']!)
        return { facts: lazily(facts, 'pair', pair), context: lazily(seen, 'pair', pairSeen) }
      })
      const findings = rules.flatMap(({ depends, known }) => {
        const place = depends.source[source]! + depends.target[target]! * PLACES
        let judged = known.get(place)
        if (!judged) {
          const { facts, context } = situation()
          known.set(place, (judged = told(judgeFacts(depends.rule, facts, context))))
        }
        return judged
      })
      return [cellOf(target, [...findings, ...to.findings])]
    })
    forgetViews(guest)
    return { guest: item.name, toolstack, live, source, cells }
  }

  #knownOf(rule: Rule, guestKey: string): Map<number, readonly Finding[]> {
    let ofRule = this.#known.get(rule)
    if (!ofRule) this.#known.set(rule, (ofRule = new Known()))
    return ofRule.of(guestKey)
  }
}

/** Guests that are remembered where hardly one is like another: names and addresses differ from guest to guest. */
const MOST_DIFFERENT = 64

/** What one rule said, by what it reads of the guest and of the hosts. */
class Known {
  readonly #byGuest = new Map<string, Map<number, readonly Finding[]>>()
  #alike = 0
  #different = 0

  of(guestKey: string): Map<number, readonly Finding[]> {
    const known = this.#byGuest.get(guestKey)
    if (known) {
      this.#alike++
      return known
    }
    if (++this.#different > this.#alike && this.#byGuest.size >= MOST_DIFFERENT) this.#byGuest.clear()
    const made = new Map<number, readonly Finding[]>()
    this.#byGuest.set(guestKey, made)
    return made
  }
}

const lazily = <T extends object, V>(values: T, name: string, make: () => V): T & Record<string, V> =>
  Object.defineProperty(values, name, { get: make, enumerable: true }) as T & Record<string, V>

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}

const PROBE_SEEN = contextOf({ probe: NOT_PROBED })['probe']!

/** More hosts than anybody has: places of two fit into one number. */
const PLACES = 1 << 20
const NOTHING: readonly Finding[] = []

/** Problems and what is undecided; where it was read is another guest's file. */
function told(findings: readonly Finding[]): readonly Finding[] {
  const kept = findings.filter(({ outcome }) => outcome === 'problem' || outcome === 'unknown')
  return kept.length === 0 ? NOTHING : kept.map((one) => ({ ...one, evidence: [] }))
}

function cellOf(target: number, findings: readonly Finding[]): Cell {
  const problems = findings.filter(({ outcome, severity }) => outcome === 'problem' && severity !== 'info')
  const undecided = [...new Set(findings.filter(({ outcome }) => outcome === 'unknown').map(({ rule }) => rule))]
  const red = problems.some(({ severity }) => severity === 'error')
  const verdict = red ? 'red' : problems.length > 0 || undecided.length > 0 ? 'amber' : 'green'
  return { target, verdict, problems, undecided }
}
