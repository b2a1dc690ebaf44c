import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { collect } from '../../src/engine/collect.ts'
import { Linter } from '../../src/engine/conditions.ts'
import type { AllFacts } from '../../src/engine/judge.ts'
import { readRules } from '../../src/engine/library.ts'
import { isUnknown, known } from '../../src/evidence/result.ts'
import { factSets } from '../../src/facts/index.ts'
import { BundleHost } from '../../src/hosts/bundle.ts'
import type { Side } from '../../src/migration/guest.ts'

export const rules = readRules('rules', new Linter(factSets))

const sides = new Map<string, Promise<Side>>()

/** A recorded machine, read once. */
export const machine = (name: string): Promise<Side> => {
  const read = async (): Promise<Side> => {
    const host = new BundleHost(`fixtures/hosts/${name}`)
    return answeredLater({ host, facts: (await collect(host, factSets)).facts }, name)
  }
  if (!sides.has(name)) sides.set(name, read())
  return sides.get(name)!
}

/** What was not asked yet when the machines were recorded. */
function answeredLater(side: Side, name: string): Side {
  const later = {
    platform: { name: known(name) },
    libvirt: { hostUuid: known(name) },
    backends: { snapshots: known([]) },
  }
  const facts = Object.entries(later).map(([namespace, fields]) => [
    namespace,
    { ...fields, ...recorded(side, namespace) },
  ])
  return changed(side, Object.fromEntries(facts) as AllFacts)
}

const recorded = ({ facts }: Side, namespace: string): AllFacts[string] =>
  Object.fromEntries(
    Object.entries(facts[namespace] ?? {}).filter(
      ([, result]) => result.ok && !(Array.isArray(result.value) && result.value.some(isUnknown)),
    ),
  )

/** The same machine, with other facts. */
export const changed = ({ host, facts }: Side, change: AllFacts, label = host.label): Side => ({
  host: { label, at: host.at },
  facts: Object.fromEntries(Object.entries(facts).map(([name, fields]) => [name, { ...fields, ...change[name] }])),
})

/** What the recorded machines lack to be sent guests: names of their own, and somebody who listens. */
const RECEIVES: AllFacts = {
  platform: { name: known('twin') },
  libvirt: { hostUuid: known('twin') },
  network: { listening: known([22, 8002]) },
  xen: { xendConfig: known({ 'xend-relocation-server': 'yes' }), relocationHosts: known([]) },
}

/** The same machine, under another name, without one guest, and ready to take it: where it could have come from. */
export function twin(side: Side, guest: string, change: AllFacts = {}): Side {
  const all = side.facts['guests']!['all'] as { ok: true; value: { name: string }[] }
  const guests = { all: known(all.value.filter(({ name }) => name !== guest)) }
  const receiving = changed(side, RECEIVES)
  return changed(receiving, { ...change, guests: { ...guests, ...change['guests'] } }, `twin of ${side.host.label}`)
}

/** A folder with the KVM host as it would be recorded without guests: a target that its guest can really go to. */
export function emptyHost(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vdoctor-target-'))
  cpSync('fixtures/hosts/kvm-host', folder, { recursive: true })
  const manifest = join(folder, 'manifest.jsonl')
  const lines = readFileSync(manifest, 'utf8').split('\n')
  const kept = lines.filter((line) => !/^\{"ask":\{"\w+":"[^"]*\/kvm1/.test(line))
  writeFileSync(manifest, kept.map((line) => line.replace(/"[^"]*\/kvm1[^"]*",?/g, '')).join('\n'))
  return folder
}
