import * as assert from 'uvu/assert'
import { collect } from '../../src/engine/collect.ts'
import type { AllFacts } from '../../src/engine/judge.ts'
import { factSets } from '../../src/facts/index.ts'
import type { Host } from '../../src/types.ts'

/** What changes while we look: facts as a whole, and fields within facts. */
const CHANGING = new Set([
  'kernel.uptime',
  'memory.available',
  'memory.committed',
  'pressure.cpuSome',
  'pressure.ioSome',
  'pressure.ioFull',
  'pressure.memorySome',
  'pressure.memoryFull',
  'pressure.load',
  'pressure.filesOpen',
  'processes.blocked',
  'processes.names',
])
const CHANGING_FIELDS = new Set(['age', 'free', 'available', 'percent', 'inodesFree', 'detail', 'from'])

export const factsOf = async (host: Host): Promise<AllFacts> => (await collect(host, factSets)).facts

/** All facts, but for those that change by the second; `wanted`: before and after, since others work on this machine too. */
export function sameFacts(got: AllFacts, ...wanted: readonly AllFacts[]): void {
  const text = (value: unknown): string =>
    JSON.stringify(value, (key, field: unknown) => (CHANGING_FIELDS.has(key) ? undefined : field))
  for (const [set, facts] of Object.entries(wanted[0]!))
    for (const name of Object.keys(facts)) {
      if (CHANGING.has(`${set}.${name}`)) continue
      const possible = wanted.map((one) => text(one[set]![name]))
      const value = text(got[set]![name])
      if (!possible.includes(value)) assert.is(value, possible[0], `${set}.${name}`)
    }
}
