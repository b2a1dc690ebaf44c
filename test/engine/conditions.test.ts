import * as assert from 'uvu/assert'
import { condition, evaluate, Linter } from '../../src/engine/conditions.ts'
import { namespaceView } from '../../src/engine/view.ts'
import { known, unknown } from '../../src/evidence/result.ts'
import { listOf, mapOf, nullable, number, object, string, strings } from '../../src/facts/schema.ts'
import type { FactSet } from '../../src/facts/fact-set.ts'
import type { Result } from '../../src/types.ts'
import { describe } from '../describe.ts'

const gap = unknown('denied', 'file /etc/shadow')
const nic = object({ name: string('Name'), mtu: number('bytes', 'MTU') }, 'A NIC')
const about = {
  nics: listOf(nic, 'NICs'),
  names: strings('Names'),
  count: number('count', 'How many'),
  gid: nullable(number('gid', 'Group')),
  options: mapOf(string('Value'), 'Options'),
}
const set: FactSet = { name: 'net', meaning: 'Test', about, asks: [], parse: () => ({}) }
const linter = new Linter([set])

/** true, false, or "unknown". */
function decide(source: string, facts: Record<string, Result<unknown>>): unknown {
  const verdict = evaluate(condition(source), { net: namespaceView('net', facts) })
  return verdict.gap ? 'unknown' : verdict.value
}

describe('conditions: three values', (it) => {
  it('is unknown where a fact is a gap', () => {
    assert.is(decide('net.count > 1', { count: gap }), 'unknown')
  })

  it('lets && and || decide without the gap, whichever side it is on', () => {
    for (const source of ['net.count > 1 && net.gid == 5', 'net.gid == 5 && net.count > 1']) {
      assert.is(decide(source, { count: gap, gid: known(4) }), false)
      assert.is(decide(source, { count: gap, gid: known(5) }), 'unknown')
    }
    for (const source of ['net.count > 1 || net.gid == 5', 'net.gid == 5 || net.count > 1']) {
      assert.is(decide(source, { count: gap, gid: known(5) }), true)
      assert.is(decide(source, { count: gap, gid: known(4) }), 'unknown')
    }
  })

  it('does not turn a gap round by negating it', () => {
    assert.is(decide('!(net.count > 1)', { count: gap }), 'unknown')
  })

  it('finds what it knows of a list that was gathered in part, and no more', () => {
    const names = known(['a', 'b', gap])
    assert.is(decide('"a" in net.names', { names }), true)
    assert.is(decide('"z" in net.names', { names }), 'unknown')
    assert.is(decide('!("z" in net.names)', { names }), 'unknown')
    assert.is(decide('net.names.exists(n, n == "b")', { names }), true)
    assert.is(decide('net.names.exists(n, n == "z")', { names }), 'unknown')
    assert.is(decide('net.names.all(n, n != "a")', { names }), false)
    assert.is(decide('net.names.all(n, n != "z")', { names }), 'unknown')
  })

  it('does not count a list that was gathered in part', () => {
    for (const source of ['size(net.names) > 0', 'net.names.size() > 0', 'net.nics.exists(n, size(net.names) > 0)']) {
      assert.is(decide(source, { names: known(['a', gap]), nics: known([{ name: 'x' }]) }), 'unknown', source)
      assert.is(decide(source, { names: known(['a']), nics: known([{ name: 'x' }]) }), true, source)
    }
  })

  it('knows the other fields of an item with a gap, and counts it', () => {
    const nics = known([{ mtu: gap, name: 'eth0' }])
    assert.is(decide('size(net.nics) == 1', { nics }), true)
    assert.is(decide('net.nics.exists(n, n.name == "eth0")', { nics }), true)
    assert.is(decide('net.nics.exists(n, n.mtu > 1500)', { nics }), 'unknown')
  })

  it('takes a key that a map lacks for unknown, and "in" for the question', () => {
    assert.is(decide('net.options["a"] == "1"', { options: known({}) }), 'unknown')
    assert.is(decide('"a" in net.options && net.options["a"] == "1"', { options: known({}) }), false)
    assert.is(decide('"a" in net.options && net.options["a"] == "1"', { options: known({ a: '1' }) }), true)
  })

  it('compares numbers with numbers of the other kind, and null with all', () => {
    const facts = { count: known(3), gid: known(null) }
    assert.is(decide('net.count == 3 && net.count * 2 == 6 && net.count % 2 == 1 && 4 - net.count == 1', facts), true)
    assert.is(decide('net.count in [1.0, 3.0]', facts), true)
    assert.is(decide('net.gid == null && net.count != null', facts), true)
  })

  it('names every gap that it met', () => {
    const { read } = evaluate(condition('net.count > 1 || net.gid == 5'), {
      net: namespaceView('net', { count: gap, gid: unknown('timeout', 'run getent') }),
    })
    assert.equal(
      read.missing.map(({ fact }) => fact),
      ['net.count', 'net.gid'],
    )
  })
})

describe('conditions: checked before they run', (it) => {
  const wrong = (source: string): string => {
    const result = linter.check(source, { name: 'nic', list: 'net.nics' })
    return 'message' in result ? result.message : `no error, ${result.type}`
  }

  it('knows the types of facts, items and loop variables', () => {
    for (const source of [
      'nic.mtu > 1500 && nic.name in net.names',
      'net.count == 3 && net.gid == null',
      'size(net.nics) > 2',
      'net.nics.exists(n, n.mtu == 9000)',
      'net.count in [1.0, 2.0]',
      'atLeast(nic.name, "4.17")',
      '"x" in net.options && net.options["x"] == ""',
    ]) {
      assert.is(wrong(source), 'no error, bool', source)
    }
  })

  it('says what a misspelt name could have been', () => {
    assert.match(wrong('net.cuont > 1'), 'unknown fact net.cuont, did you mean net.count?')
    assert.match(wrong('nte.count > 1'), /unknown fact nte.*did you mean net\?/)
    assert.match(wrong('nic.mut > 1'), 'unknown field nic.mut, did you mean mtu?')
    assert.match(wrong('has(net.nope)'), 'unknown fact net.nope')
  })

  it('refuses types that do not go together', () => {
    assert.match(wrong('nic.mtu == "1500"'), 'no such overload')
    assert.match(wrong('net.names'), 'no error, list')
  })
})
