import type { AllFacts } from '../engine/judge.ts'
import { chainsOf } from '../engine/conditions.ts'
import type { FixTemplate, Rule } from '../engine/rule.ts'
import { pieces } from '../engine/template.ts'
import { MADE_OF } from '../facts/pair/namespace.ts'

/** What a rule's verdict and words depend on, of a guest and two hosts. */
export interface Depends {
  readonly rule: Rule
  /** What it reads of a host on that side, as text: hosts that are alike in it get the same verdict. "" where it reads nothing of it, null for all. */
  readonly hostKey: (side: 'source' | 'target', host: AllFacts[string]) => string | null
  /** What it reads of the guest, as text: guests that are alike in it get the same verdict. "" where it reads nothing of it. */
  readonly guestKey: (guest: AllFacts[string], pair: AllFacts[string]) => string
}

export function dependsOn(rule: Rule): Depends {
  const chains = [...new Set(expressions(rule).flatMap(chainsOf))].map((chain) => chain.split('.'))
  const list = rule.each?.list.split('.')
  const lists = list ? [list] : []
  const under = (root: string): readonly string[][] => [...chains, ...lists].filter(([first]) => first === root)
  const pairFields = [...new Set(under('pair').map(([, field]) => field!))]
  const ofGuest = chains.filter(([root]) => root === 'guest')
  const guestList = list?.[0] === 'guest' ? list[1] : undefined
  const ofItem = guestList === undefined ? [] : chains.filter(([root]) => root === rule.each!.name)
  return {
    rule,
    hostKey: (side, host) => {
      const hosts = pairFields.map((field) => MADE_OF[field]?.hosts)
      if (hosts.some((one) => one === undefined)) return null
      const made = hosts.flatMap((one) => one![side]).map((name) => name.split('.'))
      const read = [...made, ...under(side).map(([, ...path]) => path)]
      if (read.length === 0) return ''
      return JSON.stringify(read.map(([namespace, ...path]) => walk(valueOf(host, namespace!), path)))
    },
    guestKey: (guest, pair) => {
      if (ofGuest.length + pairFields.length === 0 && guestList === undefined) return ''
      const own = ofGuest.map(([, field, ...path]) => walk(valueOf(guest, field!), path))
      const made = pairFields.map((field) => MADE_OF[field]?.guest?.(guest ?? {}, pair ?? {}) ?? valueOf(pair, field))
      const items = guestList === undefined ? [] : valueOf(guest, guestList)
      const read = Array.isArray(items) ? items.map((one) => ofItem.map(([, ...path]) => walk(one, path))) : items
      return JSON.stringify([own, made, read])
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
