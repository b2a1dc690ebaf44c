import * as assert from 'uvu/assert'
import { describe } from '../describe.ts'
import { vdoctor } from '../vdoctor.ts'
import type { Finding } from '../../src/types.ts'
import { named } from '../lab/diagnose.ts'
import { type Fault, readFaults } from '../lab/fault.ts'
import { keptOf, keptRounds } from '../lab/record.ts'
import { judgeBroken } from '../lab/round.ts'

const faults = readFaults()
const faultNamed = (name: string): Fault | undefined => faults.find((fault) => fault.name === name)

describe('what hosts of the lab said', (it) => {
  it('was kept', () => assert.ok(faults.some((fault) => keptOf(fault).length > 0)))

  for (const { bundle, faults: names } of keptRounds())
    it(`shows what was broken: ${bundle.replace(/^.*\//, '')}`, () => {
      const { out } = vdoctor(['check', '--from', bundle, '--format', 'json', '--fail-on', 'never'])
      const { findings } = JSON.parse(out) as { findings: Finding[] }
      const problems = findings.filter(({ outcome }) => outcome === 'problem')
      const wrong = names.flatMap((name) => {
        const fault = faultNamed(name)
        const failures: string[] = fault ? [] : ['there is no such fault; record anew']
        if (fault) judgeBroken(fault, problems, failures)
        return failures.map((one) => `${name}: ${one}`)
      })
      assert.equal(wrong, [])
    })

  for (const fault of faults) {
    const files = keptOf(fault)
    const wanted = fault.start ?? fault.dies
    if (wanted && files.length > 0)
      it(`names why: ${fault.name}`, async () => assert.equal(await named('bin/vdoctor.cjs', files, wanted), []))
  }
})
