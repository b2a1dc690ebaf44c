import type { Result, Unknown } from '../types.ts'
import type { Member } from './evidence.ts'
import { absentAs, isUnknown, map, unknown } from './result.ts'

/** What a glob found, by path. A path that it did not match is `absent`; where the glob is a gap, so is each path. */
export function lookup<T>(members: Result<readonly Member<T>[]>): (path: string) => Result<T> {
  if (!members.ok && members.gap !== 'absent') return () => members
  const found = new Map(members.ok ? members.value.map(({ name, result }) => [name, result]) : [])
  return (path) => found.get(path) ?? unknown('absent', path)
}

/** Members of a glob; none where the ask as a whole is `absent`. */
export const orNone = <T>(members: Result<readonly Member<T>[]>): Result<readonly Member<T>[]> => absentAs(members, [])

/** `/sys/class/net/eth0/mtu`, 4 → eth0 */
export const part = (path: string, index: number): string => path.split('/')[index] ?? ''

/** `../../../bus/pci/drivers/e1000` → e1000 */
export const basename = (path: string): string => path.slice(path.replace(/\/+$/, '').lastIndexOf('/') + 1)

/** Items that a test picks. Where it meets a gap, that gap stands for the item: nobody knows whether it belongs. */
export const pick = <T>(
  list: Result<readonly (T | Unknown)[]>,
  test: (item: T) => boolean | Unknown,
): Result<readonly (T | Unknown)[]> =>
  map(list, (items) =>
    items.flatMap((item): (T | Unknown)[] => {
      const picked = isUnknown(item) ? item : test(item)
      return isUnknown(picked) ? [picked] : picked ? [item] : []
    }),
  )

/** Whether a path is there: only `absent` says no. */
export const there = (result: Result<unknown>): Result<boolean> =>
  absentAs(
    map(result, () => true),
    false,
  )
