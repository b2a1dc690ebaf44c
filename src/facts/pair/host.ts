import { locate } from '../../evidence/locate.ts'
import { known, unknown } from '../../evidence/result.ts'
import type { Result, Source } from '../../types.ts'
import { factSets } from '../index.ts'
import type { AllFacts } from './facts-of.ts'

/**
 * `source.*` or `target.*`: each namespace as one object, whose fields are values or gaps; where they were read says which host it was.
 */
export function hostNamespace(facts: AllFacts, side: 'source' | 'target'): Record<string, Result<unknown>> {
  return Object.fromEntries(
    factSets.map(({ name, about }) => {
      const fields = Object.keys(about).map((field) => {
        const result = facts[name]?.[field] ?? unknown('not-recorded', `${name}.${field}`)
        return [field, result] as const
      })
      const values = Object.fromEntries(fields.map(([field, result]) => [field, result.ok ? result.value : result]))
      const places = fields.flatMap(([field, result]) =>
        // What a machine is, is no evidence against it.
        result.ok && result.from[0] && name !== 'platform' ? [[field, placed(result.from[0], side)] as const] : [],
      )
      return [name, known(locate(values, undefined, Object.fromEntries(places)))]
    }),
  )
}

const placed = ({ ask, path, line }: Source, side: string): Source => ({
  ask: `${side}: ${ask}`,
  ...(path !== undefined && { path: `${side}:${path}` }),
  ...(line !== undefined && { line }),
})
