/**
 * How fast consoles are recorded: 64 pseudo-terminals of socat at 115,200 baud with all signatures on, every byte accounted for; then one
 * unix socket at full speed, against socat itself in the same run. `npm run bench`, or with `--seconds=10` for a shorter first part;
 * exits with 1 where a limit is passed.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { closeSync, constants, existsSync, mkdtempSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' } } })
const SECONDS = Number(values.seconds)
const SOURCES = 64
/** 115,200 baud: ten bits a byte. */
const BYTES_A_SECOND = 11_520
const TICK_MS = 10
/** The clock of /proc/PID/stat on every architecture that Node runs on. */
const TICKS_A_SECOND = 100
const SOCKET_BYTES = 512e6
const ROUNDS = 3

let failed = false
function report(name: string, figure: string, ok: boolean, limit: string): void {
  failed ||= !ok
  console.log(`${name.padEnd(58)} ${figure.padStart(14)}  ${ok ? 'within' : 'OVER'} ${limit}`)
}

/** What healthy machines say on their consoles while they start. */
const TEXT = Buffer.concat(['kvm-host-ok', 'xen-dom0-ok'].map((name) => readFileSync(`fixtures/consoles/${name}.log`)))
const folder = mkdtempSync(join(tmpdir(), 'bench-'))
const children: ChildProcess[] = []
function start(program: string, ...args: string[]): ChildProcess {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  children.push(child)
  return child
}
const ended = (child: ChildProcess): Promise<unknown> =>
  child.exitCode === null ? new Promise((resolve) => child.once('exit', resolve)) : Promise.resolve()

async function until(condition: () => boolean, what: string): Promise<void> {
  for (let waited = 0; !condition(); waited += 5) {
    if (waited > 120_000) throw new Error(`waited in vain for ${what}`)
    await sleep(5)
  }
}

/** A capture that has connected to all its sources. */
async function capture(output: string, ...sources: string[]): Promise<ChildProcess> {
  const child = start(process.execPath, 'bin/vdoctor.cjs', 'console', 'capture', '--output', output, ...sources)
  let said = ''
  child.stderr!.on('data', (text: Buffer) => (said += text.toString()))
  await until(() => said.includes('Recording') || child.exitCode !== null, 'the capture')
  if (child.exitCode !== null) throw new Error(said)
  return child
}

async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM')
  await ended(child)
}

/** Seconds of all threads, in the program and in the kernel for it. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND
}
const peakBytes = (pid: number): number =>
  Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024

function recorded(output: string, name: string): string[] {
  const segments = readdirSync(output).filter((file) => file.startsWith(`${name}.`) && file.endsWith('.raw'))
  return segments.sort().map((file) => join(output, file))
}
const sizeOf = (files: readonly string[]): number => files.reduce((sum, file) => sum + statSync(file).size, 0)

/** Each terminal says the text from another place on, over and over. */
const sayingFrom = (source: number): number => (source * 4099) % TEXT.length

