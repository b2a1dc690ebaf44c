import * as assert from 'uvu/assert'
import { askKey } from '../src/evidence/ask.ts'
import { Evidence } from '../src/evidence/evidence.ts'
import { isUnknown } from '../src/evidence/result.ts'
import type { FactSet } from '../src/facts/fact-set.ts'
import { evidence, type Given } from './evidence.ts'

/** Takes each answer away in turn: a fact may become unknown, in whole or in part, and never another value. */
export function losesNothing(set: FactSet, given: readonly Given[]): void {
  const all = evidence(set, given)
  const before = set.parse(all)
  for (const key of [...new Set([...set.asks.map((ask) => askKey(ask)), ...all.answers.keys()])]) {
    const rest = [...all.answers.values()].filter((answer) => answer.key !== key)
    const after = set.parse(new Evidence(rest))
    for (const [name, result] of Object.entries(after)) {
      const whole = before[name]!
      if (!result.ok) continue
      assert.ok(whole.ok, `${set.name}.${name} became known without ${key}`)
      if (whole.ok) same(result.value, whole.value, `${set.name}.${name} without ${key}`)
    }
  }
}

function same(after: unknown, before: unknown, where: string): void {
  if (isUnknown(after)) return
  if (Array.isArray(after) && Array.isArray(before)) {
    if (after.some(isUnknown)) return
    assert.is(after.length, before.length, where)
    after.forEach((item, index) => same(item, before[index], `${where}[${index}]`))
  } else if (typeof after === 'object' && after !== null && typeof before === 'object' && before !== null) {
    assert.equal(Object.keys(after).sort(), Object.keys(before).sort(), where)
    for (const [name, value] of Object.entries(after))
      same(value, (before as Record<string, unknown>)[name], `${where}.${name}`)
  } else assert.equal(after, before, where)
}
