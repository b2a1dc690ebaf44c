import type { Rule } from './rule.ts'

export const REASONS = ['advice', 'needs-a-person', 'not-observable', 'same-as', 'reference-table'] as const

/** A documented statement that no rule checks, and why. */
export interface Declined {
  readonly statement: string
  readonly reason: (typeof REASONS)[number]
  readonly note: string
}

export const CONDITION_REASONS = [
  'application-level',
  'not-observable',
  'not-a-fault',
  'of-the-command',
  'built-in',
] as const

/** Something that a migrator checks before or while it moves a guest: the rules that look for it, or why none does. */
export interface Condition {
  /** Its place in the list of all that migrators check: A1 … G21; X… for what none of them checks. */
  readonly key: string
  /** What must hold, in the field's own words. */
  readonly condition: string
  readonly rules: readonly string[]
  readonly reason?: (typeof CONDITION_REASONS)[number]
  readonly note?: string
}

/** What no rule checks, and what the rules for migrations stand for. */
export interface Coverage {
  readonly statements: readonly Declined[]
  readonly conditions: readonly Condition[]
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
