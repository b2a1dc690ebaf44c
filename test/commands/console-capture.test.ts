import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes, randomInt } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { describe } from '../describe.ts'
import { folderWith, program } from '../hosts/machine-folder.ts'
import { vdoctor } from '../vdoctor.ts'

interface Running {
  readonly child: ChildProcess
  out: string
  err: string
  readonly ended: Promise<number | null>
}
const capture = (...args: string[]): Running => captureUnder([], args)
function captureUnder(node: readonly string[], args: readonly string[]): Running {
  const child = spawn(process.execPath, [...node, 'bin/vdoctor.cjs', 'console', 'capture', ...args], {
    env: { ...process.env, NO_COLOR: '1' },
  })
  const running: Running = { child, out: '', err: '', ended: new Promise((resolve) => child.once('exit', resolve)) }
  child.stdout!.on('data', (text: Buffer) => (running.out += text.toString()))
  child.stderr!.on('data', (text: Buffer) => (running.err += text.toString()))
  return running
}
async function until(condition: () => boolean, what: string): Promise<void> {
  for (let tries = 0; tries < 500 && !condition(); tries++) await sleep(20)
  assert.ok(condition(), what)
}
function recorded(folder: string, name: string): Buffer {
  const segments = readdirSync(folder).filter((file) => file.startsWith(`${name}.`) && file.endsWith('.raw'))
  return Buffer.concat(segments.sort().map((file) => readFileSync(join(folder, file))))
}
const eventsOf = (folder: string, name: string): string[] =>
  readFileSync(join(folder, `${name}.events.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { event: string }).event)

/** A console: whoever connects gets what is said from then on. */
async function consoleAt(
  path: string,
): Promise<{ server: Server; clients: Set<Socket>; say: (bytes: Buffer) => Promise<void> }> {
  const clients = new Set<Socket>()
  const server = createServer((socket) => {
    clients.add(socket)
    socket.on('error', () => undefined).once('close', () => clients.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  const say = (bytes: Buffer): Promise<void> =>
    new Promise((resolve) => {
      const [socket] = clients
      if (!socket || !socket.writable) return resolve()
      socket.write(bytes, () => resolve())
    })
  return { server, clients, say }
}

describe('console capture', (it) => {
  it('records, tells what a message means at once, starts the command for it, and ends when it is told', async () => {
    const folder = folderWith({})
    const [path, output, hook] = [join(folder, 'web1.sock'), join(folder, 'out'), join(folder, 'hook.sh')]
    writeFileSync(hook, '#!/bin/sh\nprintf "%s|%s|%s" "$1" "$VDOCTOR_SOURCE" "$VDOCTOR_LINE" >"$2"\n', { mode: 0o755 })
    const { server, clients, say } = await consoleAt(path)
    const run = capture(
      '--socket',
      `web1=${path}`,
      '--output',
      output,
      '--on-match',
      `root-file-system-not-mounted=${hook} page ${folder}/paged`,
    )
    await until(() => clients.size === 1, run.err)
    const panic = Buffer.from(
      '[    1.1] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)\r\n',
    )
    await say(Buffer.from('[    1.0] all is well\r\n'))
    await say(panic.subarray(0, 40))
    await say(panic.subarray(40))
    await until(() => run.out.includes('[root-file-system-not-mounted]'), run.err)
    assert.match(run.out, /^web1 \d{4}-/)
    await until(() => existsSync(join(folder, 'paged')), run.err)
    assert.match(readFileSync(join(folder, 'paged'), 'utf8'), /^page\|web1\|.*Unable to mount root fs/)
    run.child.kill('SIGTERM')
    assert.is(await run.ended, 0)
    assert.match(run.err, `Recording web1 in ${output}`)
    assert.is(recorded(output, 'web1').toString(), `[    1.0] all is well\r\n${panic.toString()}`)
    assert.equal(eventsOf(output, 'web1'), ['started', 'connected', 'stopped'])
    server.close()
  })

  it('comes back when the console does, records the gap, and opens its files anew at SIGHUP', async () => {
    const folder = folderWith({})
    const [path, output] = [join(folder, 's'), join(folder, 'out')]
    const { server, clients, say } = await consoleAt(path)
    const run = capture('--socket', path, '--output', output, '--quiet')
    await until(() => clients.size === 1, run.err)
    await say(Buffer.from('one'))
    await until(() => existsSync(join(output, 's.000001.raw')) && recorded(output, 's').length === 3, 'one')
    for (const client of clients) client.destroy()
    await until(() => clients.size === 1 && run.err.includes('connected again'), run.err)
    await say(Buffer.from('two'))
    await until(() => recorded(output, 's').length === 6, 'two')
    rmSync(join(output, 's.000001.raw'))
    run.child.kill('SIGHUP')
    await until(() => existsSync(join(output, 's.000001.raw')), 'reopened')
    await say(Buffer.from('three'))
    await until(() => recorded(output, 's').length === 5, 'three')
    run.child.kill('SIGINT')
    assert.is(await run.ended, 0)
    assert.equal(eventsOf(output, 's'), ['started', 'connected', 'gap', 'connected', 'reopened', 'stopped'])
    server.close()
  })

  it('reads a file of sources, and names what is wrong in one', async () => {
    const folder = folderWith({
      log: 'from the log\n',
      wrong: 'sources:\n  web1: { sokket: /x }\n',
      empty: 'sources: {}\n',
    })
    const good = join(folder, 'good')
    writeFileSync(
      good,
      `sources:\n  web1: { file: ${folder}/log, from-start: true }\n  web2: { command: [echo, "a  b"], terminal: false }\non-match:\n  - { rule: root-file-system-not-mounted, run: [/bin/true] }\n`,
    )
    const output = join(folder, 'out')
    const run = capture('--sources', good, '--output', output, '--quiet')
    await until(
      () => existsSync(join(output, 'web1.000001.raw')) && existsSync(join(output, 'web2.000001.raw')),
      run.err,
    )
    run.child.kill('SIGTERM')
    await run.ended
    assert.is(recorded(output, 'web1').toString(), 'from the log\n')
    assert.match(recorded(output, 'web2').toString(), /^a {2}b\n/)
    const wrong = vdoctor(['console', 'capture', '--sources', join(folder, 'wrong')])
    assert.is(wrong.code, 2)
    assert.match(wrong.err, `${join(folder, 'wrong')}:2:`)
    assert.is(vdoctor(['console', 'capture', '--sources', join(folder, 'empty')]).code, 2)
  })

  it('says what an interactive console takes from others before it is opened', async () => {
    const folder = folderWith({})
    const xl = program(folder, 'xl', 'echo "$1 $2"; sleep 100')
    const run = capture('--output', join(folder, 'out'), '--', xl, 'console', 'web1')
    await until(() => run.err.includes('Recording'), run.err)
    assert.match(run.err, /xl console web1: whoever else has it open gets a part of its bytes[^]*Recording web1/)
    run.child.kill('SIGTERM')
    await run.ended
  })

  it('says what cannot be opened: 2 where it was the only one, else the others go on', async () => {
    const folder = folderWith({ log: '' })
    const alone = vdoctor(['console', 'capture', '--tty', '/dev/pts/nonexistent', '--output', join(folder, 'a')])
    assert.is(alone.code, 2)
    assert.match(alone.err, 'terminal /dev/pts/nonexistent: ENOENT')
    assert.match(alone.err, 'no console could be opened')
    const run = capture('--tty', '/dev/pts/nonexistent', '--file', join(folder, 'log'), '--output', join(folder, 'b'))
    await until(() => run.err.includes('Recording'), run.err)
    assert.match(run.err, 'ENOENT')
    run.child.kill('SIGTERM')
    assert.is(await run.ended, 0)
    for (const [args, message] of [
      [[], 'which console?'],
      [['--socket', 'nonsense'], 'neither a path nor HOST:PORT'],
      [['--port', '/dev/ttyS0,fast'], 'is no serial port'],
      [['--file', '/etc/hosts', '--file', '/a/hosts'], 'two sources are called hosts'],
      [['--file', '/etc/hosts', '--max-size', 'much'], 'is no size'],
      [['--file', '/etc/hosts', '--on-match', 'nosuchrule=/bin/true'], 'no rule that listens'],
      [['--file', '/etc/hosts', '--output', '/proc/nonexistent'], 'cannot make /proc/nonexistent'],
    ] as const) {
      const { code, err } = vdoctor(['console', 'capture', ...args])
      assert.is(code, 2, err)
      assert.match(err, message)
    }
  })

  it('suspects a wrong speed once, takes a line without an end, and shows no escape sequence', async () => {
    const folder = folderWith({})
    const [path, output] = [join(folder, 's'), join(folder, 'out')]
    const { server, clients, say } = await consoleAt(path)
    const run = capture('--socket', path, '--output', output)
    await until(() => clients.size === 1, run.err)
    const sent = [
      ...Array.from({ length: 8 }, () => randomBytes(8192)),
      Buffer.alloc(300_000, 'no end '),
      Buffer.from(
        '\r\n\u001b]0;owned\u0007\u001b[2J[    1.0] Kernel panic - not syncing: \u001b[31mno\u0001 \u009b2Jway\r\n',
      ),
    ]
    for (const bytes of sent) {
      await say(bytes)
      await sleep(100)
    }
    await until(() => run.out.includes('[kernel-stopped]'), run.err)
    run.child.kill('SIGTERM')
    assert.is(await run.ended, 0)
    assert.ok(recorded(output, 's').equals(Buffer.concat(sent)))
    assert.is(run.err.split('this looks like a wrong speed').length, 2, run.err)
    assert.is(eventsOf(output, 's').filter((event) => event === 'noise').length, 1)
    assert.not.match(`${run.out}${run.err}`, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
    server.close()
  })

  it('does everything but ports where the native part of serialport is missing', async () => {
    const folder = folderWith({
      'no-native.cjs': `const { Module } = require('node:module')
const load = Module._load
Module._load = function (name, ...rest) {
  if (name === '@serialport/bindings-cpp') throw new Error('No native build was found')
  return load.call(this, name, ...rest)
}`,
      log: 'from the log\n',
    })
    const broken = ['--require', join(folder, 'no-native.cjs')]
    const alone = captureUnder(broken, ['--port', '/dev/ttyNONE', '--output', join(folder, 'a')])
    assert.is(await alone.ended, 2)
    assert.match(alone.err, 'the native part of serialport does not load (No native build was found)')
    assert.match(alone.err, 'use --socket')
    const both = ['--port', '/dev/ttyNONE', '--file', join(folder, 'log'), '--from-start', '--quiet']
    const run = captureUnder(broken, [...both, '--output', join(folder, 'b')])
    await until(() => existsSync(join(folder, 'b', 'log.000001.raw')), run.err)
    run.child.kill('SIGTERM')
    assert.is(await run.ended, 0)
    assert.is(recorded(join(folder, 'b'), 'log').toString(), 'from the log\n')
    assert.match(run.err, 'the native part of serialport does not load')
  })
})

/** Each run starts a process; VDOCTOR_EVERY_KILL=1 makes the five hundred runs that a release is tried with. */
const KILLS = process.env['VDOCTOR_EVERY_KILL'] ? 500 : 24
const AT_ONCE = 4

describe('console capture that is killed', (it) => {
  it(`keeps what came, under random pieces, disconnects and SIGKILL (${KILLS} runs)`, async () => {
    const folder = folderWith({})
    const one = async (number: number): Promise<void> => {
      const [path, output] = [join(folder, `${number}.sock`), join(folder, `out${number}`)]
      mkdirSync(output)
      const { server, clients, say } = await consoleAt(path)
      const run = capture('--socket', `c=${path}`, '--output', output, '--quiet', '--max-size', '20000')
      await until(() => clients.size === 1, run.err)
      const sent: Buffer[] = []
      const deadline = performance.now() + randomInt(5, 250)
      const disconnects = number % 3 === 0
      while (performance.now() < deadline) {
        const bytes = randomBytes(randomInt(1, 5000))
        sent.push(bytes)
        await say(bytes)
        if (randomInt(4) === 0) await sleep(randomInt(1, 8))
        if (disconnects && randomInt(60) === 0) {
          // What was said before must have arrived: a server that goes away does not wait, either.
          await until(() => recorded(output, 'c').length === Buffer.concat(sent).length, 'arrived')
          const [old] = clients
          old!.destroy()
          await until(() => clients.size === 1 && !clients.has(old!), 'came back')
        }
      }
      run.child.kill('SIGKILL')
      await run.ended
      const all = Buffer.concat(sent)
      const kept = recorded(output, 'c')
      assert.ok(kept.equals(all.subarray(0, kept.length)), `run ${number}: ${kept.length} of ${all.length} bytes`)
      const settled = await afterwards(path, output, kept)
      assert.ok(settled)
      server.close()
    }
    for (let first = 0; first < KILLS; first += AT_ONCE)
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, KILLS - first) }, (_, index) => one(first + index)))
  })

  /** A capture that starts again goes on behind what is there, and changes none of it. */
  async function afterwards(path: string, output: string, before: Buffer): Promise<boolean> {
    if (randomInt(4) > 0) return true
    const run = capture('--socket', `c=${path}`, '--output', output, '--quiet')
    await until(() => run.err.includes('Recording'), run.err)
    run.child.kill('SIGTERM')
    await run.ended
    return recorded(output, 'c').subarray(0, before.length).equals(before)
  }
})
