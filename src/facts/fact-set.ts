import type { Evidence } from '../evidence/evidence.ts'
import type { Ask, Result } from '../types.ts'
import type { Fields, Infer } from './schema.ts'

export type Facts<F extends Fields> = { readonly [K in keyof F]: Result<Infer<F[K]>> }

/** One namespace of facts: what it asks, what its values mean, and the pure parser between. */
export interface FactSet {
  readonly name: string
  readonly meaning: string
  readonly about: Fields
  readonly asks: readonly Ask[]
  /** Never throws, prints or judges. */
  parse(evidence: Evidence): Readonly<Record<string, Result<unknown>>>
}

/** Ties asks, meanings and parser together with their types: see kvm.ts for a small one. */
export function defineFacts<const A extends Readonly<Record<string, Ask>>, const F extends Fields>(set: {
  name: string
  meaning: string
  asks: A
  about: F
  parse: (evidence: Evidence, ask: A) => Facts<F>
}): Omit<FactSet, 'parse'> & { parse(evidence: Evidence): Facts<F> } {
  return {
    name: set.name,
    meaning: set.meaning,
    about: set.about,
    asks: Object.values(set.asks),
    parse: (evidence) => set.parse(evidence, set.asks),
  }
}
