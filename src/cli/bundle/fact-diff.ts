import { collect } from '../../engine/collect.ts'
import { isUnknown } from '../../evidence/result.ts'
import { factSets } from '../../facts/index.ts'
import { plain } from '../../reporters/plain.ts'
import type { Answer, Host } from '../../types.ts'

const LONGEST = 60

/** `fact kvm.nested: true, then false` */
export async function factDifferences(before: readonly Answer[], after: readonly Answer[]): Promise<string[]> {
  const [old, now] = [await factsOf(before), await factsOf(after)]
  return [...old].flatMap(([name, value]) => {
    const other = now.get(name)!
    return value === other ? [] : [`fact ${name}: ${shown(value)}, then ${shown(other)}`]
  })
}

async function factsOf(answers: readonly Answer[]): Promise<Map<string, string>> {
  const host: Host = { label: '', at: null, answer: async () => answers }
  const { facts } = await collect(host, factSets)
  const gaps = (_: string, value: unknown): unknown => (isUnknown(value) ? `? ${value.gap}` : value)
  return new Map(
    Object.entries(facts).flatMap(([namespace, values]) =>
      Object.entries(values).map(
        ([name, result]) =>
          [`${namespace}.${name}`, JSON.stringify(result.ok ? result.value : result, gaps)] as [string, string],
      ),
    ),
  )
}

const shown = (value: string): string => plain(value.length > LONGEST ? `${value.slice(0, LONGEST)} …` : value)
