/**
 * How fast logs are looked through, as ratios within one run: `vdoctor diagnose` of 500 MB against ripgrep with the same patterns, whole
 * processes, medians of three; then, in this process, how the speed changes with the number of signatures and the size of the log.
 * `npm run bench`; exits with 1 where a limit is passed.
 */
import fastGlob from 'fast-glob'
import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { loadRules } from '../src/cli/rules.ts'
import type { Rule } from '../src/engine/rule.ts'
import { signaturesOf } from '../src/engine/scan-logs.ts'
import { literalsOf } from '../src/signatures/pattern.ts'
import { LogScan } from '../src/signatures/log-scan.ts'
import { Scanner } from '../src/signatures/scanner.ts'

const MEGABYTE = 1e6
const SIZE = 500 * MEGABYTE
/** Lines repeat after so much: more would take longer to make, and fill no cache more. */
const BLOCK = 20 * MEGABYTE
const RUNS = 3

let failed = false
function report(name: string, figure: string, ok: boolean, limit: string): void {
  failed ||= !ok
  console.log(`${name.padEnd(58)} ${figure.padStart(10)}  ${ok ? 'within' : 'OVER'} ${limit}`)
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!

/** The same numbers in every run: mulberry32, whose cycle is four thousand million long. */
let seed = 42
const random = (below: number): number => {
  seed = (seed + 0x6d2b79f5) | 0
  let bits = Math.imul(seed ^ (seed >>> 15), seed | 1)
  bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
  return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32) * below)
}
const pick = <T>(list: readonly T[]): T => list[random(list.length)]!

const rules = (await loadRules('.')).filter(({ log }) => log)
const set = signaturesOf(rules)
const patterns = rules.flatMap(({ log }) => [...log!.match, ...log!.context.flatMap(({ match }) => match)])
const scanner = new Scanner(readFileSync('dist/scan.wasm'))

/** Real lines of healthy machines: rings of kernels and hypervisors, and what a syslog is full of. */
function quietLines(): string[] {
  const rings = fastGlob
    .sync('fixtures/hosts/*/commands/*')
    .flatMap((path) => readFileSync(path, 'utf8').split('\n'))
    .filter((line) => /^(\[ *\d+\.\d+\] |\(XEN\) )/.test(line))
  const daily = [
    'systemd[1]: Started Session 12 of user root.',
    'CRON[1234]: (root) CMD (/usr/lib/sysstat/sa1 1 1)',
    'sshd[4321]: Accepted publickey for admin from 192.0.2.17 port 51234 ssh2',
    'dnsmasq-dhcp[812]: DHCPREQUEST(virbr0) 192.168.122.14 52:54:00:12:34:56',
    'NetworkManager[700]: <info>  [1700000000.1234] device (eth0): carrier: link connected',
    'postfix/smtpd[991]: connect from localhost[127.0.0.1]',
  ].map((line) => `Nov 20 09:31:00 web1 ${line}`)
  const all = [...rings, ...daily, ...daily, ...daily]
  return all.filter((line) => matches(`${line}\n`) === 0)
}

function matches(text: string): number {
  const scan = new LogScan(set, scanner.use(set.automaton), { now: 0 })
  scan.feed(Buffer.from(text))
  return scan.end().reduce((sum, { count }) => sum + count, 0)
}

/** The messages in the tests of the rules, each as a syslog would write it. */
function loudLines(): string[] {
  const texts = fastGlob
    .sync('rules/**/*.test.yaml')
    .flatMap((path) =>
      (parse(readFileSync(path, 'utf8')) as { log?: unknown }[]).flatMap(({ log }) =>
        typeof log === 'string' ? [log] : Array.isArray(log) ? log.map(({ text }: { text: string }) => text) : [],
      ),
    )
  return texts.flatMap((text) => text.split('\n')).filter((line) => line.trim() !== '' && matches(`${line}\n`) > 0)
}

/** Messages that flood a log are few: a tenth of them make half of the lines. In no order of kind: the list is shuffled first. */
const pickOften = <T>(list: readonly T[]): T => list[Math.floor(list.length * (random(1 << 30) / (1 << 30)) ** 3.3)]!
function shuffled<T>(list: readonly T[]): T[] {
  const mixed = [...list]
  for (let at = mixed.length - 1; at > 0; at--) {
    const other = random(at + 1)
    ;[mixed[at], mixed[other]] = [mixed[other]!, mixed[at]!]
  }
  return mixed
}

