import * as fc from 'fast-check'
import * as assert from 'uvu/assert'
import { Linter } from '../../src/engine/conditions.ts'
import { type AllFacts } from '../../src/engine/judge.ts'
import { readRules } from '../../src/engine/library.ts'
import { known } from '../../src/evidence/result.ts'
import { factSets } from '../../src/facts/index.ts'
import { readiness } from '../../src/migration/ready.ts'
import { featurePlaces } from '../../src/parse/cpu/features.ts'
import { cpuModels } from '../../src/parse/cpu/models.ts'
import type { GuestCpu } from '../../src/parse/guest/guest.ts'
import { describe } from '../describe.ts'

const rules = readRules('rules/migration', new Linter(factSets)).filter(({ pair }) => pair)
const FEATURES = [...featurePlaces().keys()]
// A source that names nothing tells nothing.
const some = fc
  .uniqueArray(fc.constantFrom(...FEATURES), { maxLength: 60 })
  .map((list) => [...new Set(['fpu', ...list])])
const PATH = '/usr/bin/qemu-system-x86_64'

type Kind = 'libvirt' | 'xen-cpuid' | 'xl info' | 'cpuinfo'
const kinds: readonly Kind[] = ['libvirt', 'xen-cpuid', 'xl info', 'cpuinfo']

/** A host that has these features, told by one source alone. */
function hostOf(features: readonly string[], by: Kind): AllFacts {
  const models = [...cpuModels().values()].map((model) => {
    const blockers = [...model.features].filter((name) => !features.includes(name))
    return { name: model.name, usable: blockers.length === 0, blockers }
  })
  const emulator = { path: PATH, arch: 'x86_64', kernel: '', kvm: true, features, models, machines: [] }
  const leaves = { maxLeaf: 13, maxSubleaf: 0, maxExtended: 0x80000008, platformInfo: 0 }
  const policies = ['PV', 'HVM'].flatMap((type) =>
    ['Max', 'Default'].map((name) => ({ name: `${type} ${name}`, features, ...leaves })),
  )
  return {
    cpu: { x86: known(true), vendor: known('GenuineIntel'), flags: known(by === 'cpuinfo' ? features : []) },
    offers: {
      emulators: known(by === 'libvirt' ? [emulator] : []),
      policies: known(by === 'xen-cpuid' ? policies : []),
      hwCaps: known(by === 'xl info' ? features : []),
    },
  }
}

const NOTHING: Omit<GuestCpu, 'mode' | 'model'> = {
  ...{ guest: 'web1', configFile: '', fallback: '', vendor: '', match: '', check: '', migratable: '', tscMode: '' },
  ...{ required: [], hidden: [], forbidden: [], nested: false, tscFrequency: null },
}

interface Given {
  readonly by: Kind
  readonly here: readonly string[]
  readonly there: readonly string[]
  readonly type: string
  readonly cpu: GuestCpu
}

/** Rules about processors that stop such a move, or would let it go wrong. */
function stopped({ by, here, there, type, cpu }: Given): string[] {
  const guest = {
    name: 'web1',
    type,
    running: true,
    emulator: PATH,
    machine: '',
    toolstack: by === 'libvirt' ? 'libvirt' : 'xl',
  }
  const kvm = type === 'kvm'
  const facts = hostOf(here, by)
  const source = {
    ...facts,
    guests: { all: known([{ ...guest, toolstack: kvm ? 'libvirt' : 'xl' }]), cpus: known([cpu]) },
    backends: { cpus: known(kvm ? [cpu] : []) },
  }
  const report = readiness('web1', rules, {
    source: { host: { label: 'a', at: null }, facts: source },
    target: { host: { label: 'b', at: null }, facts: hostOf(there, by) },
    offline: false,
    version: '1',
  })
  return report.findings.filter(({ outcome }) => outcome === 'problem').map(({ rule }) => rule)
}

const given = fc
  .record({
    by: fc.constantFrom(...kinds),
    here: some,
    there: some,
    xen: fc.constantFrom('pv', 'hvm', 'pvh'),
    mode: fc.constantFrom('host-passthrough', 'host-model', 'custom', ''),
    model: fc.constantFrom('EPYC', 'Skylake-Server', 'qemu64'),
    hidden: fc.uniqueArray(fc.constantFrom(...FEATURES), { maxLength: 10 }),
    onXen: fc.boolean(),
  })
  .map(({ by, here, there, xen, mode, model, hidden, onXen }): Given => {
    const isXen = by === 'xen-cpuid' || by === 'xl info' || (by === 'cpuinfo' && onXen)
    const chosen = isXen ? '' : mode
    const cpu = { ...NOTHING, hidden, mode: chosen, model: chosen === 'custom' ? model : '' }
    return { by, here, there, type: isXen ? xen : 'kvm', cpu }
  })

describe('processors of any two hosts', (it) => {
  it('a host is ready for itself', () => {
    fc.assert(
      fc.property(given, (one) => {
        assert.equal(stopped({ ...one, there: one.here }), [])
      }),
    )
  })

  it('a feature more on the target never makes it worse', () => {
    fc.assert(
      fc.property(given, fc.constantFrom(...FEATURES), (one, more) => {
        const before = stopped(one)
        const after = stopped({ ...one, there: [...new Set([...one.there, more])] })
        assert.equal(
          after.filter((rule) => !before.includes(rule)),
          [],
        )
      }),
    )
  })

  it('what is missing is found, whoever told it', () => {
    const all = [...new Set([...cpuModels().get('Skylake-Server')!.features, ...cpuModels().get('EPYC')!.features])]
    const cpu = { ...NOTHING, mode: 'host-passthrough', model: '' }
    for (const [by, type, lost, rule] of [
      ['libvirt', 'kvm', 'avx2', 'processor-flags-missing-on-target'],
      ['cpuinfo', 'kvm', 'avx2', 'processor-flags-missing-on-target'],
      ['xen-cpuid', 'pv', 'avx2', 'processor-features-lost-on-target'],
      ['xl info', 'hvm', 'avx2', 'processor-features-lost-on-target'],
      ['xl info', 'pvh', 'smep', 'processor-state-refused-by-target'],
      ['cpuinfo', 'pv', 'nx', 'no-execute-missing-on-target'],
    ] as const) {
      const there = all.filter((name) => name !== lost)
      const own = type === 'kvm' ? cpu : { ...NOTHING, mode: '', model: '' }
      assert.equal(stopped({ by, here: all, there, type, cpu: own }), [rule], `${by} ${type} ${lost}`)
    }
    const model = { ...NOTHING, mode: 'custom', model: 'Skylake-Server' }
    const there = all.filter((name) => name !== 'avx2')
    assert.equal(stopped({ by: 'libvirt', here: all, there, type: 'kvm', cpu: model }), [
      'processor-model-not-offered-by-target',
    ])
  })
})
