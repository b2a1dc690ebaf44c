import type { Source } from '../types.ts'

interface Place {
  readonly self: Source | undefined
  readonly fields: Readonly<Record<string, Source>>
}

/** Beside the values, not in them: a fact prints and compares as what it is. */
const places = new WeakMap<object, Place>()

/** Notes where an item was read, and each of its fields where those differ: `locate(nic, {ask, path, line: 7}, {bridge: …})`. */
export function locate<T extends object>(value: T, self: Source | undefined, fields: Record<string, Source> = {}): T {
  places.set(value, { self, fields })
  return value
}

/** Where an item, or one field of it, was read. */
export function placeOf(value: object, field?: string): Source | undefined {
  const place = places.get(value)
  return (field === undefined ? undefined : place?.fields[field]) ?? place?.self
}
