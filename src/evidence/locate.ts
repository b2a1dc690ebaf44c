import type { Source } from '../types.ts'

interface Place {
  readonly self: Source | undefined
  readonly fields: Readonly<Record<string, Source>>
}

/** Hidden in the value: a fact prints and compares as what it is. A WeakMap of a thousand guests keeps the garbage collector busy. */
const PLACE = Symbol('place')
type Located = { [PLACE]?: Place }

/** Notes where an item was read, and each of its fields where those differ: `locate(nic, {ask, path, line: 7}, {bridge: …})`. */
export function locate<T extends object>(value: T, self: Source | undefined, fields: Record<string, Source> = {}): T {
  return Object.defineProperty(value, PLACE, { value: { self, fields }, configurable: true })
}

/** Where an item, or one field of it, was read. */
export function placeOf(value: object, field?: string): Source | undefined {
  const place = (value as Located)[PLACE]
  return (field === undefined ? undefined : place?.fields[field]) ?? place?.self
}
