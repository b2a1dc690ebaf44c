import { Evidence } from '../evidence/evidence.ts'
import { unknown } from '../evidence/result.ts'
import type { FactSet } from '../facts/fact-set.ts'
import type { Answer, Ask, Host } from '../types.ts'
import type { AllFacts } from './judge.ts'

export interface Collected {
  readonly facts: AllFacts
  readonly evidence: Evidence
  /** Milliseconds for the answers, and for parsing them. */
  readonly took: { readonly collect: number; readonly parse: number }
}

/** Host → evidence → facts. `more` is asked beside what the facts need; `onAnswer` is the one observer of progress. */
export async function collect(
  host: Host,
  sets: readonly FactSet[],
  onAnswer?: (answer: Answer) => void,
  more: readonly Ask[] = [],
): Promise<Collected> {
  const started = performance.now()
  const answers = await host.answer([...sets.flatMap((set) => set.asks), ...more], onAnswer)
  const collected = performance.now()
  const evidence = new Evidence(answers)
  const facts = Object.fromEntries(sets.map((set) => [set.name, parseSet(set, evidence)]))
  return { facts, evidence, took: { collect: collected - started, parse: performance.now() - collected } }
}

/** A parser that breaks is a bug, and costs its own facts only. */
function parseSet(set: FactSet, evidence: Evidence): AllFacts[string] {
  try {
    return set.parse(evidence)
  } catch (error) {
    const broken = unknown('malformed', set.name, `its parser broke: ${(error as Error).message}`)
    return Object.fromEntries(Object.keys(set.about).map((field) => [field, broken]))
  }
}
