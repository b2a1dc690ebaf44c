import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { Linter } from '../../src/engine/conditions.ts'
import { readRules } from '../../src/engine/library.ts'
import type { Rule } from '../../src/engine/rule.ts'
import { factSets } from '../../src/facts/index.ts'
import { type Fault, provoked } from './fault.ts'
import { readMoves } from './move.ts'

let read: readonly Rule[] | undefined

export const rules = (): readonly Rule[] => (read ??= readRules('rules', new Linter(factSets)))

const says = (rule: Rule, pattern: RegExp): boolean => pattern.test(rule.applies ?? '')

/** Reasons that stand in the rules themselves; the first that holds is told. */
const STRUCTURE: readonly (readonly [string, (rule: Rule) => boolean])[] = [
  [
    'two hosts that differ in more than the lab can plant',
    (rule) => rule.area === 'migration' || rule.pair !== undefined,
  ],
  [
    'xend, which no Xen of today has',
    (rule) => rule.id.includes('xend') || says(rule, /xend/) || rule.log?.in.join() === 'xend',
  ],
  ['FreeBSD', (rule) => rule.id.includes('freebsd') || says(rule, /== "FreeBSD"|== "freebsd"/)],
  ['a distribution that is not Debian', (rule) => says(rule, /platform\.distribution (in \["rhel|== "sles")/)],
  [
    'looks from inside a guest, whose recordings are in fixtures/hosts',
    (rule) =>
      says(rule, /platform\.under (in|==) \[?"(kvm|xen-pv|xen-hvm|microsoft|xen-pvh)/) &&
      !says(rule, /platform\.hosts != ""/),
  ],
]

/** Those that only somebody who knows can tell, by reason. */
export const beyondByHand = (): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    Object.entries(parse(readFileSync(join(import.meta.dirname, 'beyond.yaml'), 'utf8')) as Record<string, string>).map(
      ([reason, names]) => [reason, names.trim().split(/\s+/)],
    ),
  )

export interface Coverage {
  readonly provoked: ReadonlySet<string>
  /** Reason, and the rules of it. */
  readonly beyond: ReadonlyMap<string, readonly string[]>
  readonly notYet: readonly string[]
}

export function coverage(faults: readonly Fault[]): Coverage {
  const done = new Set([...faults.flatMap(provoked), ...readMoves().flatMap(({ found }) => found)])
  const beyond = new Map<string, string[]>()
  const notYet: string[] = []
  const byHand = Object.entries(beyondByHand())
  for (const rule of rules().filter(({ id }) => !done.has(id))) {
    const reason =
      byHand.find(([, names]) => names.includes(rule.id))?.[0] ?? STRUCTURE.find(([, holds]) => holds(rule))?.[0]
    if (reason === undefined) notYet.push(rule.id)
    else beyond.set(reason, [...(beyond.get(reason) ?? []), rule.id])
  }
  return { provoked: done, beyond, notYet }
}

const MARK = '<!-- what follows is written by test/lab/write-table.ts -->'

/** The README with its tables as the faults and the rules have them now. */
export function withTables(readme: string, faults: readonly Fault[]): string {
  const { provoked: done, beyond, notYet } = coverage(faults)
  const rows = faults.map((fault) => {
    const cured = !Array.isArray(fault.cure)
      ? `none: ${fault.cure.none}`
      : fault.cure.some((step) => 'fix' in step)
        ? 'as printed'
        : 'by hand'
    return `| ${fault.name} | ${fault.title} | ${[...new Set(provoked(fault))].join(', ')} | ${cured} |`
  })
  const groups = [...beyond].map(([reason, names]) => `* **${reason}** (${names.length}): ${names.join(', ')}`)
  return `${readme.slice(0, readme.indexOf(MARK))}${MARK}

## Faults

${faults.length} faults provoke ${done.size} rules.

| fault | what goes wrong | rules | cure |
|---|---|---|---|
${rows.join('\n')}

## Migrations

| migration | what stands in its way | rules | where nobody refuses it |
|---|---|---|---|
${readMoves()
  .map(
    (move) =>
      `| ${move.name} | ${move.title} | ${move.found.join(', ') || 'none: it succeeds'} | ${move['nobody-refuses'] ?? ''} |`,
  )
  .join('\n')}

## Rules that this lab cannot provoke

${groups.join('\n')}

## Rules that no fault provokes yet

${notYet.length}: ${notYet.join(', ')}
`
}
