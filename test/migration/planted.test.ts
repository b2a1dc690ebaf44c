import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { readCoverage } from '../../src/engine/declined.ts'
import type { Side } from '../../src/migration/guest.ts'
import { readiness } from '../../src/migration/ready.ts'
import { describe } from '../describe.ts'
import { machine, rules } from './machines.ts'
import { all, hostsOf, type Plant } from './plants.ts'
import type { Stage } from './scenes.ts'
import { KVM_STAGES } from './stages-kvm.ts'
import { XEN_STAGES } from './stages-xen.ts'

const STAGES = [...KVM_STAGES, ...XEN_STAGES]

const found = (stage: Stage, side: Side, plants: readonly Plant[]): string[] => {
  const hosts = hostsOf(side, all(...plants.map((one) => one.with))(stage.scene))
  return readiness('web1', rules, { ...hosts, offline: stage.offline, version: '1' })
    .findings.filter(({ outcome }) => outcome === 'problem')
    .map(({ rule, subject }) => `${rule} ${subject}`.trim())
    .sort()
}
const RUNS = { numRuns: 40 }

describe('faults planted in healthy pairs', (it) => {
  for (const [index, stage] of STAGES.entries()) {
    const name = `${stage.machine}, ${stage.offline ? 'shut down' : 'live'} (${index + 1})`

    it(`are found alone, and the pair without them is ready: ${name}`, async () => {
      const side = await machine(stage.machine)
      assert.equal(found(stage, side, []), [])
      for (const one of stage.plants) assert.equal(found(stage, side, [one]), [one.finds])
    })

    it(`are found together, just these: ${name}`, async () => {
      const side = await machine(stage.machine)
      fc.assert(
        fc.property(fc.subarray([...stage.plants]), (some) => {
          assert.equal(found(stage, side, some), some.map(({ finds }) => finds).sort())
        }),
        RUNS,
      )
    })
  }

  it('there is one for each rule that stands for a condition of a migration', () => {
    const planted = new Set(STAGES.flatMap(({ plants }) => plants.map(({ finds }) => finds.split(' ')[0])))
    const named = readCoverage('rules').conditions.flatMap(({ key, rules: ids }) => (key.startsWith('B') ? [] : ids))
    // What only trying can tell is no fact of a recording.
    const facts = rules.filter(({ pair, namespaces }) => pair && !namespaces.includes('probe')).map(({ id }) => id)
    const open = [...new Set(named)].filter((id) => facts.includes(id) && !planted.has(id))
    assert.equal(open, [])
  })
})
