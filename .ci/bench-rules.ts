/**
 * How long it takes to judge: all rules over a recorded host, and over the same host with 1,000 guests. In this process, without its
 * start; medians, at the usual pace. `npm run bench`; exits with 1 where a limit is passed.
 */
import { loadRules } from '../src/cli/rules.ts'
import { collect } from '../src/engine/collect.ts'
import { judge } from '../src/engine/judge.ts'
import { factSets } from '../src/facts/index.ts'
import { BundleHost } from '../src/hosts/bundle.ts'
import type { Host } from '../src/types.ts'
import { CrowdedHost, HOST } from './crowd.ts'
import { pace } from './pace.ts'

const GUESTS = 1000

const rules = await loadRules('.')

const slower = pace()

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!

let failed = false
async function measure(name: string, host: Host, runs: number, limit: number): Promise<void> {
  const times: number[] = []
  let findings = 0
  for (let run = 0; run < runs; run++) {
    const { facts } = await collect(host, factSets)
    const started = performance.now()
    findings = judge(rules, facts).length
    times.push((performance.now() - started) / slower)
  }
  const took = median(times)
  failed ||= took > limit
  const verdict = took <= limit ? 'within' : 'OVER'
  console.log(
    `${name.padEnd(44)} ${findings} findings, first ${times[0]!.toFixed(0)} ms, median ${took.toFixed(0)} ms  ${verdict} ${limit}`,
  )
}

console.log(`\n${rules.length} rules judge, on a machine ${slower.toFixed(1)} x slower than usual:`)
await measure(`  ${HOST}`, new BundleHost(HOST), 7, 50)
await measure(`  the same with ${GUESTS} guests`, new CrowdedHost(`${GUESTS} guests`, GUESTS), 3, 1000)
process.exit(failed ? 1 : 0)
