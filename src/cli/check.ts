import { collect } from '../engine/collect.ts'
import { judge } from '../engine/judge.ts'
import { makeReport, type Report } from '../engine/report.ts'
import type { Rule } from '../engine/rule.ts'
import { factSets } from '../facts/index.ts'
import type { FactSet } from '../facts/fact-set.ts'
import type { Answer, Finding, Host } from '../types.ts'

export interface Checked {
  readonly report: Report
  /** Milliseconds for each part. */
  readonly took: Readonly<Record<'collect' | 'parse' | 'judge', number>>
}

/** What the report's head is made of. */
const HEAD = new Set(['platform', 'cpu', 'kvm'])

/** Only what the rules need is asked, and what the report's head says. */
export function setsFor(rules: readonly Rule[]): FactSet[] {
  const named = new Set(
    rules.flatMap((rule) => [...rule.facts, ...inSentences(rule)].map((fact) => fact.split('.')[0]!)),
  )
  return factSets.filter(({ name }) => HEAD.has(name) || named.has(name))
}

/** A sentence or the `if` of a step may name facts that decide nothing. */
const inSentences = ({ says, why, fix, fineWhen = '' }: Rule): string[] =>
  JSON.stringify([says, why, fix, fineWhen]).match(/\b[a-z]\w*\.[a-z]\w*/gi) ?? []

/** The whole line: host → evidence → facts → findings → report. */
export async function check(
  host: Host,
  rules: readonly Rule[],
  options: {
    version: string
    onAnswer?: ((answer: Answer) => void) | undefined
    waive?: (findings: Finding[]) => Finding[]
  },
): Promise<Checked> {
  const { facts, took } = await collect(host, setsFor(rules), options.onAnswer)
  const started = performance.now()
  const findings = judge(rules, facts)
  const report = makeReport(host, facts, options.waive?.(findings) ?? findings, options.version)
  return { report, took: { ...took, judge: performance.now() - started } }
}
