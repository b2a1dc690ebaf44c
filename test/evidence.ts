import { askKey } from '../src/evidence/ask.ts'
import { Evidence } from '../src/evidence/evidence.ts'
import type { FactSet } from '../src/facts/fact-set.ts'
import type { Answer, Ask, Data, Gap, Question, Result, Stat } from '../src/types.ts'

/** What a machine answers: `['/proc/misc', '232 kvm\n']` for a file, a `[question, data or gap]` for the rest. */
export type Given = readonly [string | Question | Ask, string | Data | { gap: Gap; detail?: string }]

export const output = (stdout: string, exit = 0, stderr = ''): Data => ({ kind: 'command', stdout, stderr, exit })
export const matches = (...values: string[]): Data => ({ kind: 'expands', values })
export const names = (...list: string[]): Data => ({ kind: 'list', names: list })
export const target = (path: string): Data => ({ kind: 'link', target: path })
export const status = (stat: Partial<Stat>): Data => ({
  kind: 'stat',
  stat: { type: 'file', mode: 0o644, uid: 0, gid: 0, size: 0, ...stat },
})

/** Evidence with these answers; everything else that the set asks is `absent`, unless `rest` says otherwise. */
export function evidence(set: Pick<FactSet, 'asks'>, given: readonly Given[], rest: Gap = 'absent'): Evidence {
  const answers: Answer[] = set.asks.map((ask) => ({ key: askKey(ask), ms: 0, ok: false, gap: rest }))
  for (const [question, data] of given) {
    const key = askKey(typeof question === 'string' ? { file: question } : question)
    if (typeof data === 'object' && 'gap' in data)
      answers.push({ key, ms: 0, ok: false, gap: data.gap, detail: data.detail })
    else answers.push({ key, ms: 0, ok: true, data: typeof data === 'string' ? { kind: 'file', text: data } : data })
  }
  return new Evidence(answers)
}

/** A fact's value, or the name of the gap in its place. */
export const value = (result: Result<unknown>): unknown => (result.ok ? result.value : result.gap)