async function terminals(): Promise<void> {
  const names = Array.from({ length: SOURCES }, (_, index) => join(folder, `t${String(index).padStart(2, '0')}`))
  for (const name of names) start('socat', `pty,raw,echo=0,link=${name}.in`, `pty,raw,echo=0,link=${name}`)
  await until(() => names.every((name) => existsSync(name) && existsSync(`${name}.in`)), 'the terminals')
  const output = join(folder, 'terminals')
  const child = await capture(output, ...names.flatMap((name) => ['--tty', name]))
  const pid = child.pid!
  const inputs = names.map((name) => openSync(`${name}.in`, constants.O_WRONLY | constants.O_NOCTTY | 0o4000))
  await sleep(500)

  const sent = names.map(() => 0)
  const before = cpuSeconds(pid)
  const started = performance.now()
  for (let elapsed = 0; elapsed < SECONDS * 1000; elapsed = performance.now() - started) {
    const due = Math.floor((Math.min(elapsed, SECONDS * 1000) / 1000) * BYTES_A_SECOND)
    inputs.forEach((fd, source) => (sent[source]! += say(fd, sayingFrom(source) + sent[source]!, due - sent[source]!)))
    await sleep(TICK_MS)
  }
  const seconds = (performance.now() - started) / 1000
  const load = (cpuSeconds(pid) - before) / seconds
  await sleep(1000)
  const peak = peakBytes(pid)
  await stop(child)
  for (const fd of inputs) closeSync(fd)

  const whole = names.filter((name, source) => {
    const kept = Buffer.concat(recorded(output, name.replace(/.*\//, '')).map((file) => readFileSync(file)))
    return kept.equals(expected(sayingFrom(source), sent[source]!))
  }).length
  const bytes = sent.reduce((sum, one) => sum + one, 0)
  const [all, rate] = [SOURCES * BYTES_A_SECOND * seconds, `${(bytes / seconds / SOURCES).toFixed(0)} B/s`]
  console.log(`${SOURCES} terminals, ${seconds.toFixed(0)} s, ${(bytes / 1e6).toFixed(1)} MB`)
  report('  said, each', rate, bytes > 0.97 * all, '3 % of 11,520 B/s')
  report('  records that hold every byte', `${whole} of ${SOURCES}`, whole === SOURCES, 'all')
  report('  processor time of a core', `${(load * 100).toFixed(1)} %`, load < 0.1, '10 %')
  report('  resident memory at its peak', `${(peak / 1e6).toFixed(0)} MB`, peak < 200e6, '200 MB')
}

/** Bytes that the terminal took. */
function say(fd: number, at: number, bytes: number): number {
  const from = at % TEXT.length
  try {
    return bytes <= 0 ? 0 : writeSync(fd, TEXT, from, Math.min(bytes, TEXT.length - from))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0
    throw error
  }
}

function expected(from: number, bytes: number): Buffer {
  const start = from % TEXT.length
  const times = Math.ceil((start + bytes) / TEXT.length)
  return Buffer.concat(Array.from({ length: times }, () => TEXT)).subarray(start, start + bytes)
}

/** The same file, said by socat to whoever connects. */
async function listenWith(file: string, socket: string): Promise<void> {
  rmSync(socket, { force: true })
  start('socat', '-u', '-b', '65536', `OPEN:${file}`, `UNIX-LISTEN:${socket}`)
  await until(() => existsSync(socket), 'the socket')
}

/** Bytes a second that socat writes to a file. */
async function bySocat(file: string, path: string): Promise<number> {
  await listenWith(file, path)
  const started = performance.now()
  const copy = join(folder, 'copy')
  await ended(start('socat', '-u', `UNIX-CONNECT:${path}`, `CREATE:${copy}`))
  const seconds = (performance.now() - started) / 1000
  rmSync(copy)
  return SOCKET_BYTES / seconds
}

/** Bytes a second that a capture records from its first byte on; throws where it is not every byte. */
async function byCapture(file: string, path: string): Promise<number> {
  const output = join(folder, 'socket-record')
  await listenWith(file, path)
  const child = await capture(output, '--socket', `one=${path}`)
  const started = performance.now()
  const early = sizeOf(recorded(output, 'one'))
  await until(() => sizeOf(recorded(output, 'one')) >= SOCKET_BYTES, 'the last byte')
  const seconds = (performance.now() - started) / 1000
  await stop(child)
  const files = recorded(output, 'one')
  const { status } = spawnSync('sh', ['-c', 'said=$1; shift; cat "$@" | cmp - "$said"', 'sh', file, ...files])
  if (status !== 0) throw new Error('the record of the socket is not what was said')
  rmSync(output, { recursive: true })
  return (SOCKET_BYTES - early) / seconds
}

const median = (figures: readonly number[]): number => [...figures].sort((a, b) => a - b)[figures.length >> 1]!

async function socket(): Promise<void> {
  const [file, path] = [join(folder, 'said'), join(folder, 'socket')]
  writeFileSync(file, expected(0, SOCKET_BYTES))
  const [socat, capture]: [number[], number[]] = [[], []]
  for (let round = 0; round < ROUNDS; round++) {
    socat.push(await bySocat(file, path))
    capture.push(await byCapture(file, path))
  }
  const [theirs, ours] = [median(socat), median(capture)]
  console.log(
    `one socket, ${SOCKET_BYTES / 1e6} MB, the median of ${ROUNDS}; socat -u: ${(theirs / 1e6).toFixed(0)} MB/s`,
  )
  report('  recorded, every byte of it', `${(ours / 1e6).toFixed(0)} MB/s`, ours >= 50e6, '50 MB/s or more')
  report('  of socat', (ours / theirs).toFixed(2), ours / theirs >= 1 / 3, 'a third or more')
}

try {
  if (SECONDS > 0) await terminals()
  for (const child of children) child.kill('SIGTERM')
  await socket()
} finally {
  for (const child of children) child.kill('SIGTERM')
  rmSync(folder, { recursive: true, force: true })
}
process.exit(failed ? 1 : 0)
