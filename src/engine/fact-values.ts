import { isUnknown, known, unknown } from '../evidence/result.ts'
import type { FactSet } from '../facts/fact-set.ts'
import type { Schema } from '../facts/schema.ts'
import { nearest } from '../parse/nearest.ts'
import type { Gap } from '../types.ts'
import type { AllFacts } from './judge.ts'

export const GAPS = [
  'absent',
  'denied',
  'timeout',
  'too-big',
  'not-recorded',
  'malformed',
  'unsupported',
  'withheld',
] as const satisfies readonly Gap[]

/**
 * Facts as a test writes them: `{ kvm: { nested: true, modules: [kvm, { gap: denied }] } }`, every scalar still a string. What is not
 * given is `not-recorded`. Throws where a name or a type is wrong.
 */
export function factsFromTest(given: unknown, sets: readonly FactSet[]): AllFacts {
  const wanted = mapping(given, 'facts')
  for (const name of Object.keys(wanted))
    if (!sets.some((set) => set.name === name))
      throw new Error(
        unknownName(
          'fact set',
          name,
          sets.map((set) => set.name),
        ),
      )
  return Object.fromEntries(
    sets.map((set) => {
      const fields = mapping(wanted[set.name] ?? {}, set.name)
      for (const name of Object.keys(fields))
        if (!(name in set.about))
          throw new Error(
            unknownName(
              'fact',
              `${set.name}.${name}`,
              Object.keys(set.about).map((field) => `${set.name}.${field}`),
            ),
          )
      const results = Object.entries(set.about).map(([name, schema]) => {
        const value =
          name in fields
            ? typed(fields[name], schema, `${set.name}.${name}`)
            : unknown('not-recorded', `${set.name}.${name}`)
        return [name, isUnknown(value) ? value : known(value)]
      })
      return [set.name, Object.fromEntries(results)]
    }),
  )
}

const unknownName = (what: string, name: string, names: readonly string[]): string => {
  const meant = nearest(name, names)
  return `unknown ${what} ${name}${meant ? `, did you mean ${meant}?` : ''}`
}

function mapping(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${where} must be a mapping`)
  return value as Record<string, unknown>
}

/** A field that an item leaves out is `not-recorded`, as in life. */
function typed(value: unknown, schema: Schema, where: string): unknown {
  if (typeof value === 'object' && value !== null && 'gap' in value && Object.keys(value).length === 1) {
    const { gap } = value as { gap: Gap }
    if (!GAPS.includes(gap)) throw new Error(unknownName('gap', gap, GAPS))
    return unknown(gap, where)
  }
  switch (schema.type) {
    case 'list':
      if (!Array.isArray(value)) throw new Error(`${where} must be a list`)
      return value.map((item, index) => typed(item, schema.of, `${where}[${index}]`))
    case 'map':
      return Object.fromEntries(
        Object.entries(mapping(value, where)).map(([key, item]) => [key, typed(item, schema.of, `${where}.${key}`)]),
      )
    case 'object': {
      const given = mapping(value, where)
      for (const name of Object.keys(given))
        if (!(name in schema.fields))
          throw new Error(unknownName('field', `${where}.${name}`, Object.keys(schema.fields)))
      return Object.fromEntries(
        Object.entries(schema.fields).map(([name, field]) => [
          name,
          name in given ? typed(given[name], field, `${where}.${name}`) : unknown('not-recorded', `${where}.${name}`),
        ]),
      )
    }
    default:
      return scalar(String(value), schema, where)
  }
}

function scalar(text: string, schema: Schema & { nullable?: true }, where: string): unknown {
  if (schema.nullable && text === 'null') return null
  if (schema.type === 'bool' && (text === 'true' || text === 'false')) return text === 'true'
  if (schema.type === 'number' && text !== '' && Number.isFinite(Number(text))) return Number(text)
  if (schema.type === 'string') return text
  throw new Error(`${where} must be a ${schema.type}, and is ${JSON.stringify(text)}`)
}
