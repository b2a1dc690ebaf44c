import type { Evidence } from '../evidence/evidence.ts'
import { absentAs, chain, known } from '../evidence/result.ts'
import type { Ask, Result } from '../types.ts'

export interface NamedText {
  readonly name: string
  readonly text: string
}

/** Every file that a glob matched, in the order of the names; none is []. One that could not be read makes the whole unknown. */
export function wholeTexts(evidence: Evidence, ask: Ask): Result<readonly NamedText[]> {
  return chain(absentAs(evidence.texts(ask), []), (members) => {
    const read: NamedText[] = []
    for (const { name, result } of members) {
      if (!result.ok) return result
      read.push({ name, text: result.value })
    }
    return known(read.sort((a, b) => (a.name < b.name ? -1 : 1)))
  })
}
