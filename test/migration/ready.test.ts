import * as assert from 'uvu/assert'
import { collect } from '../../src/engine/collect.ts'
import { Linter } from '../../src/engine/conditions.ts'
import type { AllFacts } from '../../src/engine/judge.ts'
import { readRules } from '../../src/engine/library.ts'
import { factSets } from '../../src/facts/index.ts'
import { BundleHost } from '../../src/hosts/bundle.ts'
import { known } from '../../src/evidence/result.ts'
import { apart, readiness, type Side } from '../../src/migration/ready.ts'
import { describe } from '../describe.ts'
import { vdoctor } from '../vdoctor.ts'

const rules = readRules('rules', new Linter(factSets))
const sides = new Map<string, Promise<Side>>()
const machine = (name: string): Promise<Side> => {
  const read = async (): Promise<Side> => {
    const host = new BundleHost(`fixtures/hosts/${name}`)
    return { host, facts: (await collect(host, factSets)).facts }
  }
  if (!sides.has(name)) sides.set(name, read())
  return sides.get(name)!
}

/** The same machine, under another name and without one guest: where it could have come from. */
const twin = ({ host, facts }: Side, guest: string, changed: AllFacts = {}): Side => {
  const all = facts['guests']!['all'] as { ok: true; value: { name: string }[] }
  const guests = { ...facts['guests'], all: known(all.value.filter(({ name }) => name !== guest)) }
  const merged = Object.fromEntries(
    Object.entries({ ...facts, guests }).map(([name, fields]) => [name, { ...fields, ...changed[name] }]),
  )
  return { host: { label: `twin of ${host.label}`, at: host.at }, facts: merged }
}
const found = (guest: string, source: Side, target: Side, offline = false): string[] =>
  readiness(guest, rules, { source, target, offline, version: '1' })
    .findings.filter(({ outcome }) => outcome === 'problem')
    .map(({ rule, subject }) => (subject ? `${rule} ${subject}` : rule))
    .sort()

describe('ready', (it) => {
  for (const [name, guest] of [
    ['kvm-host', 'kvm1'],
    ['xen-dom0', 'pv1'],
    ['rhel5-xend-dom0', 'rhel5vm01'],
  ] as const) {
    it(`a host is ready for its own guest: ${name}`, async () => {
      const source = await machine(name)
      assert.equal(found(guest, source, twin(source, guest)), [])
    })
  }

  it('names every reason at once, and none that was not planted', async () => {
    const own = await machine('kvm-host')
    const nic = { guest: 'kvm1', name: 'vnet0', network: 'storage', bridge: '' }
    const guests = { ...own.facts['guests'], interfaces: known([nic]) }
    const source = { ...own, facts: { ...own.facts, guests } }
    const target = twin(source, 'kvm1', {
      platform: { arch: known('aarch64') },
      memory: { total: known(1), available: known(1) },
    })
    assert.equal(found('kvm1', source, target), [
      'network-missing-on-target vnet0',
      'processor-architectures-differ',
      'target-has-too-little-memory',
      'target-memory-in-use',
    ])
  })

  it('asks rules of the toolstack that moves the guest, and of a live move only where it is one', async () => {
    const source = await machine('kvm-host')
    const { emulators } = source.facts['offers'] as unknown as { emulators: { value: { features: string[] }[] } }
    const weaker = emulators.value.map((one) => ({ ...one, features: one.features.filter((name) => name !== 'lm') }))
    const target = twin(source, 'kvm1', { cpu: { vendor: known('Other') }, offers: { emulators: known(weaker) } })
    const own = source.facts['backends']!['cpus'] as { value: object[] }
    const passed = (mode: string): Side => {
      const cpus = known(own.value.map((one) => ({ ...one, mode, model: mode === 'custom' ? 'qemu64' : '' })))
      return { ...source, facts: { ...source.facts, backends: { ...source.facts['backends'], cpus } } }
    }
    assert.equal(found('kvm1', passed('host-passthrough'), target), [
      'processor-flags-missing-on-target',
      'processor-vendors-differ',
    ])
    assert.equal(found('kvm1', passed('custom'), target), [])
    assert.equal(found('kvm1', passed('host-passthrough'), target, true), [])
  })

  it('what nobody knows of the target stays undecided', async () => {
    const source = await machine('kvm-host')
    const nothing: Side = { host: { label: 'x', at: null }, facts: {} }
    const report = readiness('kvm1', rules, { source, target: nothing, offline: false, version: '1' })
    assert.not.ok(report.findings.some(({ outcome }) => outcome === 'problem'))
    assert.ok(report.findings.filter(({ outcome }) => outcome === 'unknown').length > 4)
  })

  it('says where two recordings were made long apart', async () => {
    const [source, target] = [await machine('kvm-host'), await machine('rhel5-xend-dom0')]
    assert.is(apart({ source, target: source }), null)
    assert.match(apart({ source, target })!, /much may have changed/)
  })
})

describe('the command ready', (it) => {
  const [kvm, xen] = ['fixtures/hosts/kvm-host', 'fixtures/hosts/xen-dom0']

  it('prints blockers and exits with 1; any format of check', () => {
    const { code, out } = vdoctor(['ready', 'kvm1', '--source', kvm, '--target', xen])
    assert.is(code, 1)
    assert.match(out, `guest kvm1: bundle ${kvm} → bundle ${xen}`)
    assert.match(out, /\[hosts-run-different-hypervisors\]/)
    const json = vdoctor(['ready', 'kvm1', '--source', kvm, '--target', xen, '--format', 'json'])
    assert.is((JSON.parse(json.out) as { version: number }).version, 1)
  })

  it('exits as a plugin of Nagios where it prints as one', () => {
    const { code, out } = vdoctor(['ready', 'kvm1', '--source', kvm, '--target', xen, '--format', 'nagios'])
    assert.is(code, 2)
    assert.match(out, /^VDOCTOR CRITICAL/)
  })

  it('check does not ask these rules', () => {
    const { out } = vdoctor(['check', '--from', kvm, '--format', 'json'])
    assert.not.match(out, 'hosts-run-different-hypervisors')
  })

  it('refuses in a sentence what is no pair', () => {
    for (const [args, message] of [
      [['nope', '--source', kvm, '--target', xen], 'has no guest called "nope"'],
      [['kvm', '--source', kvm, '--target', xen], 'did you mean "kvm1"'],
      [['kvm1', '--source', xen, '--target', kvm], 'Turn --source and --target round'],
      [['kvm1', '--source', kvm, '--target', kvm], 'source and target are the same'],
    ] as const) {
      const { code, err } = vdoctor(['ready', ...args])
      assert.is(code, 2)
      assert.match(err, message)
    }
  })
})
