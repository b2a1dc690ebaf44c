import { Evidence } from '../src/evidence/evidence.ts'
import { isUnknown } from '../src/evidence/result.ts'
import type { FactSet } from '../src/facts/fact-set.ts'
import type { Answer } from '../src/types.ts'
import { evidence, type Given } from './evidence.ts'

/** Facts that change from one known value to another when any one answer is taken away: there must be none. */
export function flips(set: FactSet, given: readonly Given[]): string[] {
  const whole = evidence(set, given)
  const before = set.parse(whole)
  return [...whole.answers.keys()].flatMap((key) => {
    const without: Answer = { key, ms: 0, ok: false, gap: 'not-recorded' }
    const after = set.parse(new Evidence([...whole.answers.values(), without]))
    return Object.keys(set.about)
      .filter((name) => !agrees(unwrap(before[name]!), unwrap(after[name]!)))
      .map((name) => `${name} without ${key}`)
  })
}

const unwrap = (result: ReturnType<FactSet['parse']>[string]): unknown => (result.ok ? result.value : result)

/** What is not known any more agrees with everything; what was not known may not become known. */
function agrees(before: unknown, after: unknown): boolean {
  if (isUnknown(after)) return true
  if (isUnknown(before)) return false
  if (Array.isArray(before) && Array.isArray(after)) {
    const known = after.filter((item) => !isUnknown(item))
    if (known.length < after.length) return known.every((item) => before.some((one) => agrees(one, item)))
    return before.length === after.length && before.every((item, index) => agrees(item, after[index]))
  }
  if (typeof before === 'object' && before && typeof after === 'object' && after)
    return Object.entries(before).every(([name, value]) => agrees(value, (after as Record<string, unknown>)[name]))
  return before === after
}
