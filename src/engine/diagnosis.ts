import { CONFIDENCES } from '../signatures/signature.ts'
import type { Finding } from '../types.ts'
import { judge, type AllFacts } from './judge.ts'
import type { ScannedLog } from './judge-logs.ts'
import { byText, RANK, type LogRead, logsRead } from './report.ts'
import type { Rule } from './rule.ts'

export const DIAGNOSIS_VERSION = 1

/** What some text says, by the rules that recognise messages. */
export interface Diagnosis {
  readonly version: typeof DIAGNOSIS_VERSION
  readonly vdoctor: string
  readonly logs: readonly LogRead[]
  /** Surest first, then gravest. Where the machine was not asked, `missing` holds what would make each surer. */
  readonly findings: readonly Finding[]
  /** Messages that look like faults and are none. */
  readonly harmless: readonly Finding[]
}

/** `pasted`: nobody knows the machine that the text is from, and all its facts are gaps. */
export function diagnose(
  rules: readonly Rule[],
  logs: readonly ScannedLog[],
  facts: AllFacts,
  options: { version: string; pasted: boolean },
): Diagnosis {
  const listening = rules.filter(({ log }) => log)
  const judged = judge(listening, facts, { logs, bootAt: null, pasted: options.pasted, fresh: true })
  const told = judged.filter(({ said }) => said)
  return {
    version: DIAGNOSIS_VERSION,
    vdoctor: options.version,
    logs: logsRead(logs),
    findings: told.filter(({ outcome }) => outcome === 'problem').sort(bySureness),
    harmless: told.filter(({ outcome }) => outcome === 'ok'),
  }
}

const bySureness = (a: Finding, b: Finding): number =>
  CONFIDENCES.indexOf(a.confidence!) - CONFIDENCES.indexOf(b.confidence!) ||
  RANK[a.severity] - RANK[b.severity] ||
  (a.evidence[0]?.line ?? 0) - (b.evidence[0]?.line ?? 0) ||
  byText(a.rule, b.rule)
