import { marksOf } from '../../bundle/personal.ts'
import { askKey, askLabel, DEFAULT_MAX_BYTES, isGlob, pathOf } from '../../evidence/ask.ts'
import { humanBytes } from '../../parse/size.ts'
import { plain } from '../../reporters/plain.ts'
import type { Ask } from '../../types.ts'
import type { Plan } from './plan.ts'

/** What a bundle would read, as a table; nothing is read for it. */
export function dryRun(plan: Plan, from: string): string {
  const asks = [...new Map([...plan.facts, ...plan.logs].map((ask) => [askKey(ask), ask])).values()]
  const rows = asks.map((ask) => ({ ask, label: labelOf(ask), most: mostOf(ask), many: isMany(ask) }))
  const single = rows.filter(({ many }) => !many).reduce((sum, { most }) => sum + most, 0)
  const several = rows.filter(({ many }) => many)
  const lines = rows.map(({ label, most, many }) => {
    const limit = most === 0 ? 'a line' : `${humanBytes(most)}${many ? ' each' : ''}`
    return `${limit.padEnd(14)} ${label}${noted(marksOf(label))}`
  })
  return [
    `A bundle of ${from} asks ${rows.length} questions. Nothing has been read yet.`,
    `At most ${humanBytes(single)}, and of ${several.length} patterns and lists what they lead to, each with its own limit.`,
    '',
    ...lines.map(plain),
    '',
    `${rows.filter(({ label }) => marksOf(label).length > 0).length} may hold what is personal. Secrets are taken out always;`,
    'names, addresses and identifiers are replaced with --anonymize.',
    '',
  ].join('\n')
}

const noted = (marks: readonly string[]): string => (marks.length === 0 ? '' : `   [may hold ${marks.join(', ')}]`)

function labelOf(ask: Ask): string {
  const label = askLabel(ask)
  const probe = ask.probe ? 'with --probe: ' : ''
  return 'each' in ask ? `${probe}${label}, for each of: ${askLabel(ask.each)}` : `${probe}${label}`
}

/** Targets, names and states have no limit of their own. */
function mostOf(ask: Ask): number {
  const question = 'each' in ask ? ask.ask : ask
  if ('command' in question) return ask.maxBytes ?? DEFAULT_MAX_BYTES.command
  return 'file' in question ? (ask.maxBytes ?? DEFAULT_MAX_BYTES.file) : 0
}

function isMany(ask: Ask): boolean {
  if ('each' in ask) return true
  const path = pathOf(ask)
  return path !== undefined && isGlob(path)
}
