import * as fc from 'fast-check'
import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { collect } from '../../src/engine/collect.ts'
import type { AllFacts } from '../../src/engine/judge.ts'
import { known, unknown } from '../../src/evidence/result.ts'
import { factSets } from '../../src/facts/index.ts'
import { BundleHost } from '../../src/hosts/bundle.ts'
import { commonCpu, commonFeatures, type Member } from '../../src/migration/cpu/common.ts'
import { featurePlaces } from '../../src/parse/cpu/features.ts'
import { cpuModels } from '../../src/parse/cpu/models.ts'
import { type Emulator, parseQemuCaps } from '../../src/parse/cpu/qemu-caps.ts'
import { parseXenPolicies } from '../../src/parse/cpu/xen-policy.ts'
import { findAll, parseXml, textOf } from '../../src/parse/xml.ts'
import { describe } from '../describe.ts'

const read = (name: string): string => readFileSync(`fixtures/cpus/${name}`, 'utf8')
const machine = async (name: string): Promise<Member> => {
  const host = new BundleHost(`fixtures/hosts/${name}`)
  return { label: name, facts: (await collect(host, factSets)).facts }
}
const epyc: Member = {
  label: 'epyc',
  facts: {
    cpu: { vendor: known('AuthenticAMD'), flags: known([]) },
    offers: { emulators: known([parseQemuCaps(read('epyc-notes.xml'))]) },
  },
}

/** What a `<cpu>` comes to, and the names that it takes for it. */
function spelt(xml: string) {
  const cpu = parseXml(xml)
  const features = new Set(cpuModels().get(textOf(cpu, 'model'))!.features)
  for (const { attributes } of findAll(cpu, 'feature'))
    if (attributes['policy'] === 'disable') features.delete(attributes['name']!)
    else features.add(attributes['name']!)
  return { model: textOf(cpu, 'model'), vendor: textOf(cpu, 'vendor'), features: [...features].sort() }
}

describe('the greatest common processor', (it) => {
  it('of one host and of two is what virsh hypervisor-cpu-baseline computes', async () => {
    const kvm = await machine('kvm-host')
    const own = commonCpu([epyc], 'kvm')
    assert.equal(spelt(own.libvirtXml), spelt(read('epyc-baseline.xml')))
    // Its notes in the fixture have six models, so that of the two hosts only these can be chosen.
    const both = commonCpu([kvm, epyc], 'kvm')
    assert.equal(spelt(both.libvirtXml), spelt(read('baseline.xml')))
    assert.equal([both.source, both.unknown, both.xlCpuid], ['libvirt', [], ''])
    assert.ok(both.features.includes('kvmclock'))
    assert.not.match(both.libvirtXml, 'kvmclock')
  })

  it('of Xen hosts is what xl has to hide, so that a guest of either fits the other', async () => {
    const dom0 = await machine('xen-dom0')
    const more: Member = {
      label: 'more',
      facts: {
        ...dom0.facts,
        offers: { ...dom0.facts['offers'], policies: known(parseXenPolicies(read('xen-more-policies.txt'))) },
      },
    }
    const hidden = 'bmi1=0,bmi2=0,fsgsbase=0,popcnt=0,rdrand=0,sse4.1=0,sse4.2=0,ssse3=0'
    assert.is(commonCpu([dom0, more], 'pv').xlCpuid, `host,${hidden}`)
    assert.is(commonCpu([more, dom0], 'pvh').xlCpuid, `host,${hidden},umip=0`)
    assert.is(commonCpu([dom0, dom0], 'hvm').xlCpuid, 'host')
    assert.is(commonCpu([dom0], 'hvm').libvirtXml, '')
  })

  it('names hosts that cannot be asked, and leaves them out', () => {
    const dark: Member = { label: 'dark', facts: { offers: { emulators: unknown('denied', 'x') } } }
    const found = commonCpu([epyc, dark], 'kvm')
    assert.equal([found.unknown, found.features.length > 50], [['dark'], true])
    assert.equal(commonCpu([dark], 'kvm'), {
      source: null,
      features: [],
      libvirtXml: '',
      xlCpuid: '',
      unknown: ['dark'],
    })
    assert.equal(commonCpu([], 'kvm').features, [])
  })

  it('is told by /proc/cpuinfo where one host has nothing better, and has no model where their makers differ', () => {
    const flags = known(['fpu', 'sse4_1', 'rep_good'])
    const plain: Member = {
      label: 'plain',
      facts: { cpu: { vendor: known('GenuineIntel'), flags }, offers: { emulators: known([]) } },
    }
    const other: Member = { label: 'other', facts: { ...epyc.facts, cpu: { vendor: known('AuthenticAMD'), flags } } }
    const found = commonCpu([plain, other], 'kvm')
    assert.equal([found.source, found.features, found.libvirtXml], ['cpuinfo', ['fpu', 'sse4.1'], ''])
    assert.match(commonCpu([plain, plain], 'kvm').libvirtXml, '<vendor>Intel</vendor>')
  })
})

const sets = fc.array(fc.uniqueArray(fc.constantFrom(...featurePlaces().keys()), { maxLength: 40 }), {
  minLength: 1,
  maxLength: 6,
})
const hostOf = (features: readonly string[], index: number): Member => {
  const emulator: Emulator = {
    path: '/usr/bin/qemu-system-x86_64',
    arch: 'x86_64',
    kernel: '',
    kvm: true,
    features,
    models: [],
    machines: [],
  }
  const facts: AllFacts = {
    cpu: { vendor: known('AuthenticAMD'), flags: known([]) },
    offers: { emulators: known([emulator]) },
  }
  return { label: String(index), facts }
}

describe('common features of any hosts', (it) => {
  it('are a subset of each, in any order the same', () => {
    fc.assert(
      fc.property(sets, fc.integer({ min: 0, max: 5 }), (all, turn) => {
        const hosts = all.map(hostOf)
        const { features } = commonCpu(hosts, 'kvm')
        for (const own of all) assert.ok(features.every((feature) => own.includes(feature)))
        const turned = [...hosts.slice(turn % hosts.length), ...hosts.slice(0, turn % hosts.length)].reverse()
        assert.equal(commonCpu(turned, 'kvm').features, features)
        // And nothing is left out that all have.
        for (const feature of all[0]!)
          assert.is(
            features.includes(feature),
            all.every((own) => own.includes(feature)),
          )
      }),
    )
  })

  it('can be taken step by step', () => {
    fc.assert(
      fc.property(sets, sets, (left, right) => {
        const of = (all: readonly (readonly string[])[]) => commonFeatures(all.map((one) => new Set(one)))
        const steps = commonFeatures([of(left), of(right)])
        assert.equal([...steps].sort(), [...of([...left, ...right])].sort())
      }),
    )
  })

  it('written as a processor of libvirt come to just these', () => {
    fc.assert(
      fc.property(sets, (all) => {
        const own: Member[] = all.map((features, index) => {
          const host = hostOf(features, index)
          const [emulator] = (host.facts['offers']!['emulators'] as { value: Emulator[] }).value
          const models = [...cpuModels().keys()].map((name) => ({ name, usable: true, blockers: [] }))
          return { ...host, facts: { ...host.facts, offers: { emulators: known([{ ...emulator!, models }]) } } }
        })
        const { features, libvirtXml } = commonCpu(own, 'kvm')
        assert.equal(spelt(libvirtXml).features, [...features])
      }),
    )
  })
})
