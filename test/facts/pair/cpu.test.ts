import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { isUnknown, known, unknown } from '../../../src/evidence/result.ts'
import { pairFacts } from '../../../src/facts/pair.ts'
import type { AllFacts } from '../../../src/facts/pair/facts-of.ts'
import type { PairCpu } from '../../../src/facts/pair/sides.ts'
import { type Emulator, parseQemuCaps } from '../../../src/parse/cpu/qemu-caps.ts'
import { parseXenPolicies } from '../../../src/parse/cpu/xen-policy.ts'
import { cpuOfXl, cpuOfXml } from '../../../src/parse/guest/cpu.ts'
import { domainOf } from '../../../src/parse/guest/xml.ts'
import { parseXlConfig } from '../../../src/parse/xl/config.ts'
import { parseXml } from '../../../src/parse/xml.ts'
import { describe } from '../../describe.ts'

const read = (path: string): string => readFileSync(`fixtures/${path}`, 'utf8')
const PATH = '/usr/bin/qemu-system-x86_64'
const epyc = parseQemuCaps(read('cpus/epyc-notes.xml'))
const owner = { guest: 'web1', configFile: '/x' }
const ofXml = (cpu: string) => cpuOfXml(domainOf(parseXml(`<domain>${cpu}</domain>`)), owner)
const ofXl = (text: string) => cpuOfXl(parseXlConfig(text).settings, owner)

interface Given {
  readonly cpu: unknown
  readonly type?: string
  readonly running?: boolean
  readonly live?: boolean
  readonly source: AllFacts
  readonly target: AllFacts
}

/** The pair's processors as rules see them. */
function compared({
  cpu,
  type = 'kvm',
  running = true,
  live = true,
  source,
  target,
}: Given): PairCpu & { gap?: string } {
  const guest = {
    name: 'web1',
    type,
    running,
    emulator: PATH,
    machine: '',
    toolstack: type === 'kvm' ? 'libvirt' : 'xl',
  }
  const own = {
    ...source,
    guests: { all: known([guest]), cpus: known([cpu]) },
    backends: { cpus: known(type === 'kvm' ? [cpu] : []) },
  }
  const toolstack = type === 'kvm' ? 'libvirt-qemu' : 'xl'
  const { pair } = pairFacts({ source: own, target }, 'web1', { toolstack, live })
  const result = pair!['cpu']!
  return (result.ok ? result.value : result) as PairCpu & { gap?: string }
}

const x86 = { x86: known(true), flags: known(['fpu', 'sse4_2', 'avx2']) }
const kvm = (change: Partial<Emulator> = {}): AllFacts => ({
  cpu: x86,
  offers: { emulators: known([{ ...epyc, ...change }]) },
})
const without = (...lost: string[]): AllFacts =>
  kvm({
    features: epyc.features.filter((name) => !lost.includes(name)),
    models: epyc.models.map((one) => ({ ...one, blockers: [...one.blockers, ...lost] })),
  })
const flags = (...list: string[]): AllFacts => ({
  cpu: { ...x86, flags: known(list) },
  offers: { emulators: known([]) },
})

