import { isUnknown } from '../../evidence/result.ts'
import type { Result, Unknown } from '../../types.ts'
import { bool, object, string } from '../schema.ts'
import { type AllFacts, factOf } from './facts-of.ts'

export const namesakeSchema = object(
  {
    name: string('Its name'),
    uuid: string('In small letters; "" where none is fixed'),
    toolstack: string('As in guests.all'),
    running: bool('It runs there now'),
  },
  'One guest of the target',
)

interface Namesake {
  readonly name: unknown
  readonly uuid: unknown
}

interface Index {
  readonly name: ReadonlyMap<unknown, readonly Namesake[]>
  readonly uuid: ReadonlyMap<unknown, readonly Namesake[]>
  /** Guests of which not even that is known. */
  readonly gaps: readonly Unknown[]
}

const indexes = new WeakMap<AllFacts, Index>()

/** Guests of the target that have this name, or this UUID; made of a list that is looked through once for all guests. */
export function namesakes(target: AllFacts, by: 'name' | 'uuid', value: unknown): Result<readonly unknown[]> {
  if (isUnknown(value)) return value
  const list = factOf<readonly unknown[]>(target, 'guests', 'all')
  if (!list.ok) return list
  let index = indexes.get(target)
  if (!index) indexes.set(target, (index = indexed(list.value)))
  return { ...list, value: [...(index[by].get(value) ?? []), ...index.gaps] }
}

function indexed(items: readonly unknown[]): Index {
  const index = { name: new Map<unknown, Namesake[]>(), uuid: new Map<unknown, Namesake[]>(), gaps: [] as Unknown[] }
  for (const item of items) {
    if (isUnknown(item)) {
      index.gaps.push(item)
      continue
    }
    const guest = item as Namesake
    for (const by of ['name', 'uuid'] as const) {
      const value = guest[by]
      if (isUnknown(value)) index.gaps.push(value)
      else index[by].set(value, [...(index[by].get(value) ?? []), guest])
    }
  }
  return index
}
