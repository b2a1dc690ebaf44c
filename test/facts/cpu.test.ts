import * as assert from 'uvu/assert'
import { cpu } from '../../src/facts/cpu.ts'
import { describe } from '../describe.ts'
import { evidence, matches, value } from '../evidence.ts'

const processor = (n: number, extra: string, flags: string): string =>
  `processor\t: ${n}\nvendor_id\t: GenuineIntel\ncpu MHz\t\t: 2600.5\n${extra}flags\t\t: fpu lm nx ${flags}\n\n`
const facts = (text: string) => cpu.parse(evidence(cpu, [['/proc/cpuinfo', text]]))

describe('facts: cpu', (it) => {
  it('takes only the flags that every processor has, and names those that differ', () => {
    const { flags, uneven, vmx, nx } = facts(processor(0, '', 'vmx ept') + processor(1, '', 'ept'))
    assert.equal(value(flags), ['fpu', 'lm', 'nx', 'ept'])
    assert.equal(value(uneven), ['vmx'])
    assert.equal([value(vmx), value(nx)], [false, true])
  })

  it('counts threads, cores and packages', () => {
    const two = (n: number, core: number): string => processor(n, `physical id\t: 0\ncore id\t\t: ${core}\n`, '')
    const { count, cores, packages } = facts(two(0, 0) + two(1, 0) + two(2, 1) + two(3, 1))
    assert.equal([value(count), value(cores), value(packages)], [4, 2, 1])
  })

  it('takes a processor for a core where no topology is told', () => {
    const { cores, packages } = facts(processor(0, '', '') + processor(1, '', ''))
    assert.equal([value(cores), value(packages)], [2, 1])
  })

  it('reads ARM and Itanium', () => {
    assert.equal(value(facts('processor : 0\nFeatures : fp asimd\n').flags), ['fp', 'asimd'])
    assert.equal(value(facts('processor : 0\nvendor : GenuineIntel\nfeatures : branchlong\n').vendor), 'GenuineIntel')
  })

  it('knows nothing where the file holds no processor', () => {
    assert.is(value(facts('hello\n').vmx), 'malformed')
    assert.is(value(cpu.parse(evidence(cpu, [], 'not-recorded')).svm), 'not-recorded')
  })

  it('tells which processor it is, and whether it scales its TSC', () => {
    const intel = (more: string) =>
      facts(processor(0, `cpu family\t: 6\nmodel\t: 85\nstepping\t: 7\nmicrocode\t: 0x5003604\n${more}`, ''))
    const { family, modelNumber, stepping, microcode } = intel('')
    assert.equal([family, modelNumber, stepping, microcode].map(value), ['6', '85', '7', '0x5003604'])
    assert.is(value(intel('').tscScaling), 'unsupported')
    assert.is(value(intel('vmx flags\t: vnmi ept\n').tscScaling), false)
    assert.is(value(intel('vmx flags\t: vnmi tsc_scaling\n').tscScaling), true)
    assert.is(value(facts('processor : 0\nvendor_id : AuthenticAMD\nflags : fpu tsc_scale\n').tscScaling), true)
    assert.is(value(facts('processor : 0\nvendor_id : AuthenticAMD\nflags : fpu\n').tscScaling), false)
    assert.equal([value(facts('processor : 0\n').microcode), value(facts('processor : 0\n').family)], ['', ''])
  })

  it('lists flaws, and which of them are open', () => {
    const folder = '/sys/devices/system/cpu/vulnerabilities'
    const states = {
      mds: 'Vulnerable: Clear CPU buffers attempted, no microcode',
      l1tf: 'Not affected',
      meltdown: 'Mitigation: PTI',
      itlb_multihit: 'KVM: Vulnerable',
      srbds: 'Processor vulnerable',
    }
    const paths = Object.keys(states).map((name) => `${folder}/${name}`)
    const { flaws } = cpu.parse(
      evidence(cpu, [
        [{ file: `${folder}/*` }, matches(...paths)],
        ...Object.values(states).map((text, index) => [paths[index]!, `${text}\n`] as const),
      ]),
    )
    assert.equal(
      (value(flaws) as { name: string; vulnerable: boolean }[]).map(({ name, vulnerable }) => [name, vulnerable]),
      [
        ['mds', true],
        ['l1tf', false],
        ['meltdown', false],
        ['itlb_multihit', true],
        ['srbds', true],
      ],
    )
    assert.equal(value(facts('processor : 0\n').flaws), [])
  })
})
