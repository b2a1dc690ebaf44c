import { placeOf } from '../evidence/locate.ts'
import { isUnknown } from '../evidence/result.ts'
import type { Missing, Result, Source, Unknown } from '../types.ts'

/** Thrown by the getter that stands where a value is not known. `&&`, `||`, `exists` and `all` absorb it, nothing else does. */
export class GapError extends Error {}

/** Always the same one: which fact it is, the reading tells, and to note the way through the code takes longer than the rule. */
const GAP = new GapError('a fact is not known')

/** What one evaluation read: the ground of its finding, or of its ignorance. */
export interface Reading {
  readonly sources: Source[]
  readonly missing: Missing[]
}

let reading: Reading | undefined

/** Runs `evaluate` and notes each fact that it touches. */
export function noteReads<T>(evaluate: () => T): { value: T; read: Reading } {
  const before = reading
  const read: Reading = { sources: [], missing: [] }
  reading = read
  try {
    return { value: evaluate(), read }
  } finally {
    reading = before
  }
}

const fail = (fact: string, gap: Unknown): never => {
  reading?.missing.push({ fact, gap: gap.gap, ask: gap.ask, detail: gap.detail })
  throw GAP
}

/** Lists whose last item is a gap: `size()` of them is not known. */
const partial = new WeakMap<object, () => never>()

/** `size()` in conditions. */
export function count(list: { length?: number; size?: number }): bigint {
  partial.get(list)?.()
  return BigInt(list.length ?? list.size ?? 0)
}

/** Where the view of a value is kept: in the value, hidden. */
const VIEW = Symbol('view')
type Viewed = { [VIEW]?: object | undefined }

/** A fact's value as CEL sees it: gaps throw when read, and reading leaves a trace. */
export function view(value: unknown, fact: string): unknown {
  if (isUnknown(value)) return fail(fact, value)
  if (typeof value !== 'object' || value === null) return value
  const kept = (value as Viewed)[VIEW]
  if (kept) return kept
  const seen = Array.isArray(value) ? listView(value, fact) : objectView(value, fact)
  Object.defineProperty(value, VIEW, { value: seen, writable: true })
  return seen
}

/** Views take more room than what they show: of what is not looked at again, they are let go. */
export function forgetViews(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  if ((value as Viewed)[VIEW]) (value as Viewed)[VIEW] = undefined
  for (const inner of Object.values(value)) forgetViews(inner)
}

/** The library tells a map's type by its first field, which must therefore be one that is known. */
const knownFirst = ([, a]: readonly [string, unknown], [, b]: readonly [string, unknown]): number =>
  Number(isUnknown(a)) - Number(isUnknown(b))

function objectView(value: object, fact: string): object {
  const seen = {}
  for (const [name, field] of Object.entries(value).sort(knownFirst)) {
    const place = placeOf(value, name)
    const inner = `${fact}.${name}`
    // One trace for each reading: a condition over all pairs of guests comes here a million times.
    let traced: Reading | undefined
    const get = (): unknown => {
      if (place && reading && traced !== reading) {
        traced = reading
        reading.sources.push(place)
      }
      return typeof field === 'object' && field !== null ? view(field, inner) : field
    }
    Object.defineProperty(seen, name, { get, enumerable: true })
  }
  return seen
}

function listView(items: readonly unknown[], fact: string): readonly unknown[] {
  const seen = items.filter((item) => !isUnknown(item)).map((item) => view(item, fact))
  const gap = items.find(isUnknown)
  if (gap) {
    const unread = (): never => fail(fact, gap as Unknown)
    Object.defineProperty(seen, seen.length, { get: unread, enumerable: true })
    partial.set(seen, unread)
  }
  return seen
}

/** One namespace as a CEL variable. */
export function namespaceView(name: string, facts: Readonly<Record<string, Result<unknown>>>): object {
  const seen = {}
  for (const field of Object.keys(facts)) {
    const get = (): unknown => {
      const result = facts[field]!
      if (!result.ok) return fail(`${name}.${field}`, result)
      // What the machine is stands in the report's head, and is no evidence against it.
      if (name !== 'platform') for (const source of result.from) reading?.sources.push(source)
      return view(result.value, `${name}.${field}`)
    }
    Object.defineProperty(seen, field, { get, enumerable: true })
  }
  return seen
}
