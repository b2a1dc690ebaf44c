import { collect, type Collected } from '../engine/collect.ts'
import { judge } from '../engine/judge.ts'
import { AGE, type LogReading, NO_LOGS } from '../engine/judge-logs.ts'
import { makeReport, type Report } from '../engine/report.ts'
import type { Rule } from '../engine/rule.ts'
import { factSets } from '../facts/index.ts'
import { openEar } from './ear.ts'
import type { FactSet } from '../facts/fact-set.ts'
import { logAsks } from '../signatures/sources.ts'
import type { Answer, Finding, Host } from '../types.ts'

export interface Checked {
  readonly report: Report
  /** Milliseconds for each part. */
  readonly took: Readonly<Record<'collect' | 'parse' | 'logs' | 'judge', number>>
}

export interface CheckOptions {
  readonly version: string
  /** The folder that the program stands in. */
  readonly root: string
  readonly onAnswer?: ((answer: Answer) => void) | undefined
  readonly waive?: (findings: Finding[]) => Finding[]
}

/** What the report's head is made of. */
const HEAD = new Set(['platform', 'cpu', 'kvm'])

/** Only what the rules need is asked, and what the report's head says. */
export function setsFor(rules: readonly Rule[]): FactSet[] {
  const named = new Set(rules.flatMap(({ namespaces }) => namespaces))
  if (rules.some(({ log }) => log)) named.add(AGE)
  return factSets.filter(({ name }) => HEAD.has(name) || named.has(name))
}

/** The whole line: host → evidence → facts and logs → findings → report. */
export async function check(host: Host, rules: readonly Rule[], options: CheckOptions): Promise<Checked> {
  const told = rules.filter(({ harmless, pair }) => !harmless && !pair)
  const listens = told.some(({ log }) => log)
  const collected = await collect(host, setsFor(told), options.onAnswer, listens ? logAsks : [])
  const started = performance.now()
  const reading = listens ? await logsOf(host, told, collected, options.root) : NO_LOGS
  const read = performance.now()
  const findings = judge(told, collected.facts, reading)
  const report = makeReport(host, collected.facts, options.waive?.(findings) ?? findings, options.version, reading.logs)
  return { report, took: { ...collected.took, logs: read - started, judge: performance.now() - read } }
}

/** The scanner and all that belongs to it is loaded only where there are messages to look for. */
async function logsOf(host: Host, rules: readonly Rule[], collected: Collected, root: string): Promise<LogReading> {
  const { readLogs } = await import('../engine/scan-logs.ts')
  return readLogs(rules, collected, host.at, await openEar(root))
}