describe('processors of a pair: QEMU', (it) => {
  const hostModel = ofXml(read('cpus/epyc-host-model.xml'))
  const passthrough = ofXml(read('cpus/epyc-passthrough.xml'))

  it('a running guest fits the host that it runs on, whatever it was started with', () => {
    for (const cpu of [hostModel, passthrough, ofXml(''), ofXml("<cpu mode='host-model'/>")]) {
      const { relation, missing, modelKnown, source } = compared({ cpu, source: kvm(), target: kvm() })
      assert.equal(
        { relation, missing, modelKnown, source },
        { relation: 'identical', missing: [], modelKnown: true, source: 'libvirt' },
      )
    }
  })

  it('misses what it has and the target has not, by name', () => {
    for (const cpu of [hostModel, passthrough]) {
      const { relation, missing } = compared({ cpu, source: kvm(), target: without('avx2') })
      assert.equal({ relation, missing }, { relation: 'incompatible', missing: ['avx2'] })
    }
  })

  it('misses just what libvirt named when that guest was really brought to such a host', () => {
    const notes = read(
      'hosts/kvm-host/files/var/cache/libvirt/qemu/capabilities/926803a9278e445ec919c2b6cbd8c1c449c75b26dcb1686b774314180376c725.xml',
    )
    const target = { cpu: x86, offers: { emulators: known([parseQemuCaps(notes)]) } }
    // virsh restore in the lab: guest CPU doesn't match specification: missing features: …
    const said =
      'pclmuldq,ssse3,fma,sse4.1,sse4.2,movbe,popcnt,aes,xsave,avx,f16c,rdrand,fsgsbase,bmi1,avx2,smep,bmi2,adx,smap,clflushopt,xsaveopt,xgetbv1,mmxext,pdpe1gb,rdtscp,cr8legacy,abm,sse4a,virt-ssbd'
    const { missing } = compared({ cpu: hostModel, source: kvm(), target })
    assert.equal([...missing].sort(), said.split(',').sort())
  })

  it('misses nothing that it does not have, or that QEMU makes', () => {
    // vme is disabled in the guest; topoext is in no list of features of either host.
    assert.ok(hostModel.hidden.includes('vme') && hostModel.required.includes('topoext'))
    assert.equal(compared({ cpu: hostModel, source: kvm(), target: without('vme', 'npt') }).missing, [])
    const small = ofXml("<cpu mode='custom' match='exact' check='full'><model>qemu64</model></cpu>")
    const { missing, relation } = compared({ cpu: small, source: kvm(), target: kvm({ features: ['fpu'] }) })
    assert.equal({ missing, relation }, { missing: [], relation: 'superset' })
  })

  it('started anew, a definition that follows its host follows the target', () => {
    for (const cpu of [passthrough, ofXml("<cpu mode='host-model'/>")])
      assert.equal(compared({ cpu, source: kvm(), target: without('avx2'), live: false }).missing, [])
    // A definition that asks for what this processor has not would not start here either.
    const fixed = ofXml("<cpu mode='custom'><model>Opteron_G2</model></cpu>")
    assert.equal(compared({ cpu: fixed, source: kvm(), target: without('avx2'), live: false }).missing, ['vme', 'avx2'])
    const unchecked = ofXml("<cpu mode='custom' check='none'><model>Opteron_G2</model></cpu>")
    assert.equal(compared({ cpu: unchecked, source: kvm(), target: without('avx2'), live: false }).missing, [])
  })

  it('knows a model that the QEMU there does not know, and what a guest forbids its host', () => {
    const cpu = ofXml("<cpu mode='custom'><model>EPYC-Turin</model></cpu>")
    assert.equal(compared({ cpu, source: kvm(), target: kvm() }).modelKnown, false)
    const strict = ofXml("<cpu mode='custom'><model>qemu64</model><feature policy='forbid' name='avx2'/></cpu>")
    assert.equal(compared({ cpu: strict, source: kvm(), target: kvm() }).unwanted, ['avx2'])
    assert.equal(compared({ cpu: strict, source: kvm(), target: without('avx2') }).unwanted, [])
  })

  it('started anew, needs a model that is known there, whoever compares', () => {
    const unknownModel = ofXml("<cpu mode='custom' check='none'><model>EPYC-Turin</model></cpu>")
    assert.is(compared({ cpu: unknownModel, source: kvm(), target: kvm(), live: false }).modelKnown, false)
  })

  it('is not compared with a host of another hypervisor', () => {
    const [own, other] = [
      { ...kvm(), platform: { hosts: known('kvm') } },
      { ...kvm(), platform: { hosts: known('xen') } },
    ]
    assert.is(compared({ cpu: passthrough, source: own, target: other }).gap, 'unsupported')
    assert.is(compared({ cpu: passthrough, source: own, target: own }).relation, 'identical')
  })

  it('an emulated guest needs nothing of the processor', () => {
    const { relation } = compared({ cpu: passthrough, type: 'qemu', source: kvm(), target: without('avx2') })
    assert.is(relation, 'superset')
  })

  it('is guessed by /proc/cpuinfo where one host has no notes, and that is said', () => {
    const [all, less] = [flags('sse', 'sse4_2', 'avx2', 'ssbd'), flags('sse', 'sse4_2')]
    const { source, missing, modelKnown } = compared({ cpu: passthrough, source: all, target: less })
    assert.equal({ source, missing, modelKnown }, { source: 'cpuinfo', missing: ['avx2'], modelKnown: true })
    assert.equal(compared({ cpu: passthrough, source: kvm(), target: less }).source, 'cpuinfo')
    const model = compared({ cpu: ofXml("<cpu mode='custom'><model>EPYC</model></cpu>"), source: all, target: less })
    assert.equal(model.missing, ['avx2'])
    assert.ok(isUnknown(model.modelKnown))
    assert.is(
      compared({ cpu: ofXml("<cpu mode='custom'><model>Own</model></cpu>"), source: all, target: less }).gap,
      'unsupported',
    )
  })

  it('a gap of the better source is no leave to guess', () => {
    const dark = { ...kvm(), offers: { emulators: known([unknown('denied', 'notes')]) } }
    assert.is(compared({ cpu: passthrough, source: dark, target: kvm() }).gap, 'denied')
    assert.is(compared({ cpu: passthrough, source: kvm(), target: {} }).gap, 'not-recorded')
    assert.is(compared({ cpu: unknown('denied', 'x'), source: kvm(), target: kvm() }).gap, 'denied')
    const arm = { ...kvm(), cpu: { ...x86, x86: known(false) } }
    assert.is(compared({ cpu: passthrough, source: arm, target: arm }).gap, 'unsupported')
  })
})

