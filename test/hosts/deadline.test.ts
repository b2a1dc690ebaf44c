import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { deadline } from '../../src/hosts/deadline.ts'
import { describe } from '../describe.ts'

const busy = (ms: number): void => {
  const until = performance.now() + ms
  while (performance.now() < until);
}

/** The machine that tests run on may be busy. */
async function until(done: () => boolean): Promise<void> {
  for (let waited = 0; waited < 5000 && !done(); waited += 20) await sleep(20)
}

describe('deadlines', (it) => {
  it('call back when the time has passed, unless cancelled', async () => {
    let called = 0
    deadline(20, () => called++)
    deadline(20, () => called++)()
    await until(() => called > 0)
    await sleep(60)
    assert.is(called, 1)
  })

  it('do not count the time in which we could not listen', async () => {
    const order: string[] = []
    deadline(40, () => order.push('late'))
    setTimeout(() => setTimeout(() => order.push('answer'), 30), 10)
    busy(400)
    await until(() => order.length === 2)
    assert.equal(order, ['answer', 'late'])
  })
})
