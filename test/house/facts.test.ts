import fastGlob from 'fast-glob'
import * as assert from 'uvu/assert'
import { collect } from '../../src/engine/collect.ts'
import { Evidence } from '../../src/evidence/evidence.ts'
import { isUnknown } from '../../src/evidence/result.ts'
import { factSets } from '../../src/facts/index.ts'
import type { Schema } from '../../src/facts/schema.ts'
import { BundleHost } from '../../src/hosts/bundle.ts'
import { describe } from '../describe.ts'

const machines = fastGlob.sync('fixtures/hosts/*', { onlyDirectories: true })

/** Where a value is not what its schema says. */
function wrong(value: unknown, schema: Schema, where: string): string[] {
  if (isUnknown(value)) return []
  switch (schema.type) {
    case 'list':
      return Array.isArray(value) ? value.flatMap((item, n) => wrong(item, schema.of, `${where}[${n}]`)) : [where]
    case 'map':
      if (typeof value !== 'object' || value === null) return [where]
      return Object.entries(value).flatMap(([key, item]) => wrong(item, schema.of, `${where}.${key}`))
    case 'object': {
      if (typeof value !== 'object' || value === null) return [where]
      const names = new Set([...Object.keys(schema.fields), ...Object.keys(value)])
      return [...names].flatMap((name) => {
        const field = schema.fields[name]
        return field && name in value
          ? wrong((value as Record<string, unknown>)[name], field, `${where}.${name}`)
          : [`${where}.${name}`]
      })
    }
    default:
      if (value === null) return schema.nullable ? [] : [where]
      return typeof value === (schema.type === 'bool' ? 'boolean' : schema.type) && !Number.isNaN(value) ? [] : [where]
  }
}

describe('the facts', (it) => {
  for (const set of factSets) {
    it(`are all told, and all described: ${set.name}`, () => {
      assert.equal(Object.keys(set.parse(new Evidence([]))).sort(), Object.keys(set.about).sort())
    })

    it(`are unknown where nothing was asked: ${set.name}`, () => {
      const known = Object.entries(set.parse(new Evidence([]))).filter(([, { ok }]) => ok)
      const sure = known.filter(
        ([, result]) => result.ok && !(Array.isArray(result.value) && result.value.some(isUnknown)),
      )
      assert.equal(
        sure.map(([name]) => name),
        [],
      )
    })
  }

  for (const machine of machines) {
    it(`are of the type that rules are checked against: ${machine}`, async () => {
      const { facts } = await collect(new BundleHost(machine), factSets)
      const errors = factSets.flatMap((set) =>
        Object.entries(set.about).flatMap(([name, schema]) => {
          const fact = facts[set.name]![name]!
          return fact.ok ? wrong(fact.value, schema, `${set.name}.${name}`) : []
        }),
      )
      assert.equal(errors, [])
    })
  }
})
