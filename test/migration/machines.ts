import { collect } from '../../src/engine/collect.ts'
import { Linter } from '../../src/engine/conditions.ts'
import type { AllFacts } from '../../src/engine/judge.ts'
import { readRules } from '../../src/engine/library.ts'
import { known } from '../../src/evidence/result.ts'
import { factSets } from '../../src/facts/index.ts'
import { BundleHost } from '../../src/hosts/bundle.ts'
import type { Side } from '../../src/migration/guest.ts'

export const rules = readRules('rules', new Linter(factSets))

const sides = new Map<string, Promise<Side>>()

/** A recorded machine, read once. */
export const machine = (name: string): Promise<Side> => {
  const read = async (): Promise<Side> => {
    const host = new BundleHost(`fixtures/hosts/${name}`)
    return { host, facts: (await collect(host, factSets)).facts }
  }
  if (!sides.has(name)) sides.set(name, read())
  return sides.get(name)!
}

/** The same machine, with other facts. */
export const changed = ({ host, facts }: Side, change: AllFacts, label = host.label): Side => ({
  host: { label, at: host.at },
  facts: Object.fromEntries(Object.entries(facts).map(([name, fields]) => [name, { ...fields, ...change[name] }])),
})

/** The same machine, under another name and without one guest: where it could have come from. */
export function twin(side: Side, guest: string, change: AllFacts = {}): Side {
  const all = side.facts['guests']!['all'] as { ok: true; value: { name: string }[] }
  const guests = { all: known(all.value.filter(({ name }) => name !== guest)) }
  return changed(side, { ...change, guests: { ...guests, ...change['guests'] } }, `twin of ${side.host.label}`)
}
