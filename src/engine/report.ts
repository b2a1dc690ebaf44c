import type { Finding, Gap, Host, Severity } from '../types.ts'
import type { AllFacts } from './judge.ts'
import type { ScannedLog } from './judge-logs.ts'

export const REPORT_VERSION = 1

/** How the rules of one area came out. */
export interface AreaCount {
  readonly area: string
  readonly problem: number
  readonly ok: number
  readonly unknown: number
  readonly skipped: number
}

/** A gap, and the rules that it left undecided. */
export interface Undecided {
  readonly gap: Gap
  readonly ask: string
  readonly detail?: string | undefined
  readonly rules: readonly string[]
}

/** A log that the signatures were looked for in, and how far back it was read. */
export interface LogRead {
  readonly name: string
  readonly lines: number
  /** ISO 8601, of its first line; null where its lines carry no time. */
  readonly since: string | null
  /** Why silence in it proves nothing; null where all of it was read, or all since the machine was started. */
  readonly gap: Gap | null
}

/** How long it would take to move a running guest, and how long it would stand still. */
export interface MoveEstimate {
  /** Memory of the guest. */
  readonly bytes: number
  /** Line that is reckoned with. */
  readonly megabits: number
  /** To send all of it once. */
  readonly onePassSeconds: number
  /** What the guest changes in a second; null where nobody measured it. */
  readonly dirtyBytesPerSecond: number | null
  /** All of it; null where it is not known, or never ends. */
  readonly seconds: number | null
  readonly downtimeSeconds: number | null
  /** Whether what is left to send becomes little enough; null where it is not known. */
  readonly converges: boolean | null
  /** What all that rests on, in sentences without a full stop. */
  readonly assumes: readonly string[]
}

/** One run's result, complete: what every reporter prints and what the exit code is decided from. */
export interface Report {
  readonly version: typeof REPORT_VERSION
  readonly vdoctor: string
  readonly host: string
  /** ISO 8601; null where a recording does not say. */
  readonly at: string | null
  readonly platform: Readonly<Record<string, unknown>>
  /** Of a machine that hosts nothing: whether it could. "" where it hosts guests, or nobody can tell. */
  readonly ability: string
  readonly findings: readonly Finding[]
  readonly areas: readonly AreaCount[]
  readonly undecided: readonly Undecided[]
  readonly logs: readonly LogRead[]
  /** Only of a guest that is to move while it runs. */
  readonly move?: MoveEstimate
}

export const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 }

export const atLeast = (severity: Severity, least: Severity): boolean => RANK[severity] <= RANK[least]

export function makeReport(
  host: Host,
  facts: AllFacts,
  findings: readonly Finding[],
  version: string,
  logs: readonly ScannedLog[],
): Report {
  const platform = Object.entries(facts['platform'] ?? {}).map(([name, fact]) => [name, fact.ok ? fact.value : null])
  return {
    version: REPORT_VERSION,
    vdoctor: version,
    host: host.label,
    at: host.at?.toISOString() ?? null,
    platform: Object.fromEntries(platform) as Record<string, unknown>,
    ability: ability(facts),
    findings: [...findings].sort(byWeight),
    areas: countAreas(findings),
    undecided: ledger(findings),
    logs: logsRead(logs),
  }
}

export const logsRead = (logs: readonly ScannedLog[]): LogRead[] =>
  logs.map(({ name, lines, since, gap }) => ({
    name,
    lines,
    since: since === null ? null : new Date(since).toISOString(),
    gap: gap?.gap ?? null,
  }))

/** What the owner of a machine that is no host may want to know. */
function ability(facts: AllFacts): string {
  const value = (namespace: string, fact: string): unknown => {
    const result = facts[namespace]?.[fact]
    return result?.ok ? result.value : undefined
  }
  if (value('platform', 'hosts') !== '' || value('platform', 'under') === 'container') return ''
  if (value('kvm', 'active') === true) return 'It could host KVM guests: the kernel offers /dev/kvm.'
  const extension = value('cpu', 'vmx') === true ? 'VT-x' : value('cpu', 'svm') === true ? 'AMD-V' : ''
  if (extension) return `It could host KVM guests: the processor has ${extension}; the KVM module is not loaded.`
  const surely = value('kvm', 'active') === false && value('cpu', 'vmx') === false && value('cpu', 'svm') === false
  return surely ? 'It could not host KVM guests as it is: the processor shows neither VT-x nor AMD-V.' : ''
}

/** localeCompare would load all that is known of the world's alphabets, and take longer than all rules. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const byWeight = (a: Finding, b: Finding): number =>
  Number(a.outcome !== 'problem') - Number(b.outcome !== 'problem') ||
  RANK[a.severity] - RANK[b.severity] ||
  byText(a.area, b.area) ||
  byText(a.rule, b.rule)

/** A rule counts once: with its worst subject. */
function countAreas(findings: readonly Finding[]): AreaCount[] {
  const worst = new Map<string, Finding>()
  const order = ['problem', 'unknown', 'ok', 'skipped']
  for (const finding of findings) {
    const other = worst.get(finding.rule)
    if (!other || order.indexOf(finding.outcome) < order.indexOf(other.outcome)) worst.set(finding.rule, finding)
  }
  const areas = [...new Set(findings.map(({ area }) => area))].sort()
  return areas.map((area) => {
    const count = (outcome: string): number =>
      [...worst.values()].filter((one) => one.area === area && one.outcome === outcome).length
    return { area, problem: count('problem'), ok: count('ok'), unknown: count('unknown'), skipped: count('skipped') }
  })
}

/** What kept rules from deciding, most rules first: the reader's list of what to do about it. */
function ledger(findings: readonly Finding[]): Undecided[] {
  const causes = new Map<string, { gap: Gap; ask: string; detail?: string | undefined; rules: Set<string> }>()
  for (const { rule, outcome, missing } of findings) {
    if (outcome !== 'unknown') continue
    for (const { gap, ask, detail } of missing) {
      const key = `${gap} ${ask}`
      const cause = causes.get(key) ?? { gap, ask, detail, rules: new Set() }
      causes.set(key, cause)
      cause.rules.add(rule)
    }
  }
  return [...causes.values()]
    .sort((a, b) => b.rules.size - a.rules.size || byText(a.ask, b.ask))
    .map(({ rules, ...cause }) => ({ ...cause, rules: [...rules].sort() }))
}
