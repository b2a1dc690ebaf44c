import type { Rule } from './rule.ts'

export const REASONS = ['advice', 'needs-a-person', 'not-observable', 'same-as', 'reference-table'] as const

/** A documented statement that no rule checks, and why. */
export interface Declined {
  readonly statement: string
  readonly reason: (typeof REASONS)[number]
  readonly note: string
}

/** One section of a document, the rules that encode it, and the statements that they stand for. */
export interface Section {
  readonly document: string
  readonly section: string
  readonly statements: readonly string[]
  readonly rules: readonly string[]
}

/** What is encoded, by document and section, in the order of the documents. */
export function sections(rules: readonly Rule[]): Section[] {
  const found = new Map<string, { document: string; section: string; statements: Set<string>; rules: Set<string> }>()
  for (const { id, documented } of rules) {
    for (const { in: document, section = '', statement } of documented) {
      const key = `${document}\n${section}`
      const one = found.get(key) ?? { document, section, statements: new Set(), rules: new Set() }
      found.set(key, one)
      one.rules.add(id)
      if (statement !== undefined) one.statements.add(statement)
    }
  }
  return [...found.values()]
    .sort((a, b) => a.document.localeCompare(b.document) || a.section.localeCompare(b.section, 'en', { numeric: true }))
    .map((one) => ({ ...one, statements: [...one.statements].sort(), rules: [...one.rules].sort() }))
}
