import { all, isUnknown, map, unknown } from '../../evidence/result.ts'
import type { Result, Unknown } from '../../types.ts'
import type { AllFacts } from './facts-of.ts'
import { onceForBoth } from './once.ts'

interface Flaw {
  readonly name: string
  readonly state: string
  readonly vulnerable: boolean
}

/** Names of flaws that the target calls itself vulnerable to, and the source does not. What only one of the kernels knows of cannot be compared. */
export const openFlaws = onceForBoth((source: AllFacts, target: AllFacts): Result<readonly (string | Unknown)[]> => {
  const [here, there] = [source, target].map(
    (facts) => (facts['cpu']?.['flaws'] ?? unknown('not-recorded', 'cpu.flaws')) as Result<readonly (Flaw | Unknown)[]>,
  )
  return map(all(here!, there!), ([before, after]) => {
    const closed = new Set(before.flatMap((flaw) => (isUnknown(flaw) || flaw.vulnerable ? [] : [flaw.name])))
    const open = after.flatMap((flaw) => (isUnknown(flaw) || (flaw.vulnerable && closed.has(flaw.name)) ? [flaw] : []))
    const gaps = before.filter(isUnknown)
    return [...open.map((flaw) => (isUnknown(flaw) ? flaw : flaw.name)), ...gaps]
  })
})