describe('processors of a pair: Xen', (it) => {
  const policies = (text: string): AllFacts => ({
    cpu: x86,
    offers: { policies: known(parseXenPolicies(text)), hwCaps: known([]) },
  })
  const more = policies(read('cpus/xen-more-policies.txt'))
  const less = policies(read('hosts/xen-dom0/commands/xen-cpuid.out'))
  const plain = ofXl('')

  it('parts what Xen masks in silence from what it refuses', () => {
    const hvm = compared({ cpu: plain, type: 'pvh', source: more, target: less })
    assert.equal([...hvm.refused].sort(), ['fsgsbase', 'umip'])
    assert.equal([...hvm.lost].sort(), ['bmi1', 'bmi2', 'popcnt', 'rdrand', 'sse4.1', 'sse4.2', 'ssse3'])
    assert.equal([hvm.source, hvm.relation, hvm.leaves], ['xen-cpuid', 'incompatible', []])
    const pv = compared({ cpu: plain, type: 'pv', source: more, target: less })
    assert.equal([pv.refused, pv.lost.includes('fsgsbase')], [[], true])
  })

  it('a guest from which they were hidden misses none of them', () => {
    const cpu = ofXl('cpuid = "host,bmi1=0,bmi2=0,fsgsbase=0,popcnt=0,rdrand=0,sse4.1=0,sse4.2=0,ssse3=0,umip=0"')
    const { missing, relation } = compared({ cpu, type: 'hvm', source: more, target: less })
    assert.equal({ missing, relation }, { missing: [], relation: 'superset' })
  })

  it('to more is never worse, and started anew nothing is missing', () => {
    for (const type of ['pv', 'hvm', 'pvh']) {
      assert.equal(compared({ cpu: plain, type, source: less, target: more }).relation, 'superset')
      assert.equal(compared({ cpu: plain, type, source: less, target: less }).relation, 'identical')
      assert.equal(compared({ cpu: plain, type, source: more, target: less, live: false }).missing, [])
    }
  })

  it('gives what a guest asks for beyond the default, and SVM with all it can do only to guests that have it', () => {
    const noSvm = policies(
      read('hosts/xen-dom0/commands/xen-cpuid.out')
        .replace(/^( +80000001:ffffffff -> \w+:\w+):00000007/gm, '$1:00000003')
        .replace(/^ +8000000a.*\n/gm, ''),
    )
    assert.equal(compared({ cpu: plain, type: 'hvm', source: less, target: noSvm }).missing, [])
    const nested = compared({ cpu: ofXl('nestedhvm = 1'), type: 'hvm', source: less, target: noSvm })
    assert.ok(nested.missing.includes('svm') && nested.missing.includes('npt'))
    assert.ok(
      compared({ cpu: ofXl('cpuid = "host,svm=1"'), type: 'hvm', source: less, target: noSvm }).missing.includes('svm'),
    )
  })

  it('tells leaves and MSRs that end earlier there', () => {
    const text = read('hosts/xen-dom0/commands/xen-cpuid.out')
    const short = policies(
      text
        .replace(/^( +00000000:ffffffff -> )0000000d/gm, '$10000000b')
        .replace(/^( +80000000:ffffffff -> )80000021/gm, '$180000008'),
    )
    assert.equal(compared({ cpu: plain, type: 'hvm', source: less, target: short }).leaves, [
      'leaves up to 0xd, there 0xb',
      'extended leaves up to 0x80000021, there 0x80000008',
    ])
    const faulting = policies(text.replace(/000000ce -> 0000000000000000/g, '000000ce -> 0000000080000000'))
    const without = policies(text.replace(/000000ce -> 0000000080000000/g, '000000ce -> 0000000000000000'))
    assert.equal(compared({ cpu: plain, type: 'hvm', source: faulting, target: without }).leaves, [
      'MSR_PLATFORM_INFO 0x80000000, there 0x0',
    ])
  })

  it('is told by xl info without xen-cpuid, and by cpuinfo where Xen is old', () => {
    const caps = (...list: string[]): AllFacts => ({ cpu: x86, offers: { policies: known([]), hwCaps: known(list) } })
    const told = compared({
      cpu: plain,
      type: 'hvm',
      source: caps('fpu', 'avx2', 'smep', 'x2apic', 'est'),
      target: caps('fpu'),
    })
    assert.equal([told.source, told.lost, told.refused], ['xl info', ['avx2'], ['smep']])
    assert.equal(compared({ cpu: plain, type: 'pv', source: caps('fpu', 'smep'), target: caps('fpu') }).missing, [])
    const old = (...list: string[]): AllFacts => ({
      cpu: { ...x86, flags: known(list) },
      offers: { policies: known([]), hwCaps: known([]) },
    })
    const guessed = compared({ cpu: plain, type: 'pv', source: old('fpu', 'sse4_1', 'nx'), target: old('fpu') })
    assert.equal([guessed.source, guessed.missing, guessed.lost], ['cpuinfo', ['sse4.1', 'nx'], ['sse4.1']])
    const dark: AllFacts = { cpu: x86, offers: { policies: known([]) } }
    assert.is(compared({ cpu: plain, type: 'pv', source: caps('fpu'), target: dark }).gap, 'not-recorded')
  })
})
