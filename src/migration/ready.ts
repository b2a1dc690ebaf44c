import { judge } from '../engine/judge.ts'
import { makeReport, type Report } from '../engine/report.ts'
import type { Rule } from '../engine/rule.ts'
import type { Probed } from '../facts/pair/probe.ts'
import { pairFacts, type Toolstack } from '../facts/pair.ts'
import { type Host, UserError } from '../types.ts'
import { estimate } from './estimate.ts'
import { guestNamed, type Side, toolstackOf } from './guest.ts'
import { guestFindings, hostFindings } from './start.ts'

export interface ReadyOptions {
  readonly source: Side
  readonly target: Side
  /** The guest is shut down first, or is down already. */
  readonly offline: boolean
  readonly version: string
  /** What came of trying; nothing was tried without it. */
  readonly probed?: Probed | undefined
}

/** Recordings further apart than that are said to be so. */
const APART_MS = 3_600_000

/** A rule that no toolstack refuses for concerns all of them. */
export const concernedBy = ({ pair }: Rule, toolstack: Toolstack): boolean =>
  pair !== undefined && (pair.by.length === 0 || pair.by.includes(toolstack))

/** Whether a guest could move from one host to the other: every reason against it that is known, in one pass. */
export function readiness(
  name: string,
  rules: readonly Rule[],
  { source, target, offline, version, probed }: ReadyOptions,
): Report {
  if (source.host.label === target.host.label)
    throw new UserError(
      `source and target are the same: ${source.host.label}`,
      'Name the host that the guest shall go to with --target.',
    )
  const guest = guestNamed(name, source, target)
  const toolstack = toolstackOf(guest)
  const live = !offline && guest.running !== false
  const hosts = { source: source.facts, target: target.facts }
  const facts = pairFacts(hosts, guest.name, { toolstack, live }, probed)
  const concerned = rules.filter((rule) => concernedBy(rule, toolstack))
  const findings = [...judge(concerned, facts), ...hostFindings(rules, target.facts, 'the target')]
  const label = `guest ${guest.name}: ${source.host.label} → ${target.host.label}`
  const made = report(label, target.host.at ?? source.host.at, { ...source.facts, ...facts }, findings, version)
  const move = live ? estimate(guest, toolstack, source, target) : null
  return move ? { ...made, move } : made
}

/** Whether a guest would start on the host that has its definition, now. */
export function startReadiness(
  name: string,
  rules: readonly Rule[],
  { target, version }: Pick<ReadyOptions, 'target' | 'version'>,
): Report {
  const guest = guestNamed(name, target)
  const { label, at } = target.host
  if (guest.running === true)
    throw new UserError(`${guest.name} runs on ${label} already`, 'There is nothing to start.')
  const toolstack = toolstackOf(guest)
  const facts = pairFacts({ target: target.facts }, guest.name, { toolstack, live: false })
  const concerned = rules.filter((rule) => rule.pair?.start && concernedBy(rule, toolstack))
  const findings = [
    ...judge(concerned, facts),
    ...guestFindings(rules, target.facts, guest.name),
    ...hostFindings(rules, target.facts),
  ]
  return report(`start of guest ${guest.name} on ${label}`, at, { ...target.facts, ...facts }, findings, version)
}

function report(
  label: string,
  at: Date | null,
  facts: Parameters<typeof makeReport>[1],
  findings: Report['findings'],
  version: string,
): Report {
  const host: Host = { label, at, answer: async () => [] }
  return makeReport(host, facts, findings, version, [])
}

/** How far apart the two were recorded, in a sentence; null where that does not matter, or nobody wrote it down. */
export function apart({ source, target }: Pick<ReadyOptions, 'source' | 'target'>): string | null {
  const [from, to] = [source.host.at, target.host.at]
  if (!from || !to || Math.abs(to.getTime() - from.getTime()) <= APART_MS) return null
  const day = (at: Date): string => at.toISOString().slice(0, 16).replace('T', ' ')
  return `The source was recorded at ${day(from)} and the target at ${day(to)} UTC: much may have changed between.`
}
