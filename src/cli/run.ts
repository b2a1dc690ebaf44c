import { collect } from '../engine/collect.ts'
import { diagnose, type Diagnosis } from '../engine/diagnosis.ts'
import type { Rule } from '../engine/rule.ts'
import { scanLogs } from '../engine/scan-logs.ts'
import { Evidence } from '../evidence/evidence.ts'
import { known } from '../evidence/result.ts'
import { type HostLog, hostLogs, logAsks } from '../signatures/sources.ts'
import type { Host } from '../types.ts'
import { setsFor } from './check.ts'
import { runCommand } from './run-command.ts'
import { openEar } from './ear.ts'

export interface RunDiagnosed {
  readonly code: number
  readonly diagnosis: Diagnosis
}

/** Runs a command; then says what it said, and what was written to the host's logs meanwhile. */
export async function runDiagnosed(
  argv: readonly string[],
  rules: readonly Rule[],
  host: Host,
  options: { version: string; root: string },
): Promise<RunDiagnosed> {
  const before = hostLogs(new Evidence(await host.answer(logAsks)))
  const { code, said } = await runCommand(argv)
  const { evidence, facts } = await collect(host, setsFor(rules), undefined, logAsks)
  const own: HostLog = {
    name: argv[0]!,
    kind: 'system',
    of: '',
    tail: known({ text: said.toString(), whole: true }),
  }
  const logs = [own, ...hostLogs(evidence).flatMap((log) => sinceThen(log, before))]
  const scanned = scanLogs(rules, logs, await openEar(options.root), { now: Date.now(), bootAt: null })
  const unnumbered = scanned.map((log, index) => (index === 0 ? log : { ...log, numbered: false }))
  return { code, diagnosis: diagnose(rules, unnumbered, facts, { version: options.version, pasted: false }) }
}

/** Enough of a log's end to find it again. */
const LANDMARK = 512

/** What was added to a log. One that was not there before is new as a whole. */
export function sinceThen(log: HostLog, before: readonly HostLog[]): HostLog[] {
  if (!log.tail.ok) return []
  const { text } = log.tail.value
  const old = before.find(({ name }) => name === log.name)?.tail
  if (old && !old.ok) return []
  const seen = old?.value.text ?? ''
  const landmark = seen.slice(-LANDMARK)
  const at = text.startsWith(seen) ? seen.length : text.lastIndexOf(landmark) + landmark.length
  const added = text.slice(text.startsWith(seen) || text.includes(landmark) ? at : 0)
  return added.trim() === '' ? [] : [{ ...log, tail: known({ text: added, whole: true }) }]
}
