/**
 * How long it takes to judge all guests on all hosts, after the hosts were read: 100 hosts, 1,000 guests; and how it grows. In this
 * process, without its start. `npm run bench`; exits with 1 where a limit is passed.
 */
import { loadRules } from '../src/cli/rules.ts'
import { collect } from '../src/engine/collect.ts'
import { factSets } from '../src/facts/index.ts'
import type { Side } from '../src/migration/guest.ts'
import { matrix } from '../src/migration/matrix.ts'
import { CrowdedHost } from './crowd.ts'
import { pace } from './pace.ts'

const GUESTS_OF_ONE = 10
/** From the issue: seconds at the usual pace, bytes; and how much more time ten times as many cells may take. */
const LIMIT = { seconds: 10, bytes: 1 << 30, growth: 12 }

const rules = await loadRules('.')

async function hosts(count: number): Promise<Side[]> {
  const sides: Side[] = []
  for (let index = 0; index < count; index++) {
    const host = new CrowdedHost(`host${index}`, GUESTS_OF_ONE, index * GUESTS_OF_ONE)
    sides.push({ host, facts: (await collect(host, factSets)).facts })
  }
  return sides
}

/** Seconds, and how many cells. */
function judgeAll(sides: readonly Side[]): { seconds: number; cells: number; red: number } {
  const started = performance.now()
  let [cells, red] = [0, 0]
  for (const row of matrix(sides, rules, false)) {
    cells += row.cells.length
    red += row.cells.filter(({ verdict }) => verdict === 'red').length
  }
  return { seconds: (performance.now() - started) / 1000, cells, red }
}

judgeAll(await hosts(4))
const few = judgeAll(await hosts(32))
const sides = await hosts(100)
const many = judgeAll(sides)
const peak = process.resourceUsage().maxRSS * 1024
const growth = many.seconds / many.cells / (few.seconds / few.cells)
const slower = pace()
const seconds = many.seconds / slower
const failed = seconds > LIMIT.seconds || peak > LIMIT.bytes || growth * 10 > LIMIT.growth
console.log(`\n100 hosts, ${100 * GUESTS_OF_ONE} guests:`)
console.log(
  `  ${many.cells} cells in ${many.seconds.toFixed(1)} s, at the usual pace ${seconds.toFixed(1)} s (limit ${LIMIT.seconds}), ${many.red} red`,
)
console.log(`  ${(peak / 2 ** 20).toFixed(0)} MiB at most (limit ${LIMIT.bytes / 2 ** 20})`)
console.log(`  a cell takes ${growth.toFixed(2)} x what it takes with 32 hosts (limit ${LIMIT.growth / 10})`)
process.exit(failed ? 1 : 0)
