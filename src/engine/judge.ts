import { placeOf } from '../evidence/locate.ts'
import { isUnknown } from '../evidence/result.ts'
import type { Finding, FixStep, Missing, Outcome, Result, Source, Unknown } from '../types.ts'
import { type Condition, condition, evaluate, type Verdict } from './conditions.ts'
import type { FixTemplate, Rule } from './rule.ts'
import { pieces, show } from './template.ts'
import { namespaceView, type Reading, view } from './view.ts'

export type AllFacts = Readonly<Record<string, Readonly<Record<string, Result<unknown>>>>>

const NOTHING: Reading = { sources: [], missing: [] }

/** Judges facts by rules. A rule that breaks becomes `unknown` with its message, and the rest goes on. */
export function judge(rules: readonly Rule[], facts: AllFacts): Finding[] {
  const context: Record<string, object> = {}
  for (const [name, values] of Object.entries(facts)) context[name] = namespaceView(name, values)
  return rules.flatMap((rule) => {
    try {
      return judgeRule(rule, facts, context)
    } catch (error) {
      const missing: Missing = {
        fact: '',
        gap: 'malformed',
        ask: rule.file,
        detail: `the rule broke: ${(error as Error).message}`,
      }
      return [finding(rule, 'unknown', { ...NOTHING, missing: [missing] }, context)]
    }
  })
}

function judgeRule(rule: Rule, facts: AllFacts, context: object): Finding[] {
  if (rule.applies !== undefined) {
    const applies = evaluate(compiled(rule.applies), context)
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
  return judgeItems(rule, rule.each, list.value as readonly unknown[], list.from, context)
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
  const judged = known.map((item, index) => {
    const place = places[index]
    return judgeOne(rule, { ...context, [each.name]: view(item, each.name) }, place ? [place] : from)
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
  const verdict: Verdict = evaluate(compiled(rule.when), context)
  const outcome: Outcome = verdict.gap ? 'unknown' : verdict.value === true ? 'problem' : 'ok'
  const read = { ...verdict.read, sources: [...from, ...verdict.read.sources] }
  return finding(rule, outcome, read, context, fillTemplate(rule.subject, context))
}

/** `subject` is "" for the host itself, and for a whole list that is not known. */
function finding(rule: Rule, outcome: Outcome, read: Reading, context: object, subject = ''): Finding {
  const told = outcome === 'problem'
  return {
    rule: rule.id,
    area: rule.area,
    subject,
    outcome,
    severity: rule.severity,
    title: rule.title,
    says: told ? fillTemplate(rule.says, context) : '',
    why: told ? fillTemplate(rule.why, context) : '',
    fix: told ? rule.fix.flatMap((step) => fillStep(step, context)) : [],
    fineWhen: told && rule.fineWhen !== undefined ? fillTemplate(rule.fineWhen, context) : undefined,
    evidence: told ? distinct(read.sources) : [],
    missing: outcome === 'unknown' ? read.missing : [],
    documented: rule.documented.map(({ in: document, section }) => (section ? `${document} ${section}` : document)),
  }
}

/** Located lines first: they are what somebody will open. */
function distinct(sources: readonly Source[]): Source[] {
  const seen = new Map<string, Source>()
  for (const source of sources) seen.set(`${source.path ?? source.ask}:${source.line ?? ''}`, source)
  const located = new Set([...seen.values()].filter(({ line }) => line !== undefined).map(({ path }) => path))
  return [...seen.values()]
    .filter(({ line, path }) => line !== undefined || path === undefined || !located.has(path))
    .sort((a, b) => Number(b.line !== undefined) - Number(a.line !== undefined))
}

function fillStep(step: FixTemplate, context: object): FixStep[] {
  const { if: test, ...texts } = step
  if (test !== undefined) {
    const verdict = evaluate(compiled(test), context)
    if (verdict.gap || verdict.value !== true) return []
  }
  const filled = Object.entries(texts).map(([key, text]) => [
    key,
    typeof text === 'string'
      ? fillTemplate(text, context)
      : (text as readonly string[]).map((word) => fillTemplate(word, context)),
  ])
  return [Object.fromEntries(filled) as FixStep]
}

/** A gap, in a sentence, reads "?". */
function fillTemplate(template: string, context: object): string {
  if (!template.includes('{') && !template.includes('}')) return template
  return pieces(template)
    .map((piece) => {
      if ('text' in piece) return piece.text
      const verdict = evaluate(compiled(piece.expression), context)
      return verdict.gap ? '?' : show(verdict.value)
    })
    .join('')
}

const cache = new Map<string, Condition>()

function compiled(source: string): Condition {
  let found = cache.get(source)
  if (!found) cache.set(source, (found = condition(source)))
  return found
}
