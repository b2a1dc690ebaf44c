import type { Declined, Section } from '../engine/coverage.ts'

/** Sections of each document with their rules; then what is declined, by reason. */
export function coverageText(sections: readonly Section[], declined: readonly Declined[]): string {
  const lines: string[] = []
  for (const document of new Set(sections.map((one) => one.document))) {
    const own = sections.filter((one) => one.document === document)
    const statements = new Set(own.flatMap((one) => one.statements))
    lines.push(`${document}: ${statements.size} statements in ${own.length} sections`)
    for (const { section, rules } of own) lines.push(`  ${section || '(no section)'}: ${rules.join(', ')}`)
    lines.push('')
  }
  for (const reason of [...new Set(declined.map((one) => one.reason))].sort()) {
    const own = declined.filter((one) => one.reason === reason)
    lines.push(`not checked, ${reason}: ${own.length} statements`)
    for (const { statement, note } of own) lines.push(`  ${statement}: ${note}`)
    lines.push('')
  }
  const covered = new Set(sections.flatMap(({ statements }) => statements))
  lines.push(`${covered.size} statements checked by rules, ${declined.length} not checked, each with its reason`)
  return lines.join('\n')
}
