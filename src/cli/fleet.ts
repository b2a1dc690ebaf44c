import type { Rule } from '../engine/rule.ts'
import { limiter } from '../hosts/limiter.ts'
import type { Host } from '../types.ts'
import { type Checked, check, type CheckOptions } from './check.ts'
import { openHost } from './open-host.ts'

/** Machines at a time: most of a check of a machine far away is waiting for it. */
const AT_ONCE = 4

export interface Fleet {
  /** In the order in which the machines were named. */
  readonly checked: readonly Checked[]
  /** Of machines that could not be read. */
  readonly errors: readonly Error[]
}

/** Checks this machine, or each that is named; one that cannot be read does not keep the others from their report. */
export async function checkAll(
  names: readonly string[],
  probe: boolean,
  rules: readonly Rule[],
  options: CheckOptions,
): Promise<Fleet> {
  const oneOf = limiter(AT_ONCE)
  const open = (name: string | undefined): Promise<Host> => openHost(name, { probe })
  const machines = names.length === 0 ? [undefined] : names
  const results = await Promise.allSettled(
    machines.map((name) => oneOf(async () => check(await open(name), rules, options))),
  )
  return {
    checked: results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
    errors: results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : [])),
  }
}
