/**
 * How fast, as ratios to `node -e 0` within one run: absolute times are the machine's. Medians of ten, after one warm-up, the
 * commands in turn. `npm run bench`; exits with 1 where a limit is passed.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sosCall } from './sos.ts'

const RUNS = 10
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env
const vdoctor = (...args: string[]): string[] => [process.execPath, 'bin/vdoctor.cjs', ...args]

interface Measure {
  readonly name: string
  readonly argv: readonly string[]
  /** Largest allowed ratio to `node -e 0`. */
  readonly limit?: number
}

const RECORDED = 'fixtures/hosts/xen-dom0'
const SINGLE = 'dist/pack/vdoctor'
spawnSync('node_modules/.bin/tsx', ['.ci/pack.ts'], { stdio: ['ignore', 'ignore', 'inherit'] })
const measures: Measure[] = [
  { name: 'node -e 0', argv: [process.execPath, '-e', '0'] },
  { name: 'vdoctor --version', argv: vdoctor('--version'), limit: 3.5 },
  { name: `check --from ${RECORDED}`, argv: vdoctor('check', '--from', RECORDED), limit: 7 },
  { name: 'single executable --version', argv: [SINGLE, '--version'], limit: 3.5 },
  { name: `single executable check --from`, argv: [SINGLE, 'check', '--from', RECORDED], limit: 7 },
  { name: 'check, live', argv: vdoctor('check', '--fail-on', 'never'), limit: 15 },
]

function milliseconds(argv: readonly string[]): number {
  const started = process.hrtime.bigint()
  spawnSync(argv[0]!, argv.slice(1), { stdio: ['ignore', 'ignore', 'ignore'], env })
  return Number(process.hrtime.bigint() - started) / 1e6
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!

const times = new Map(measures.map(({ name }) => [name, [] as number[]]))
for (let round = -1; round < RUNS; round++) {
  for (const { name, argv } of measures) {
    const took = milliseconds(argv)
    if (round >= 0) times.get(name)!.push(took)
  }
}

const base = median(times.get('node -e 0')!)
let failed = false
for (const { name, limit } of measures) {
  const ratio = median(times.get(name)!) / base
  const verdict = limit === undefined ? '' : ratio <= limit ? `within ${limit}` : `OVER ${limit}`
  failed ||= limit !== undefined && ratio > limit
  console.log(
    `${name.padEnd(40)} ${median(times.get(name)!).toFixed(0).padStart(6)} ms  ${ratio.toFixed(2).padStart(6)} ×  ${verdict}`,
  )
}

console.log(`\nthe single executable: ${(statSync(SINGLE).size / 1e6).toFixed(0)} MB`)
console.log('\nwhere the time goes, in ms:')
for (const args of [['--from', RECORDED], []]) {
  const started = Date.now()
  const { stderr } = spawnSync(
    process.execPath,
    ['bin/vdoctor.cjs', 'check', '--fail-on', 'never', '--timing', ...args],
    { encoding: 'utf8', env },
  )
  const { ran, rss: _, ...parts } = JSON.parse(stderr.trim().split('\n').pop()!) as Record<string, number>
  const shown = Object.entries({ start: ran! - started, ...parts }).map(([name, ms]) => `${name} ${ms.toFixed(0)}`)
  console.log(`  ${(args[1] ?? 'live').padEnd(30)} ${shown.join(', ')}`)
}

/** sos writes a full archive; vdoctor check must cost a tenth of it at most. Measured once, since it takes its time. */
const folder = mkdtempSync(join(tmpdir(), 'bench-'))
const sos = sosCall(folder)
if (sos) {
  const took = milliseconds(sos.argv)
  const ratio = median(times.get('check, live')!) / took
  failed ||= ratio > 0.1
  const verdict = ratio <= 0.1 ? 'within 0.1' : 'OVER 0.1'
  console.log(
    `\ncheck, live, against sos report of ${sos.plugins} plugins (${(took / 1000).toFixed(1)} s): ${ratio.toFixed(3)} ×  ${verdict}`,
  )
} else console.log('\nnot tried: sos is not installed')
rmSync(folder, { recursive: true, force: true })
process.exit(failed ? 1 : 0)
