import * as assert from 'uvu/assert'
import type { AllFacts } from '../../src/engine/judge.ts'
import { known } from '../../src/evidence/result.ts'
import type { Side } from '../../src/migration/guest.ts'
import { readiness } from '../../src/migration/ready.ts'
import { describe } from '../describe.ts'
import { changed, machine, rules, twin } from './machines.ts'

/** What one host of an otherwise healthy pair is changed to, and the rule that alone must see it. */
interface Plant {
  readonly finds: string
  readonly source?: AllFacts
  readonly target?: AllFacts
}

const GIGAHERTZ = 1e9
const item = (side: Side, namespace: string, list: string): Record<string, unknown> =>
  (side.facts[namespace]![list] as { value: Record<string, unknown>[] }).value[0]!

const kvmPlants = (host: Side): Plant[] => {
  const own = item(host, 'guests', 'all')
  const emulator = item(host, 'offers', 'emulators')
  const cpu = item(host, 'guests', 'cpus')
  const guest = (more: object): AllFacts => ({ guests: { all: known([{ ...own, ...more }]) } })
  const cpus = (more: object): AllFacts => ({
    guests: { cpus: known([{ ...cpu, ...more }]) },
    backends: { cpus: known([{ ...cpu, ...more }]) },
  })
  const offers = (more: object): AllFacts => ({ offers: { emulators: known([{ ...emulator, ...more }]) } })
  const machines = emulator['machines'] as readonly { name: string; maxCpus: number }[]
  const flaw = (vulnerable: boolean) => ({ cpu: { flaws: known([{ name: 'meltdown', state: '', vulnerable }]) } })
  const owned = { guest: 'kvm1', configFile: '' }
  return [
    { finds: 'processor-architectures-differ', target: { platform: { arch: known('aarch64') } } },
    { finds: 'flaws-open-on-target', source: flaw(false), target: flaw(true) },
    { finds: 'microcode-differs-on-target', target: { cpu: { microcode: known('0x2') } } },
    { finds: 'guest-clock-pace-changes-on-target', target: { clock: { tscHz: known(GIGAHERTZ) } } },
    { finds: 'guest-type-not-offered-by-target', target: { kvm: { active: known(false) } } },
    { finds: 'fewer-processors-on-target', target: { cpu: { count: known(0) } } },
    { finds: 'steady-clock-without-frequency', source: cpus({ required: ['invtsc'] }) },
    {
      finds: 'machine-type-unknown-on-target',
      target: offers({ machines: machines.filter(({ name }) => name === 'pc') }),
    },
    {
      finds: 'too-many-processors-for-machine-on-target',
      source: guest({ maxvcpus: 300 }),
      target: offers({ machines: machines.map((one) => ({ ...one, maxCpus: 288 })) }),
    },
    {
      finds: 'pinned-processors-missing-on-target',
      source: { guests: { pins: known([{ ...owned, what: 'all', written: '7', cpus: [7] }]) } },
    },
    {
      finds: 'memory-nodes-missing-on-target',
      source: { guests: { numa: known([{ ...owned, mode: 'strict', nodes: [1], memory: null }]) } },
    },
  ]
}

const xenPlants = (): Plant[] => [
  { finds: 'processor-vendors-differ', target: { cpu: { vendor: known('GenuineIntel') } } },
  { finds: 'guest-clock-emulated-on-target', target: { xen: { tscHz: known(GIGAHERTZ) } } },
  { finds: 'fewer-processors-on-target', target: { xen: { cpus: known(0) } } },
  { finds: 'guest-type-not-offered-by-target', target: { xen: { hvm: known(false) } } },
]

describe('processors, clocks and machines planted in healthy pairs', (it) => {
  for (const [name, guest, plants] of [
    ['kvm-host', 'kvm1', kvmPlants],
    ['xen-dom0', 'pvh1', xenPlants],
  ] as const)
    it(`are found alone: ${name}`, async () => {
      const host = await machine(name)
      const found = (source: AllFacts, target: AllFacts): string[] => {
        const pair = { source: changed(host, source), target: twin(host, guest, target) }
        return readiness(guest, rules, { ...pair, offline: false, version: '1' })
          .findings.filter(({ outcome }) => outcome === 'problem')
          .map(({ rule }) => rule)
      }
      assert.equal(found({}, {}), [])
      for (const { finds, source = {}, target = {} } of plants(host))
        assert.equal(found(source, target), [finds], finds)
    })
})
