import type { Coverage, Section } from '../engine/coverage.ts'

/** Sections of each document with their rules; what is declined, by reason; and the conditions of a migration with theirs. */
export function coverageText(sections: readonly Section[], { statements: declined, conditions }: Coverage): string {
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
  if (conditions.length > 0) lines.push('conditions of a migration:')
  for (const { key, condition, rules, reason, note } of conditions)
    lines.push(`  ${key} ${condition}: ${rules.length > 0 ? rules.join(', ') : `${reason}: ${note}`}`)
  if (conditions.length > 0) lines.push('')
  const covered = new Set(sections.flatMap(({ statements }) => statements))
  lines.push(`${covered.size} statements checked by rules, ${declined.length} not checked, each with its reason`)
  const held = conditions.filter(({ rules }) => rules.length > 0).length
  lines.push(
    `${held} conditions of a migration checked by rules, ${conditions.length - held} not, each with its reason`,
  )
  return lines.join('\n')
}
