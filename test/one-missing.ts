import { isUnknown } from '../src/evidence/result.ts'
import type { FactSet } from '../src/facts/fact-set.ts'
import { evidence, type Given } from './evidence.ts'

/** Whether `after` says nothing that `before` does not: equal, or unknown in places. */
function agrees(before: unknown, after: unknown): boolean {
  if (isUnknown(after)) return true
  if (isUnknown(before)) return false
  if (Array.isArray(before) && Array.isArray(after)) {
    const known = after.filter((item) => !isUnknown(item))
    const partial = known.length < after.length || before.some(isUnknown)
    return known.every((item) => before.some((one) => agrees(one, item))) && (partial || before.length === after.length)
  }
  if (typeof before === 'object' && typeof after === 'object' && before !== null && after !== null)
    return Object.entries(after).every(([key, value]) => agrees((before as Record<string, unknown>)[key], value))
  return before === after
}

/** Facts that get another value when one answer is taken away: `["guests.all without /etc/xen/*"]`; must be none. */
export function flipped(set: FactSet, given: readonly Given[]): string[] {
  const before = set.parse(evidence(set, given))
  return given.flatMap(([question], index) => {
    const rest = given.filter((_, other) => other !== index)
    const after = set.parse(evidence(set, [...rest, [question, { gap: 'not-recorded' }]]))
    return Object.entries(after).flatMap(([name, result]) => {
      const earlier = before[name]!
      const same = agrees(earlier.ok ? earlier.value : earlier, result.ok ? result.value : result)
      return same ? [] : [`${set.name}.${name} without ${JSON.stringify(question)}`]
    })
  })
}
