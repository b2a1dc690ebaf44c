import type { AllFacts } from '../../engine/judge.ts'
import type { Evidence } from '../../evidence/evidence.ts'
import { isUnknown } from '../../evidence/result.ts'
import { boot } from '../../facts/boot.ts'
import { console as consoles } from '../../facts/console.ts'
import type { FactSet } from '../../facts/fact-set.ts'
import { guests } from '../../facts/guests.ts'
import { logs } from '../../facts/logs.ts'
import { platform } from '../../facts/platform.ts'
import { services } from '../../facts/services.ts'
import { terminals } from '../../facts/terminals.ts'
import { xen } from '../../facts/xen.ts'
import type { Result, Unknown } from '../../types.ts'

type Of<S extends { parse(evidence: Evidence): unknown }> = ReturnType<S['parse']>

/** What `console list` and `console check` know of a machine, with its types. */
export interface HostFacts {
  readonly platform: Of<typeof platform>
  readonly boot: Of<typeof boot>
  readonly console: Of<typeof consoles>
  readonly xen: Of<typeof xen>
  readonly guests: Of<typeof guests>
  readonly services: Of<typeof services>
  readonly terminals: Of<typeof terminals>
  readonly logs: Of<typeof logs>
}

export const consoleSets: readonly FactSet[] = [platform, boot, consoles, xen, guests, services, terminals, logs]

/** Facts of `consoleSets`, or of a test that wrote all of them. */
export const hostFacts = (facts: AllFacts): HostFacts => facts as unknown as HostFacts

type Settled<T, K extends keyof T> = { readonly [F in K]: Exclude<T[F], Unknown> }

/** Some fields of an item, none of which is a gap. */
export function settle<T extends object, K extends keyof T>(
  item: T | Unknown,
  ...fields: K[]
): Settled<T, K> | Unknown {
  if (isUnknown(item)) return item
  const gap = fields.map((field) => (item as T)[field]).find(isUnknown)
  return (gap as Unknown | undefined) ?? (item as Settled<T, K>)
}

/** A list without gaps: one item, or one of these fields, that is not known makes the whole unknown. */
export function settleAll<T extends object, K extends keyof T>(
  list: Result<readonly (T | Unknown)[]>,
  ...fields: K[]
): Result<readonly Settled<T, K>[]> {
  if (!list.ok) return list
  const items = list.value.map((item) => settle<T, K>(item, ...fields))
  const gap = items.find(isUnknown)
  return gap ? (gap as Unknown) : { ...list, value: items as readonly Settled<T, K>[] }
}

/** A list of words without gaps. */
export function words(list: Result<readonly (string | Unknown)[]>): Result<readonly string[]> {
  if (!list.ok) return list
  const gap = list.value.find(isUnknown)
  return gap ? (gap as Unknown) : { ...list, value: list.value as readonly string[] }
}
