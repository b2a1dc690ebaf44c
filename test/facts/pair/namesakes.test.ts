import * as assert from 'uvu/assert'
import { isUnknown, known, unknown } from '../../../src/evidence/result.ts'
import { namesakes } from '../../../src/facts/pair/namesakes.ts'
import { describe } from '../../describe.ts'

const gap = unknown('denied', 'xl list -l')
const host = (...all: unknown[]) => ({ guests: { all: known(all) } })
const found = (target: Parameters<typeof namesakes>[0], by: 'name' | 'uuid', value: unknown) => {
  const result = namesakes(target, by, value)
  return result.ok ? result.value.map((one) => (isUnknown(one) ? one.gap : (one as { name: string }).name)) : result.gap
}

describe('namesakes', (it) => {
  const target = host({ name: 'web1', uuid: 'u1' }, { name: 'web1', uuid: 'u2' }, { name: 'db1', uuid: 'u1' })

  it('are found by name, and by UUID', () => {
    assert.equal(found(target, 'name', 'web1'), ['web1', 'web1'])
    assert.equal(found(target, 'uuid', 'u1'), ['web1', 'db1'])
    assert.equal(found(target, 'name', 'web2'), [])
  })

  it('may be among those of which nobody knows anything', () => {
    assert.equal(found(host({ name: 'db1', uuid: 'u' }, gap), 'name', 'web1'), ['denied'])
    assert.equal(found(host({ name: 'db1', uuid: gap }), 'uuid', 'u1'), ['denied'])
    assert.is(found({}, 'name', 'web1'), 'not-recorded')
    assert.is(found(target, 'uuid', gap), 'denied')
  })
})
