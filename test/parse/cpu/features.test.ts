import fastGlob from 'fast-glob'
import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import {
  featureNamed,
  featurePlaces,
  featuresIn,
  featuresOfFlags,
  featuresOfHwCaps,
} from '../../../src/parse/cpu/features.ts'
import { cpuModels } from '../../../src/parse/cpu/models.ts'
import { parseQemuCaps } from '../../../src/parse/cpu/qemu-caps.ts'
import { parseXlCpuid, xlKey } from '../../../src/parse/cpu/xl-cpuid.ts'
import { parseXenPolicies } from '../../../src/parse/cpu/xen-policy.ts'
import { findAll, parseXml, textOf } from '../../../src/parse/xml.ts'
import { describe } from '../../describe.ts'

const read = (name: string): string => readFileSync(`fixtures/cpus/${name}`, 'utf8')
const flagsOf = (cpuinfo: string): string[] => /^flags\s*: (.*)$/m.exec(cpuinfo)![1]!.split(' ')
const sorted = (list: Iterable<string>): string[] => [...list].sort()

/** A model and its changes, spelt out. */
function spelt(xml: string): Set<string> {
  const cpu = parseXml(xml)
  const features = new Set(cpuModels().get(textOf(cpu, 'model'))!.features)
  for (const { attributes } of findAll(cpu, 'feature'))
    if (attributes['policy'] === 'disable') features.delete(attributes['name']!)
    else features.add(attributes['name']!)
  return features
}

describe('features of processors', (it) => {
  it('have one place each, and each place one name', () => {
    const places = [...featurePlaces().values()].map(({ register, bit }) => `${register} ${bit}`)
    assert.is(new Set(places).size, places.length)
    assert.ok([...featurePlaces().values()].every(({ bit }) => bit >= 0 && bit < 32))
    assert.equal(featurePlaces().get('sse4.2'), { register: '1.ecx', bit: 20 })
    assert.equal(featurePlaces().get('nx'), { register: '80000001.edx', bit: 20 })
  })

  it('are found by the names of the kernel, of QEMU and of Xen', () => {
    for (const [foreign, own] of [
      ['sse4_1', 'sse4.1'],
      ['sse4-1', 'sse4.1'],
      ['pclmulqdq', 'pclmuldq'],
      ['sse3', 'pni'],
      ['avx512_vnni', 'avx512vnni'],
      ['arch_capabilities', 'arch-capabilities'],
      ['tsc_deadline_timer', 'tsc-deadline'],
      ['lahf-lm', 'lahf_lm'],
      ['cr8_legacy', 'cr8legacy'],
      ['nonstop_tsc', 'invtsc'],
      ['rep_good', undefined],
      ['constant_tsc', undefined],
    ] as const)
      assert.is(featureNamed(foreign), own, foreign)
  })

  it('are what libvirt makes of the same processor that the kernel shows', () => {
    const libvirt = spelt(read('epyc-capabilities.xml'))
    const kernel = featuresOfFlags(flagsOf(read('epyc-cpuinfo.txt')))
    // osxsave is not in /proc/cpuinfo.
    assert.equal(sorted(kernel), sorted([...libvirt].filter((feature) => feature !== 'osxsave')))
  })

  it('have the names that xen-cpuid gives them', () => {
    const [host] = /^Host [^]*?^(?=PV Default)/m.exec(read('xen-detail.txt'))!
    const words = [...host!.matchAll(/\[\d\d\] CPUID 0x(\S+?)\.e..\s(.*)$/gm)]
    // Of this leaf AMD repeats another one.
    const shown = words
      .flatMap(([, leaf, names]) => (leaf === '80000001' ? [] : names!.trim().split(/\s+/)))
      .filter(Boolean)
    // For people it cuts some names; in cpuid= "clflush" is a size.
    const keys = shown.map((name) => ({ hyper: 'hypervisor', clflush: 'clfsh' })[name] ?? name)
    const { hidden } = parseXlCpuid({
      kind: 'string',
      text: `host,${keys.map((key) => `${key}=0`).join(',')}`,
      line: 1,
    })
    const policy = parseXenPolicies(readFileSync('fixtures/hosts/xen-dom0/commands/xen-cpuid.out', 'utf8'))
    const own = policy
      .find(({ name }) => name === 'Host')!
      .features.filter((feature) => !/^800000(01|0a)/.test(featurePlaces().get(feature)!.register))
    assert.ok(own.length > 20)
    assert.equal(sorted(hidden), sorted(own))
  })

  it('are the same in hw_caps of xl info as in the policy of its Xen', () => {
    const [info] = fastGlob.sync('fixtures/hosts/xen-dom0/commands/*-xl-info.out')
    const caps = featuresOfHwCaps(/^hw_caps\s*: (.*)$/m.exec(readFileSync(info!, 'utf8'))![1]!)
    const policies = parseXenPolicies(readFileSync('fixtures/hosts/xen-dom0/commands/xen-cpuid.out', 'utf8'))
    const host = policies.find(({ name }) => name === 'Host')!.features
    // Eight words, which those of SVM and of leaf 0x80000021 are not among.
    const told = (feature: string): boolean => !/^800000(0a|21)/.test(featurePlaces().get(feature)!.register)
    assert.equal(sorted(caps), sorted(host.filter(told)))
    assert.throws(() => featuresOfHwCaps('bfebfbff:20000800'), 'no hw_caps')
  })

  it('of a bit that has no name are none', () => {
    assert.equal(featuresIn('1.edx', 1 << 10), [])
    assert.equal(featuresIn('12345.eax', 0xffffffff), [])
    assert.equal(featuresIn('1.ecx', 0x80000001 | 0), ['pni', 'hypervisor'])
  })

  it('of models have a place or are of a register that tells of flaws', () => {
    const others = new Set([...cpuModels().values()].flatMap(({ features }) => [...features]))
    assert.equal(sorted([...others].filter((feature) => !featurePlaces().has(feature))), [
      'ibrs-all',
      'mds-no',
      'pschange-mc-no',
      'rdctl-no',
      'skip-l1dfl-vmentry',
      'split-lock-detect',
      'taa-no',
    ])
    assert.ok(cpuModels().get('Skylake-Server')!.features.has('avx512f'))
    assert.not.ok(cpuModels().get('Haswell-noTSX')!.features.has('rtm'))
  })
})

