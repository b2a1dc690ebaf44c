import type { AllFacts } from '../engine/judge.ts'
import { chainsOf } from '../engine/conditions.ts'
import type { FixTemplate, Rule } from '../engine/rule.ts'
import { pieces } from '../engine/template.ts'

/** What a rule's verdict and words depend on, of a guest and two hosts. */
export interface Depends {
  readonly rule: Rule
  readonly source: boolean
  readonly target: boolean
  /** What it reads of the guest, as text: guests that are alike in it get the same verdict. "" where it reads nothing of it. */
  readonly guestKey: (guest: AllFacts[string], pair: AllFacts[string]) => string
}

/** These say how one guest moves, wherever it goes; the other facts about a pair are made of both hosts. */
const OF_THE_GUEST = new Set(['toolstack', 'live', 'starts'])

export function dependsOn(rule: Rule): Depends {
  const chains = [...new Set(expressions(rule).flatMap(chainsOf))].map((chain) => chain.split('.'))
  const roots = new Set(chains.map(([root]) => root))
  const ofBoth = chains.some(([root, field]) => root === 'pair' && !OF_THE_GUEST.has(field ?? ''))
  const item = rule.each
  const [, list] = item?.list.split('.') ?? []
  const ofGuest = chains.filter(([root]) => root === 'guest')
  const ofPair = chains.filter(([root]) => root === 'pair')
  const ofItem = item?.list.startsWith('guest.') ? chains.filter(([root]) => root === item.name) : []
  return {
    rule,
    source: ofBoth || roots.has('source') || item?.list.startsWith('source.') === true,
    target: ofBoth || roots.has('target') || item?.list.startsWith('target.') === true,
    guestKey: (guest, pair) => {
      if (ofGuest.length + ofPair.length + ofItem.length === 0 && !item?.list.startsWith('guest.')) return ''
      const own = ofGuest.map(([, field, ...path]) => walk(valueOf(guest, field!), path))
      const how = ofPair.map(([, field, ...path]) => walk(valueOf(pair, field!), path))
      const items = item?.list.startsWith('guest.') ? valueOf(guest, list!) : []
      const read = Array.isArray(items) ? items.map((one) => ofItem.map(([, ...path]) => walk(one, path))) : items
      return JSON.stringify([own, how, read])
    },
  }
}

function expressions(rule: Rule): string[] {
  const conditions = [rule.applies, rule.when, rule.unless].flatMap((one) => (one === undefined ? [] : [one]))
  const words = ['{pair.toolstack}', ...Object.values(rule.pair?.words ?? {})]
  const texts = [rule.subject, rule.says, rule.why, rule.fineWhen ?? '', ...words, ...rule.fix.flatMap(textsOf)]
  const inTexts = texts.flatMap(pieces).flatMap((piece) => ('expression' in piece ? [piece.expression] : []))
  return [...conditions, ...rule.fix.flatMap((step) => step.if ?? []), ...inTexts]
}

const textsOf = ({ if: _condition, elsewhere: _elsewhere, ...texts }: FixTemplate): string[] =>
  Object.values(texts).flat() as string[]

const valueOf = (facts: AllFacts[string], field: string): unknown => {
  const result = facts?.[field]
  return result?.ok ? result.value : result
}

/** A gap on the way, or what is no object, is all that the rule will see. */
function walk(value: unknown, path: readonly string[]): unknown {
  let at = value
  for (const name of path) {
    if (typeof at !== 'object' || at === null || !(name in at)) return at
    at = (at as Record<string, unknown>)[name]
  }
  return at
}
