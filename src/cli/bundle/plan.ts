import { select } from '../../engine/select.ts'
import type { Rule } from '../../engine/rule.ts'
import { askKey } from '../../evidence/ask.ts'
import type { FactSet } from '../../facts/fact-set.ts'
import { factSets } from '../../facts/index.ts'
import { logAsks } from '../../signatures/sources.ts'
import type { Ask } from '../../types.ts'
import { setsFor } from '../check.ts'

/** What is read for a bundle. Small and important answers first, logs last. */
export interface Plan {
  readonly facts: readonly Ask[]
  readonly logs: readonly Ask[]
  /** Keys of logs that no fact is made of: of these, and only these, lines may be left out. */
  readonly onlyLogs: ReadonlySet<string>
  readonly rules: readonly Rule[]
}

/** `only`: rules, areas and tags, as `check` takes them, and namespaces of facts. */
export function planOf(rules: readonly Rule[], only: readonly string[]): Plan {
  if (only.length === 0) return sorted(factSets, logAsks, rules)
  const sets = factSets.filter(({ name }) => only.includes(name))
  const others = only.filter((name) => !sets.some((set) => set.name === name) || isOfRules(rules, name))
  const chosen = others.length === 0 ? [] : select(rules, others, [])
  const needed = new Set([...setsFor(chosen), ...sets])
  return sorted([...needed], chosen.some(({ log }) => log) ? logAsks : [], chosen)
}

const isOfRules = (rules: readonly Rule[], name: string): boolean =>
  rules.some(({ id, formerly, area, tags }) => [id, ...formerly, area, ...tags].includes(name))

function sorted(sets: readonly FactSet[], logs: readonly Ask[], rules: readonly Rule[]): Plan {
  const ofFacts = sets.flatMap(({ asks }) => asks)
  const areLogs = new Set(logAsks.map((ask) => askKey(ask)))
  const usedByFacts = new Set(ofFacts.map((ask) => askKey(ask)))
  const isLog = (ask: Ask): boolean => areLogs.has(askKey(ask))
  return {
    facts: ofFacts.filter((ask) => !isLog(ask)),
    logs: [...ofFacts.filter(isLog), ...logs],
    onlyLogs: new Set(logs.map((ask) => askKey(ask)).filter((key) => !usedByFacts.has(key))),
    rules,
  }
}
