import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { deadline } from '../../src/hosts/deadline.ts'
import { describe } from '../describe.ts'

const busy = (ms: number): void => {
  const until = performance.now() + ms
  while (performance.now() < until);
}

describe('deadlines', (it) => {
  it('call back when the time has passed, unless cancelled', async () => {
    let called = 0
    deadline(20, () => called++)
    deadline(20, () => called++)()
    await sleep(80)
    assert.is(called, 1)
  })

  it('do not count the time in which we could not listen', async () => {
    const order: string[] = []
    deadline(40, () => order.push('late'))
    setTimeout(() => setTimeout(() => order.push('answer'), 30), 10)
    busy(150)
    await sleep(250)
    assert.equal(order, ['answer', 'late'])
  })
})
