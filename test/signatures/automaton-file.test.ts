import * as assert from 'uvu/assert'
import { buildAutomaton } from '../../src/signatures/automaton.ts'
import { packAutomaton, unpackAutomaton } from '../../src/signatures/automaton-file.ts'
import { compileSignatures } from '../../src/signatures/signature-set.ts'
import { describe } from '../describe.ts'

const rule = (id: string, literal: string) => ({
  id,
  keys: [],
  log: { in: [], match: [{ regexp: literal, literals: [literal] }], context: [] },
})

describe('an automaton in a file', (it) => {
  it('is the same when it is read again', () => {
    for (const literals of [['kernel panic'], ['abcd', 'bcde', 'x'.repeat(12), 'odd lengths']]) {
      const made = buildAutomaton(literals)
      const read = unpackAutomaton(packAutomaton(made))
      assert.equal(
        { ...read, plain: [...read.plain], accepting: [...read.accepting] },
        { ...made, plain: [...made.plain], accepting: [...made.accepting] },
      )
    }
  })

  it('serves fewer rules than it was made for, and no others', () => {
    const all = buildAutomaton(['kernel panic', 'out of memory'])
    assert.is(compileSignatures([rule('a', 'out of memory')], all).automaton, all)
    assert.is.not(compileSignatures([rule('b', 'something else')], all).automaton, all)
    const { endingAt } = compileSignatures([rule('a', 'out of memory')], all)
    assert.equal([endingAt(0), endingAt(1)].sort(), [[], [0]])
  })
})
