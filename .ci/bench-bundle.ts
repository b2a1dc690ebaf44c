/**
 * What a bundle of this machine costs against the archive that `sos report` makes of about the same matters, in one run, and the memory
 * that it takes. Medians of three, in turn, after one warm-up of both. `npx tsx .ci/bench-bundle.ts` after a build, as root, as sos wants
 * it; exits with 1 where a limit is passed.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sosCall } from './sos.ts'

const RUNS = 3
const MOST_OF_SOS = 0.3
const MOST_MB = 300

const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env
const root = mkdtempSync(join(tmpdir(), 'bench-'))
const [ours, theirs] = [join(root, 'bundle.tar.gz'), join(root, 'sos')]

/** The last line that vdoctor says is how much memory it had, in KiB. */
const MEMORY = "data:text/javascript,process.on('exit',()=>process.stderr.write(process.resourceUsage().maxRSS+'\\n'))"
const bundle = [process.execPath, '--import', MEMORY, 'bin/vdoctor.cjs', 'bundle', '--output', ours]

/** A run that failed is quick, and no measure. */
function timed(argv: readonly string[]): { ms: number; said: string } {
  const started = process.hrtime.bigint()
  const { status, stderr } = spawnSync(argv[0]!, argv.slice(1), { encoding: 'utf8', env })
  if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status}: ${stderr}`)
  return { ms: Number(process.hrtime.bigint() - started) / 1e6, said: stderr.trim() }
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
const verdict = (is: number, most: number): string => (is <= most ? `within ${most}` : `OVER ${most}`)

const sos = sosCall(theirs)
if (sos === null) console.log('not tried: sos is not installed')
const times = { bundle: [] as number[], sos: [] as number[] }
const sizes = { bundle: 0, sos: 0 }
let memory = 0
for (let round = -1; round < RUNS; round++) {
  const { ms, said } = timed(bundle)
  memory = Math.max(memory, (Number(said.split('\n').pop()) * 1024) / 1e6)
  sizes.bundle = statSync(ours).size
  rmSync(ours)
  if (round >= 0) times.bundle.push(ms)
  if (sos === null) continue
  mkdirSync(theirs)
  const { ms: sosMs } = timed(sos.argv)
  const archive = readdirSync(theirs).find((name) => /\.tar(\.\w+)?$/.test(name))
  if (archive === undefined) throw new Error('sos made no archive')
  sizes.sos = statSync(join(theirs, archive)).size
  rmSync(theirs, { recursive: true })
  if (round >= 0) times.sos.push(sosMs)
}
rmSync(root, { recursive: true, force: true })

const kib = (bytes: number): string => `${(bytes / 1024).toFixed(0)} KiB`
console.log(`a bundle of this machine ${median(times.bundle).toFixed(0).padStart(6)} ms, ${kib(sizes.bundle)}`)
let failed = !(memory <= MOST_MB)
if (sos !== null) {
  const ratio = median(times.bundle) / median(times.sos)
  failed ||= ratio > MOST_OF_SOS
  console.log(`sos report, ${sos.plugins} plugins   ${median(times.sos).toFixed(0).padStart(6)} ms, ${kib(sizes.sos)}`)
  console.log(`ratio ${ratio.toFixed(3)} ×  ${verdict(ratio, MOST_OF_SOS)}`)
}
console.log(`memory ${memory.toFixed(0)} MB  ${verdict(memory, MOST_MB)}`)
process.exit(failed ? 1 : 0)
