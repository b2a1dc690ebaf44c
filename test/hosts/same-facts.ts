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
const CHANGING_FIELDS = new Set(['free', 'available', 'percent', 'inodesFree', 'detail', 'from'])

export const factsOf = async (host: Host): Promise<AllFacts> => (await collect(host, factSets)).facts

/** All facts, but for those that change by the second. */
export function sameFacts(got: AllFacts, wanted: AllFacts): void {
  const text = (value: unknown): string =>
    JSON.stringify(value, (key, field: unknown) => (CHANGING_FIELDS.has(key) ? undefined : field))
  for (const [set, facts] of Object.entries(wanted))
    for (const [name, fact] of Object.entries(facts))
      if (!CHANGING.has(`${set}.${name}`)) assert.is(text(got[set]![name]), text(fact), `${set}.${name}`)
}
