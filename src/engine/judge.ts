import { placeOf } from '../evidence/locate.ts'
import { isUnknown } from '../evidence/result.ts'
import type { Finding, Missing, Outcome, Result, Source, Unknown } from '../types.ts'
import { evaluate, type Verdict } from './conditions.ts'
import { appliesTo, compiled, fillTemplate, finding, NOTHING } from './finding.ts'
import { Heard, judgeMessages, type LogReading, NO_LOGS } from './judge-logs.ts'
import type { Rule } from './rule.ts'
import { namespaceView, view } from './view.ts'

export type AllFacts = Readonly<Record<string, Readonly<Record<string, Result<unknown>>>>>

/** Which items of a rule's list it shall judge. */
export type Concerned = (rule: Rule, item: unknown) => boolean
const EVERYTHING: Concerned = () => true

/** Judges facts and logs by rules. A rule that breaks becomes `unknown` with its message, and the rest goes on. */
export function judge(
  rules: readonly Rule[],
  facts: AllFacts,
  reading: LogReading = NO_LOGS,
  concerned = EVERYTHING,
): Finding[] {
  const context = contextOf(facts)
  const heard = new Heard(reading)
  const findings = rules.flatMap((rule) =>
    unlessItBreaks(rule, context, () =>
      rule.log ? judgeMessages(rule, rule.log, context, heard) : judgeRule(rule, facts, context, concerned),
    ),
  )
  return notTwice(rules, findings)
}

/** Facts as conditions read them. */
export const contextOf = (facts: AllFacts): Readonly<Record<string, object>> =>
  Object.fromEntries(Object.entries(facts).map(([name, values]) => [name, namespaceView(name, values)]))

/** One rule that judges facts; `context` is made of the same facts by `contextOf`. For one of very many contexts: nothing of it is remembered. */
export const judgeFacts = (rule: Rule, facts: AllFacts, context: object): Finding[] =>
  unlessItBreaks(rule, context, () => judgeRule(rule, facts, context, EVERYTHING, judgedAnew))

const judgedAnew: typeof appliesTo = (context, source) => evaluate(compiled(source), context)

function unlessItBreaks(rule: Rule, context: object, judged: () => Finding[]): Finding[] {
  try {
    return judged()
  } catch (error) {
    const missing: Missing = {
      fact: '',
      gap: 'malformed',
      ask: rule.file,
      detail: `the rule broke: ${(error as Error).message}`,
    }
    return [finding(rule, 'unknown', { ...NOTHING, missing: [missing] }, context)]
  }
}

/** Where a rule sees the fault in the machine's state, the message about it is not told as another. */
function notTwice(rules: readonly Rule[], findings: readonly Finding[]): Finding[] {
  const found = new Set(findings.filter(({ outcome }) => outcome === 'problem').map(({ rule }) => rule))
  const twins = new Set(rules.filter(({ sameAs }) => sameAs?.some((id) => found.has(id))).map(({ id }) => id))
  return findings.map((one) =>
    one.outcome === 'problem' && twins.has(one.rule) ? { ...one, outcome: 'skipped' } : one,
  )
}

function judgeRule(rule: Rule, facts: AllFacts, context: object, concerned: Concerned, asked = appliesTo): Finding[] {
  if (rule.applies !== undefined) {
    const applies = asked(context, rule.applies)
    if (applies.gap) return [finding(rule, 'unknown', applies.read, context)]
    if (applies.value !== true) return [finding(rule, 'skipped', applies.read, context)]
  }
  if (!rule.each) return [judgeOne(rule, context)]
  const [namespace, field] = rule.each.list.split('.') as [string, string]
  const list = facts[namespace]?.[field]
  if (!list?.ok) {
    const missing = list ? [{ fact: rule.each.list, gap: list.gap, ask: list.ask, detail: list.detail }] : []
    return [finding(rule, 'unknown', { ...NOTHING, missing }, context)]
  }
  const items = (list.value as readonly unknown[]).filter((item) => isUnknown(item) || concerned(rule, item))
  return judgeItems(rule, rule.each, items, list.from, context)
}

function judgeItems(
  rule: Rule,
  each: { name: string; list: string },
  items: readonly unknown[],
  from: readonly Source[],
  context: object,
): Finding[] {
  const known = items.filter((item) => !isUnknown(item))
  const places = known.map((item) => (typeof item === 'object' && item !== null ? placeOf(item) : undefined))
  const scope: Record<string, unknown> = { ...context }
  const judged = known.map((item, index) => {
    const place = places[index]
    scope[each.name] = view(item, each.name)
    return judgeOne(rule, scope, place ? [place] : from)
  })
  const findings = toldApart(judged, places)
  const gap = items.find(isUnknown) as Unknown | undefined
  if (gap) {
    const missing = [{ fact: each.list, gap: gap.gap, ask: gap.ask, detail: gap.detail }]
    findings.push(finding(rule, 'unknown', { sources: [], missing }, context))
  }
  return findings
}

/** Two definitions may name one guest, or one disk twice: then the subject also says where the item stands. */
function toldApart(findings: readonly Finding[], places: readonly (Source | undefined)[]): Finding[] {
  const sharing = new Map<string, number[]>()
  for (const [index, { subject }] of findings.entries()) sharing.set(subject, [...(sharing.get(subject) ?? []), index])
  return findings.map((one, index) => {
    const same = sharing.get(one.subject)!
    if (same.length === 1) return one
    const paths = same.map((twin) => places[twin]?.path ?? '')
    const lines = same.map((twin) => `${places[twin]?.path ?? ''}:${places[twin]?.line ?? ''}`)
    const at = same.indexOf(index)
    const distinct = [paths, lines].find((names) => new Set(names).size === names.length)
    return { ...one, subject: `${one.subject} (${distinct?.[at] || `${at + 1} of ${same.length}`})` }
  })
}

function judgeOne(rule: Rule, context: object, from: readonly Source[] = []): Finding {
  const verdict: Verdict = evaluate(compiled(rule.when!), context)
  const outcome: Outcome = verdict.gap ? 'unknown' : verdict.value === true ? 'problem' : 'ok'
  const read = { ...verdict.read, sources: [...from, ...verdict.read.sources] }
  return finding(rule, outcome, read, context, fillTemplate(rule.subject, context))
}
