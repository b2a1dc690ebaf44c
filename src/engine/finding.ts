import type { Finding, FixStep, Outcome, Refusal, Source } from '../types.ts'
import { type Condition, condition, evaluate, type Verdict } from './conditions.ts'
import type { FixTemplate, PairRule, Rule } from './rule.ts'
import { pieces, show } from './template.ts'
import type { Reading } from './view.ts'

export const NOTHING: Reading = { sources: [], missing: [] }

/** `subject` is "" for the host itself, and for a whole list that is not known. */
export function finding(rule: Rule, outcome: Outcome, read: Reading, context: object, subject = ''): Finding {
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
    documented: told
      ? rule.documented.map(({ in: document, section }) => (section ? `${document} ${section}` : document))
      : [],
    ...(told && rule.pair && { refusal: refusal(rule.pair, context) }),
  }
}

function refusal({ by, phase, words }: PairRule, context: object): Refusal {
  const toolstack = by.find((one) => one === fillTemplate('{pair.toolstack}', context))
  const said = toolstack && words[toolstack]
  return { by: toolstack ?? '', phase, words: said ? fillTemplate(said, context) : '' }
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
  const { if: test, elsewhere, ...texts } = step
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
  return [{ ...(Object.fromEntries(filled) as FixStep), ...(elsewhere && { elsewhere: true as const }) }]
}

/** A gap, in a sentence, reads "?". */
export function fillTemplate(template: string, context: object): string {
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

export function compiled(source: string): Condition {
  let found = cache.get(source)
  if (!found) cache.set(source, (found = condition(source)))
  return found
}

const verdicts = new WeakMap<object, Map<string, Verdict>>()

/** Hundreds of rules apply to the same machines: each such sentence is judged once for the facts of one. */
export function appliesTo(context: object, source: string): Verdict {
  let known = verdicts.get(context)
  if (!known) verdicts.set(context, (known = new Map()))
  let verdict = known.get(source)
  if (!verdict) known.set(source, (verdict = evaluate(compiled(source), context)))
  return verdict
}
