import { unknown } from '../../evidence/result.ts'
import type { Result } from '../../types.ts'

export type AllFacts = Readonly<Record<string, Readonly<Record<string, Result<unknown>>>>>

/** One fact of a host, as what its schema says that it is; `not-recorded` where its namespace is not there. */
export const factOf = <T>(host: AllFacts, namespace: string, field: string): Result<T> =>
  (host[namespace]?.[field] ?? unknown('not-recorded', `${namespace}.${field}`)) as Result<T>
