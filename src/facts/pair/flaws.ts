import { all, isUnknown, map, unknown } from '../../evidence/result.ts'
import type { Result, Unknown } from '../../types.ts'
import { bool, object, string } from '../schema.ts'
import type { AllFacts } from './host-cpu.ts'

export const pairFlawSchema = object(
  {
    name: string('mds, retbleed …'),
    here: string('What the source says of it'),
    there: string('What the target says of it'),
    opens: bool('The target calls itself vulnerable, and the source does not'),
  },
  'One flaw of processors that both hosts know of',
)

interface Flaw {
  readonly name: string
  readonly state: string
  readonly vulnerable: boolean
}

interface PairFlaw {
  readonly name: string
  readonly here: string
  readonly there: string
  readonly opens: boolean
}

/** A flaw that only one of the kernels knows of cannot be compared. */
export function pairFlaws(source: AllFacts, target: AllFacts) {
  const [here, there] = [source, target].map(
    (facts) => (facts['cpu']?.['flaws'] ?? unknown('not-recorded', 'cpu.flaws')) as Result<readonly (Flaw | Unknown)[]>,
  )
  return map(all(here!, there!), ([before, after]) =>
    after.flatMap((flaw): (PairFlaw | Unknown)[] => {
      if (isUnknown(flaw)) return [flaw]
      const same = before.find((one): one is Flaw => !isUnknown(one) && one.name === flaw.name)
      if (!same) return before.filter(isUnknown)
      return [{ name: flaw.name, here: same.state, there: flaw.state, opens: flaw.vulnerable && !same.vulnerable }]
    }),
  )
}
