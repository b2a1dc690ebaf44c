import * as assert from 'uvu/assert'
import { Linter } from '../../src/engine/conditions.ts'
import { readRule } from '../../src/engine/rule-file.ts'
import { cpu } from '../../src/facts/cpu.ts'
import { kvm } from '../../src/facts/kvm.ts'
import { UserError } from '../../src/types.ts'
import { describe } from '../describe.ts'

const linter = new Linter([kvm, cpu])
const good = `title: T
severity: error
when: >-
  !kvm.active && "x" in kvm.modules
says: "loaded are {kvm.modules}"
why: W
fix:
  - { do: Load it., if: cpu.vmx }
documented:
  - { in: a-guide, section: 34.10 }
`
const read = (text: string, file = 'rules/kvm/some-rule.yaml') => readRule(text, file, linter)

function refusal(text: string, file?: string): string {
  try {
    read(text, file)
  } catch (error) {
    assert.instance(error, UserError)
    return `${(error as UserError).message} ${(error as UserError).hint ?? ''}`
  }
  return 'no error'
}

describe('rule files', (it) => {
  it('gives the rule its name and shelf from the path, and its facts from the conditions', () => {
    const rule = read(good)
    assert.equal([rule.id, rule.area, rule.facts], ['some-rule', 'kvm', ['kvm.active', 'kvm.modules']])
  })

  it('keeps numbers that are no numbers', () => {
    assert.is(read(good).documented[0]!.section, '34.10')
  })

  it('names the line of an unknown fact, and the one that was meant', () => {
    const text = good.replace('kvm.active', 'kvm.actvie')
    assert.match(refusal(text), 'rules/kvm/some-rule.yaml:3: unknown fact kvm.actvie, did you mean kvm.active?')
    assert.match(refusal(good.replace('{kvm.modules}', '{kvm.moduls}')), ':5: unknown fact kvm.moduls')
    assert.match(refusal(good.replace('if: cpu.vmx', 'if: cpu.vxm')), ':8: unknown fact cpu.vxm, did you mean cpu.vmx?')
  })

  it('names an unknown key, and the one that was meant', () => {
    assert.match(refusal(good.replace('severity', 'severty')), 'unknown key "severty"; did you mean "severity"?')
  })

  it('refuses what YAML would silently bend', () => {
    assert.match(refusal(good.replace('when: >-\n  !kvm.active', 'when: !kvm.active')), 'must stand in a block')
    assert.match(refusal(good.replace('title: T', 'title: &a T')), 'anchors')
    assert.match(refusal(`${good}title: twice\n`), /:\d+: .*unique/)
  })

  it('refuses a condition that is no yes or no, and a brace that is left open', () => {
    assert.match(refusal(good.replace('!kvm.active && "x" in kvm.modules', 'kvm.modules')), 'must be true or false')
    assert.match(refusal(good.replace('{kvm.modules}', '{kvm.modules')), 'not closed')
  })

  it('refuses names that are not kebab-case, a wrong severity, and a rule without a cure', () => {
    assert.match(refusal(good, 'rules/kvm/Some_Rule.yaml'), 'kebab-case')
    assert.match(refusal(good.replace('error', 'fatal')), 'severity')
    assert.match(refusal(good.replace('  - { do: Load it., if: cpu.vmx }', '  []')), 'fix')
  })

  it('wants of a rule over a guest and its hosts when it stops, and only what it may read', () => {
    const over = (kind: string, when: string): string =>
      good
        .replace(/when: >-\n.*\n/, `when: >-\n  ${when}\n`)
        .replace('{kvm.modules}', '{pair.toolstack}')
        .replace(', if: cpu.vmx', '') + `for: ${kind}\nphase: target\n`
    assert.is(read(over('pair', 'source.kvm.active')).pair!.start, false)
    assert.is(read(over('target', 'target.kvm.active')).pair!.start, true)
    assert.match(refusal(over('target', 'source.kvm.active')), 'unknown fact source')
    assert.match(refusal(over('pair', 'source.kvm.active').replace('phase: target\n', '')), 'phase')
    assert.match(refusal(`${good}phase: target\n`), 'only a rule with "for"')
    const words = `${over('pair', 'source.kvm.active')}words:\n  xl: "no {pair.toolstack}"\n`
    assert.match(refusal(words), 'xl does not stand in "by"')
    assert.equal(read(`${words}by: [xl]\n`).pair!.words, { xl: 'no {pair.toolstack}' })
    assert.match(refusal(`${words.replace('toolstack}"', 'toolstick}"')}by: [xl]\n`), 'did you mean pair.toolstack')
  })

  it('lets only rules about the host itself say that they prevent a start', () => {
    assert.is(read(`${good}prevents: start\n`).prevents, 'start')
    const message = `${good.replace(/when: >-\n.*\n/, '')}log: { match: "no such bridge" }\nconfidence: certain\n`
    assert.match(refusal(`${message}prevents: start\n`), 'has "prevents"')
  })

  it('wants a list of facts after each, and a subject beside it', () => {
    assert.match(refusal(`${good}each: m in kvm.modlues\nsubject: "{m}"\n`), 'did you mean kvm.modules?')
    assert.match(refusal(`${good}each: m in kvm.modules\n`), 'subject')
    assert.match(refusal(`${good}each: function in kvm.modules\nsubject: s\n`), 'reserved')
    assert.is(read(`${good}each: m in kvm.modules\nsubject: "module {m}"\n`).each!.list, 'kvm.modules')
  })
})
