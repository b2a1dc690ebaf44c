import * as assert from 'uvu/assert'
import { judge } from '../../src/engine/judge.ts'
import type { Rule } from '../../src/engine/rule.ts'
import { locate } from '../../src/evidence/locate.ts'
import { known, unknown } from '../../src/evidence/result.ts'
import type { Finding } from '../../src/types.ts'
import { describe } from '../describe.ts'

const rule: Rule = {
  id: 'bridge-missing',
  area: 'network',
  file: 'rules/network/bridge-missing.yaml',
  title: 'A bridge is missing',
  severity: 'error',
  tags: [],
  each: { name: 'nic', list: 'guests.interfaces' },
  subject: 'guest {nic.guest}',
  when: '!(nic.bridge in network.bridgeNames)',
  says: 'wants {nic.bridge}; there are {network.bridgeNames} and {{braces}}',
  why: 'Because.',
  fix: [
    { run: ['ip', 'link', 'add', '{nic.bridge}', 'type', 'bridge'] },
    { do: 'Only for web1.', if: 'nic.guest == "web1"' },
  ],
  documented: [{ in: 'a-guide', section: '1.2' }],
  formerly: [],
  namespaces: [],
  facts: ['guests.interfaces', 'network.bridgeNames'],
}

const web1 = locate({ guest: 'web1', bridge: 'br9' }, { ask: 'x', path: '/etc/xen/web1', line: 7 })
const web2 = { guest: 'web2', bridge: 'br0' }
const bridgeNames = known(['br0'], { ask: 'list', path: '/sys/class/net' })
const outcomes = (findings: readonly Finding[]): string[] =>
  findings.map(({ subject, outcome }) => `${subject}: ${outcome}`)

describe('judging', (it) => {
  it('gives one verdict an item, with its evidence, its sentence and the steps that fit', () => {
    const [first, second] = judge([rule], { guests: { interfaces: known([web1, web2]) }, network: { bridgeNames } })
    assert.equal(outcomes([first!, second!]), ['guest web1: problem', 'guest web2: ok'])
    assert.is(first!.says, 'wants br9; there are br0 and {braces}')
    assert.equal(
      first!.evidence.map(({ path, line }) => [path, line]),
      [
        ['/etc/xen/web1', 7],
        ['/sys/class/net', undefined],
      ],
    )
    assert.is(first!.fix.length, 2)
    assert.equal(first!.fix[0], { run: ['ip', 'link', 'add', 'br9', 'type', 'bridge'] })
    assert.equal(second!.fix, [])
  })

  it('says unknown once for the items of a list that were not gathered', () => {
    const interfaces = known([web2, unknown('denied', 'file /etc/xen/web3')])
    const findings = judge([rule], { guests: { interfaces }, network: { bridgeNames } })
    assert.equal(outcomes(findings), ['guest web2: ok', ': unknown'])
    assert.is(findings[1]!.missing[0]!.gap, 'denied')
  })

  it('is unknown where the whole list is not known', () => {
    const findings = judge([rule], {
      guests: { interfaces: unknown('timeout', 'run xl list') },
      network: { bridgeNames },
    })
    assert.equal(outcomes(findings), [': unknown'])
    assert.is(findings[0]!.missing[0]!.ask, 'run xl list')
  })

  it('has nothing to say of an empty list', () => {
    assert.equal(judge([rule], { guests: { interfaces: known([]) }, network: { bridgeNames } }), [])
  })

  it('prints a gap in a sentence as a question mark', () => {
    const says = 'there is {network.name}'
    const facts = { guests: { interfaces: known([web1]) }, network: { bridgeNames, name: unknown('denied', 'x') } }
    assert.is(judge([{ ...rule, says }], facts)[0]!.says, 'there is ?')
  })

  it('prints a question mark for what is not known of a list, also of one inside a list', () => {
    const gap = unknown('denied', 'x')
    const says = 'there are {network.bridgeNames}, as in {network.groups}'
    const facts = { guests: { interfaces: known([web1]) } }
    const network = { bridgeNames: known(['br0', gap]), groups: known([['a', gap], ['b']]) }
    const when = 'nic.bridge == "br9"'
    assert.is(judge([{ ...rule, when, says }], { ...facts, network })[0]!.says, 'there are br0, ?, as in a, ?, b')
  })

  it('tells items with one subject apart by their files, by their lines, or else by their order', () => {
    const at = (path: string, line: number) => locate({ guest: 'web1', bridge: 'br9' }, { ask: path, path, line })
    const subjects = (...items: object[]): string[] =>
      judge([rule], { guests: { interfaces: known([web2, ...items]) }, network: { bridgeNames } })
        .map(({ subject }) => subject)
        .slice(1)
    assert.equal(subjects(at('/a', 1)), ['guest web1'])
    assert.equal(subjects(at('/a', 1), at('/b', 1)), ['guest web1 (/a)', 'guest web1 (/b)'])
    assert.equal(subjects(at('/a', 1), at('/a', 2)), ['guest web1 (/a:1)', 'guest web1 (/a:2)'])
    assert.equal(subjects(at('/a', 1), at('/a', 1)), ['guest web1 (1 of 2)', 'guest web1 (2 of 2)'])
  })

  it('skips a rule that does not apply, and does not know where it cannot tell', () => {
    const applies = 'platform.hosts == "xen"'
    const facts = { guests: { interfaces: known([web1]) }, network: { bridgeNames } }
    assert.is(judge([{ ...rule, applies }], { ...facts, platform: { hosts: known('kvm') } })[0]!.outcome, 'skipped')
    assert.is(
      judge([{ ...rule, applies }], { ...facts, platform: { hosts: unknown('denied', 'x') } })[0]!.outcome,
      'unknown',
    )
  })

  it('goes on after a rule that breaks, and says that it broke', () => {
    const broken = { ...rule, id: 'broken', when: 'network.bridgeNames > 3' }
    const findings = judge([broken, rule], { guests: { interfaces: known([web2]) }, network: { bridgeNames } })
    assert.equal(
      findings.map(({ rule: id, outcome }) => [id, outcome]),
      [
        ['broken', 'unknown'],
        ['bridge-missing', 'ok'],
      ],
    )
    assert.match(findings[0]!.missing[0]!.detail ?? '', 'the rule broke')
  })
})
