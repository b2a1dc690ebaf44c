import { isCelError, run } from '@bufbuild/cel'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { condition, evaluate } from '../../src/engine/conditions.ts'
import { namespaceView } from '../../src/engine/view.ts'
import { known, unknown } from '../../src/evidence/result.ts'
import { describe } from '../describe.ts'

/** Facts of both engines; `gone` is a gap for us and a missing key for the other, which is an error to both. */
const FACTS = { low: 1, high: 7, on: true, off: false, list: [1, 7, 9], names: ['a', 'b'], name: 'a' }
const numbers = fc.constantFrom('f.low', 'f.high', 'f.gone', '3.0', '7.0')
const texts = fc.constantFrom('f.name', '"b"', '"z"')

const { boolean } = fc.letrec<{ boolean: string }>((tie) => ({
  boolean: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('f.on', 'f.off', 'f.gone > 1.0'),
    fc.tuple(numbers, fc.constantFrom('<', '<=', '>', '>=', '==', '!='), numbers).map((parts) => parts.join(' ')),
    fc.tuple(texts, fc.constantFrom('==', '!='), texts).map((parts) => parts.join(' ')),
    texts.map((text) => `${text} in f.names`),
    numbers.map((number) => `f.list.exists(x, x > ${number})`),
    numbers.map((number) => `f.list.all(x, x < ${number} || x == 9.0)`),
    tie('boolean').map((inner) => `!(${inner})`),
    fc.tuple(tie('boolean'), fc.constantFrom('&&', '||'), tie('boolean')).map(([a, sign, b]) => `(${a} ${sign} ${b})`),
    fc.tuple(tie('boolean'), tie('boolean'), tie('boolean')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
  ),
}))

const ours = namespaceView('f', {
  ...Object.fromEntries(Object.entries(FACTS).map(([name, value]) => [name, known(value)])),
  gone: unknown('denied', 'a file'),
})

function oracle(source: string): unknown {
  try {
    const value = run(source, { f: FACTS as never })
    return isCelError(value) ? 'unknown' : value
  } catch {
    return 'unknown'
  }
}

describe('conditions, against another implementation of CEL', (it) => {
  it('decide alike, gaps and all', () => {
    let unknowns = 0
    fc.assert(
      fc.property(boolean, (source) => {
        const verdict = evaluate(condition(source), { f: ours })
        const got = verdict.gap ? 'unknown' : verdict.value
        if (got === 'unknown') unknowns++
        assert.is(got, oracle(source), source)
      }),
      { numRuns: 500, seed: 42 },
    )
    assert.ok(unknowns > 20, 'gaps must have mattered')
  })
})
