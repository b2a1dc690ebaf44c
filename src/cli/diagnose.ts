import { closeSync, openSync, readSync } from 'node:fs'
import { collect } from '../engine/collect.ts'
import { diagnose, type Diagnosis } from '../engine/diagnosis.ts'
import { factsFromTest } from '../engine/fact-values.ts'
import type { AllFacts } from '../engine/judge.ts'
import type { ScannedLog } from '../engine/judge-logs.ts'
import type { Rule } from '../engine/rule.ts'
import { firstTime, signaturesOf } from '../engine/scan-logs.ts'
import { unknown } from '../evidence/result.ts'
import { factSets } from '../facts/index.ts'
import { openLog } from '../logfile/open.ts'
import { LogScan } from '../signatures/log-scan.ts'
import type { Host } from '../types.ts'
import { setsFor } from './check.ts'
import { openEar } from './ear.ts'

export interface Diagnosed {
  readonly diagnosis: Diagnosis
  /** Logs that broke off: a sentence each. */
  readonly notes: readonly string[]
}

/** Looks through texts; judges them with the facts of `host`, where there is one. */
export async function diagnoseLogs(
  names: readonly string[],
  rules: readonly Rule[],
  host: Host | null,
  options: { version: string; root: string },
): Promise<Diagnosed> {
  const { scanner, automaton } = await openEar(options.root)
  const set = signaturesOf(rules, automaton)
  scanner.use(set.automaton)
  const now = host?.at?.getTime() ?? Date.now()
  const logs: ScannedLog[] = []
  const notes: string[] = []
  for (const name of names) {
    const log = await openLog(name)
    const scan = new LogScan(set, scanner, { now })
    let since: number | null = null
    const onHead = (head: string): void => void (since = firstTime(head, now))
    const broke = 'file' in log ? feedFile(scan, log.file, onHead) : await feed(scan, log.text, onHead)
    if (broke !== null) notes.push(`${name} broke off after ${scan.bytes} bytes: ${broke}`)
    const gap = broke === null ? null : unknown('malformed', name, broke)
    const sightings = scan.end()
    const path = name === '-' ? undefined : name
    logs.push({ name, path, of: '', sightings, gap, numbered: true, lines: scan.lines, since })
  }
  const facts = host ? (await collect(host, setsFor(rules))).facts : NOTHING_KNOWN()
  const { version } = options
  return { diagnosis: diagnose(rules, logs, facts, { version, pasted: host === null }), notes }
}

const HEAD_BYTES = 4096

const NOTHING_KNOWN = (): AllFacts => factsFromTest({}, factSets)

/** null, or what cut the log short: what came before it still counts. */
async function feed(
  scan: LogScan,
  text: AsyncIterable<Buffer>,
  onHead: (head: string) => void,
): Promise<string | null> {
  try {
    for await (const piece of text) {
      if (scan.bytes === 0) onHead(piece.toString('latin1', 0, HEAD_BYTES))
      scan.feed(piece)
    }
    return null
  } catch (error) {
    return (error as Error).message
  }
}

/** Straight from the file to where it is looked at: a stream would cost as much as the search. */
function feedFile(scan: LogScan, file: string, onHead: (head: string) => void): string | null {
  const fd = openSync(file, 'r')
  try {
    for (;;) {
      const { room } = scan
      const bytes = readSync(fd, room, 0, room.length, null)
      if (bytes === 0) return null
      if (scan.bytes === 0) onHead(room.toString('latin1', 0, Math.min(bytes, HEAD_BYTES)))
      scan.filled(bytes)
    }
  } catch (error) {
    return (error as Error).message
  } finally {
    closeSync(fd)
  }
}
