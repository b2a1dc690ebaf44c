import type { AllFacts } from '../engine/judge.ts'
import { askLabel } from '../evidence/ask.ts'
import { isUnknown } from '../evidence/result.ts'
import type { FactSet } from '../facts/fact-set.ts'
import type { Fields, Schema } from '../facts/schema.ts'
import type { Ask, Unknown } from '../types.ts'
import { plain, wrap } from './plain.ts'

const MEANING_WIDTH = 90

/** `kvm.nested  true`, one fact a line; items of lists below it. */
export function factsText(facts: AllFacts): string {
  const lines: string[] = []
  for (const [namespace, values] of Object.entries(facts)) {
    for (const [name, result] of Object.entries(values)) {
      lines.push(...factLines(`${namespace}.${name}`, result.ok ? result.value : result))
    }
  }
  return `${lines.join('\n')}\n`
}

function factLines(name: string, value: unknown): string[] {
  if (Array.isArray(value) && value.some((item) => typeof item === 'object' && item !== null && !isUnknown(item))) {
    return [`${name}`, ...value.map((item) => `  - ${oneLine(item)}`)]
  }
  return [`${name}  ${oneLine(value)}`]
}

const gapText = ({ gap, ask, detail }: Unknown): string =>
  plain(`? ${gap}: ${ask}${detail === undefined ? '' : ` (${detail})`}`)

function oneLine(value: unknown): string {
  if (isUnknown(value)) return gapText(value)
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([name, item]) => `${plain(name)}=${oneLine(item)}`)
      .join(' ')
  return typeof value === 'string' ? (value === '' ? '""' : plain(value)) : String(value)
}

/** Gaps stand as `{"gap": …, "ask": …}` in place of the value. */
export function factsJson(facts: AllFacts): string {
  const open = Object.entries(facts).map(([namespace, values]) => [
    namespace,
    Object.fromEntries(Object.entries(values).map(([name, result]) => [name, result.ok ? result.value : result])),
  ])
  const gapsByName = (_key: string, value: unknown): unknown =>
    isUnknown(value) ? { gap: value.gap, ask: value.ask, detail: value.detail } : value
  return `${JSON.stringify(Object.fromEntries(open), gapsByName, 2)}\n`
}

/** What a rule author needs: every name with type, unit and meaning, and what is read for it; then the logs that messages are looked for in. */
export function describeFacts(sets: readonly FactSet[], logs: readonly Ask[]): string {
  const described = sets.map((set) =>
    [`${set.name}: ${set.meaning}`, ...fieldLines(set.about, `${set.name}.`), ...reads(set.asks)].join('\n'),
  )
  const messages = ['The logs, for the messages that rules recognise', ...reads(logs)].join('\n')
  return [...described, ...(logs.length > 0 ? [messages] : [])].join('\n\n')
}

function reads(asks: readonly Ask[]): string[] {
  const labels = [...new Set(asks.map((ask) => `${'probe' in ask ? 'with --probe: ' : ''}${askLabel(ask)}`))]
  return wrap(`reads ${labels.join('; ')}`, MEANING_WIDTH).map((line) => `  ${line}`)
}

function fieldLines(fields: Fields, prefix: string): string[] {
  return Object.entries(fields).flatMap(([name, schema]) => {
    const inner = schema.type === 'list' || schema.type === 'map' ? schema.of : schema
    const own = `  ${prefix}${name}  ${typeText(schema)}  ${schema.meaning}`
    return inner.type === 'object'
      ? [own, ...fieldLines(inner.fields, `  ${inner === schema ? `${prefix}${name}.` : '.'}`)]
      : [own]
  })
}

function typeText(schema: Schema): string {
  if (schema.type === 'list') return `list of ${schema.of.type}`
  if (schema.type === 'map') return `map of ${schema.of.type}`
  const unit = 'unit' in schema && schema.unit && schema.unit !== 'count' ? `, ${schema.unit}` : ''
  return `${schema.type}${unit}${'nullable' in schema ? ' or null' : ''}`
}