/** A log of `SIZE` bytes of which one line in `every` matches. */
function writeLog(path: string, quiet: readonly string[], loud: readonly string[], every: number): void {
  const lines: string[] = []
  for (let bytes = 0; bytes < BLOCK; bytes += lines.at(-1)!.length + 1)
    lines.push(random(every) === 0 ? pickOften(loud) : pick(quiet))
  const block = Buffer.from(`${lines.join('\n')}\n`)
  const fd = openSync(path, 'w')
  for (let bytes = 0; bytes < SIZE; bytes += block.length) writeSync(fd, block)
  closeSync(fd)
}

const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env
function seconds(argv: readonly string[]): { took: number; err: string } {
  const started = process.hrtime.bigint()
  const { stderr, status } = spawnSync(argv[0]!, argv.slice(1), {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    env,
  })
  if (status !== 0) throw new Error(`${argv[0]}: exit ${status}: ${stderr.slice(-300)}`)
  return { took: Number(process.hrtime.bigint() - started) / 1e9, err: stderr }
}

const folder = mkdtempSync(join(tmpdir(), 'bench-logs-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const list = join(folder, 'patterns')
// ripgrep makes one expression of them all, in which a name may stand once.
const unnamed = patterns.map(({ regexp }) => regexp.replace(/\(\?<\w+>/g, '('))
/** A few patterns are written in a way that ripgrep's engine reads as a mistake; it then has less to do than we. */
const understood = unnamed.filter((one) => spawnSync('rg', ['-q', '-e', one, '/dev/null']).status !== 2)
writeFileSync(list, `${understood.join('\n')}\n`)
const quiet = quietLines()
const loud = shuffled(loudLines())
console.log(
  `${rules.length} signatures, ${patterns.length} patterns; ${quiet.length} quiet and ${loud.length} telling lines`,
)

const haveRipgrep = spawnSync('rg', ['--version']).status === 0
for (const [every, limit] of [
  [200, 2.5],
  [2, 2],
] as const) {
  const log = join(folder, `every-${every}.log`)
  writeLog(log, quiet, loud, every)
  const megabytes = statSync(log).size / MEGABYTE
  const runs = Array.from({ length: RUNS }, () => ({
    ours: seconds([process.execPath, 'bin/vdoctor.cjs', 'diagnose', log, '--fail-on', 'never', '--timing']),
    theirs: haveRipgrep ? seconds(['rg', '-c', '-f', list, log]).took : NaN,
  }))
  const ours = median(runs.map((run) => run.ours.took))
  const { rss } = JSON.parse(runs[0]!.ours.err.trim().split('\n').pop()!) as { rss: number }
  console.log(`\none line in ${every} matches: ${(megabytes / ours).toFixed(0)} MB/s`)
  if (haveRipgrep) {
    const ratio = median(runs.map((run) => run.theirs)) / ours
    report('  times as fast as ripgrep', `${ratio.toFixed(2)} ×`, ratio >= limit, `${limit} at least`)
  } else console.log('  not tried: ripgrep is not installed')
  report('  resident memory', `${Math.round(rss / 1024)} MiB`, rss < 300 * 1024, '300')
}

/** Seconds to look through a text, best of three: the others met somebody else's work. */
function scanning(signatures: typeof set, text: Buffer): number {
  const once = (): number => {
    const scan = new LogScan(signatures, scanner.use(signatures.automaton), { now: 0 })
    const started = process.hrtime.bigint()
    scan.feed(text)
    scan.end()
    return Number(process.hrtime.bigint() - started) / 1e9
  }
  once()
  return Math.min(once(), once(), once())
}

const SYLLABLES = 'ba ke di fo gu ha je ki lo mu na pe qui ro su ta ve wi xo zu'.split(' ')
const word = (): string => Array.from({ length: 3 }, () => pick(SYLLABLES)).join('')
const invented = (count: number): typeof set =>
  signaturesOf(
    Array.from({ length: count }, (_, index) => {
      const regexp = `${word()} ${word()} (?<what>\\S+): ${word()} \\d+`
      const log = { in: [], match: [{ regexp, literals: literalsOf(regexp)! }], context: [] }
      return { id: `invented-${index}`, subject: '', log } as unknown as Rule
    }),
  )
const sample = readFileSync(join(folder, 'every-200.log')).subarray(0, 100 * MEGABYTE)
const few = scanning(invented(200), sample)
const many = scanning(invented(2000), sample)
console.log(`\nin this process, 100 MB:`)
report('  2,000 signatures against 200', `${(many / few).toFixed(2)} ×`, many / few <= 1.5, '1.5')
const tenth = scanning(set, sample.subarray(0, 10 * MEGABYTE))
const whole = scanning(set, sample)
report('  100 MB against 10 MB', `${(whole / tenth).toFixed(2)} ×`, whole / tenth <= 12, '12')
process.exit(failed ? 1 : 0)
