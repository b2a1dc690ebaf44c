/**
 * Starts uvu and judges it by its totals: it exits 0 when a hook throws, when nothing ran, and when no file matches.
 * `node test/run.js [PATTERN]`
 */
import { spawnSync } from 'node:child_process'

const { FORCE_COLOR: _, ...inherited } = process.env
const env = inherited
const pattern = process.argv[2] ?? '\\.test\\.ts$'
const { stdout, stderr, status } = spawnSync(
  process.execPath,
  ['--import', 'tsx', 'node_modules/uvu/bin.js', '--no-color', 'test', pattern],
  { encoding: 'utf8', maxBuffer: 1 << 28, env },
)
process.stdout.write(stdout)
process.stderr.write(stderr)

const total = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(stdout)?.[1] ?? NaN)
const [all, passed, skipped] = ['Total', 'Passed', 'Skipped'].map(total)
const failed = all - passed
const notTried = (stdout.match(/^not tried: /gm) ?? []).length
console.log(`\n${passed} passed, ${failed} failed${notTried ? `\n${notTried} not tried` : ''}`)
process.exit(status === 0 && all > 0 && failed === 0 && skipped === 0 ? 0 : 1)