describe("xen-cpuid's policies", (it) => {
  it('are read with leaves, subleaves and MSRs', () => {
    const policies = parseXenPolicies(read('xen-more-policies.txt'))
    assert.equal(
      policies.map(({ name }) => name),
      ['Raw', 'Host', 'PV Max', 'HVM Max', 'PV Default', 'HVM Default'],
    )
    const [, , , max, , given] = policies
    assert.equal(
      ['fsgsbase', 'bmi1', 'rdrand', 'umip'].map((feature) => given!.features.includes(feature)),
      [true, true, true, true],
    )
    assert.is(max!.maxLeaf, 0xd)
    assert.is(max!.maxExtended >>> 0, 0x80000021)
    assert.is(
      parseXenPolicies(
        'HVM Max policy: 1 leaves, 1 MSRs\n  00000000:ffffffff -> 0000000d:0:0:0\n  00000000:ffffffff -> 0000000d:68747541:444d4163:69746e65\n MSRs:\n  000000ce -> 0000000080000000\n',
      )[0]!.platformInfo,
      0x80000000,
    )
  })

  it('that say nothing are refused', () => {
    assert.throws(() => parseXenPolicies('Bad option'), 'no policies')
    assert.throws(() => parseXenPolicies('HVM Max policy: 0 leaves, 0 MSRs\n'), 'no leaf 0')
  })
})

describe("libvirt's notes of QEMU", (it) => {
  const notes = parseQemuCaps(read('epyc-notes.xml'))
  it('tell features by the names of libvirt, models with what they lack, machines with their limits', () => {
    assert.equal([notes.path, notes.arch, notes.kvm], ['/usr/bin/qemu-system-x86_64', 'x86_64', true])
    assert.ok(notes.features.includes('cmp_legacy') && notes.features.includes('kvmclock'))
    assert.not.ok(notes.features.includes('vme'))
    const epyc = notes.models.find(({ name }) => name === 'EPYC')!
    assert.equal([epyc.usable, epyc.blockers.includes('fxsr_opt')], [false, true])
    assert.is(notes.models.find(({ name }) => name === 'qemu64')!.usable, true)
    assert.equal(
      notes.machines.find(({ alias }) => alias === 'q35'),
      { name: 'pc-q35-7.2', alias: 'q35', maxCpus: 288 },
    )
    assert.match(notes.kernel, /^6\.1\.0-56-amd64 /)
  })

  it('of releases before 7 have machines for both ways of running', () => {
    const old = read('epyc-notes.xml').replace(/<machine type='kvm' /g, '<machine ')
    assert.equal(parseQemuCaps(old).machines, notes.machines)
  })

  it('that were cut short are refused', () => {
    assert.throws(() => parseQemuCaps(read('epyc-notes.xml').slice(0, -20)), 'no <qemuCaps>')
    assert.throws(
      () => parseQemuCaps(read('epyc-notes.xml').replace("<hostCPU type='kvm'", "<hostCPU type='tcg'")),
      'no <hostCPU>',
    )
    const without = read('epyc-notes.xml').replace("  <flag name='kvm'/>\n", '')
    assert.equal(parseQemuCaps(without).features, [])
  })
})

describe('cpuid= of xl', (it) => {
  const text = (written: string) => parseXlCpuid({ kind: 'string', text: written, line: 1 })
  const list = (...items: string[]) =>
    parseXlCpuid({
      kind: 'list',
      items: items.map((one) => ({ kind: 'string' as const, text: one, line: 1 })),
      line: 1,
    })

  it('is read in the way of libxl', () => {
    assert.equal(text('host,tm=0,sse3=0,avx2=x,rdrand=1,clfsh=0, cmpxchg16=0,vmx=k,nc=0,clflush=0,model=6'), {
      hidden: ['tm', 'pni', 'clflush', 'cx16'],
      required: ['rdrand', 'vmx'],
    })
    assert.equal(text('host'), { hidden: [], required: [] })
    assert.equal(parseXlCpuid(undefined), { hidden: [], required: [] })
  })

  it('is read in the way of xend, bit 31 first', () => {
    const bits = (...zero: number[]): string =>
      [...Array(32).keys()].map((at) => (zero.includes(31 - at) ? '0' : 'x')).join('')
    assert.equal(list(`1:ecx=${bits(0, 28)},edx=${bits(29)}`, `7,0:ebx=${bits(5)}`, `0x80000001:edx=${bits(20)}`), {
      hidden: ['pni', 'avx', 'tm', 'avx2', 'nx'],
      required: [],
    })
    assert.equal(list('nonsense', '1:ecx=0'), { hidden: [], required: [] })
  })

  it('has keys that read back as the features that they were made of', () => {
    const keys = [...featurePlaces().keys()].flatMap((feature) => {
      const key = xlKey(feature)
      return key === null ? [] : [[feature, key] as const]
    })
    assert.ok(keys.length > 180)
    for (const [feature, key] of keys) assert.equal(text(`host,${key}=0`).hidden, [feature], key)
  })
})
