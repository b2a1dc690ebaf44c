import * as assert from 'uvu/assert'
import { known, unknown } from '../../../src/evidence/result.ts'
import { openFlaws } from '../../../src/facts/pair/flaws.ts'
import { describe } from '../../describe.ts'
import { value } from '../../evidence.ts'

const flaw = (name: string, vulnerable: boolean) => ({ name, state: '', vulnerable })
const host = (...flaws: unknown[]) => ({ cpu: { flaws: known(flaws) } })

describe('flaws of a pair', (it) => {
  it('are those that the target has open and the source has not', () => {
    const source = host(flaw('mds', false), flaw('l1tf', true), flaw('meltdown', false))
    const target = host(flaw('mds', true), flaw('l1tf', true), flaw('meltdown', false), flaw('tsa', true))
    assert.equal(value(openFlaws(source, target)), ['mds'])
    assert.equal(value(openFlaws(target, source)), [])
    assert.equal(value(openFlaws(source, source)), [])
  })

  it('are not known where one of them could not be read', () => {
    const dark = host(unknown('denied', 'x'), flaw('mds', false))
    assert.is((value(openFlaws(dark, host(flaw('mds', true)))) as unknown[]).length, 2)
    assert.is((value(openFlaws(host(), dark)) as unknown[]).length, 1)
    assert.is(value(openFlaws({}, dark)), 'not-recorded')
  })
})
