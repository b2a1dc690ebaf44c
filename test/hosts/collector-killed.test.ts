import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { everyAsk } from '../../src/engine/asks.ts'
import { command, file } from '../../src/evidence/ask.ts'
import { BundleHost } from '../../src/hosts/bundle.ts'
import { collectorScript } from '../../src/hosts/collector.ts'
import { LiveHost } from '../../src/hosts/live.ts'
import type { Ask } from '../../src/types.ts'
import { describe } from '../describe.ts'
import { asks, same } from './every-kind.ts'
import { processes, until } from './processes.ts'

const AT_A_TIME = 4
const newFolder = (): string => mkdtempSync(join(tmpdir(), 'vdoctor-'))

/** What answers at once, and the same at every look. */
const small = [...asks.filter(({ timeoutMs }) => timeoutMs === undefined), file('/proc/version'), file('/proc/cmdline')]

/** `all` kills the process group, else the shell alone. */
interface Kill {
  readonly some: readonly Ask[]
  readonly shell: readonly string[]
  readonly all: boolean
}

interface Killed {
  readonly folder: string
  readonly temporary: string
  readonly group: number
}

/** How long the whole takes when nobody kills it, in milliseconds. */
async function whole(shell: readonly string[], some: readonly Ask[]): Promise<number> {
  const started = performance.now()
  await run({ shell, some, all: true }, null)
  return performance.now() - started
}

async function run({ shell, some, all }: Kill, afterMs: number | null): Promise<Killed> {
  const folder = newFolder()
  const temporary = newFolder()
  writeFileSync(join(folder, 'collect.sh'), collectorScript(some, '0.0.0'))
  const [program, ...args] = [...shell, 'collect.sh', 'it']
  const child = spawn(program!, args, {
    cwd: folder,
    detached: true,
    stdio: 'ignore',
    env: { ...process.env, TMPDIR: temporary },
  })
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()))
  if (afterMs !== null)
    setTimeout(() => {
      try {
        process.kill(all ? -child.pid! : child.pid!, 'SIGKILL')
      } catch {
        // It was faster.
      }
    }, afterMs)
  await ended
  return { folder, temporary, group: child.pid! }
}

/** The folder or the archive, as a recorded machine; null where it was killed before there was one. */
function recorded(folder: string): BundleHost | null {
  const archive = join(folder, 'it.tar.gz')
  const out = newFolder()
  if (!existsSync(archive)) return existsSync(join(folder, 'it')) ? new BundleHost(join(folder, 'it')) : null
  execFileSync('tar', ['-xzf', archive, '-C', out])
  return new BundleHost(join(out, 'it'))
}

async function killedAtRandom(kills: readonly Kill[]): Promise<(Killed & Kill)[]> {
  const lengths = new Map<string, number>()
  const key = ({ shell, some }: Kill): string => `${shell.join(' ')} ${some.length}`
  for (const kill of kills) if (!lengths.has(key(kill))) lengths.set(key(kill), await whole(kill.shell, kill.some))
  const waiting = [...kills]
  const done: (Killed & Kill)[] = []
  await Promise.all(
    Array.from({ length: AT_A_TIME }, async () => {
      for (let kill = waiting.pop(); kill; kill = waiting.pop())
        done.push({ ...kill, ...(await run(kill, Math.random() * 1.5 * lengths.get(key(kill))!)) })
    }),
  )
  return done
}

const shells = [['dash'], ['busybox', 'sh'], ['mksh'], ['bash', '--posix']]
const times = (count: number, some: readonly Ask[]): Kill[] =>
  Array.from({ length: count }, (_, n) => ({ some, shell: shells[n % shells.length]!, all: (n >> 2) % 2 === 0 }))

describe('a collector that is killed', (it) => {
  it('leaves a bundle that can be read and is true, no process and no file elsewhere: 200 times', async () => {
    const wanted = new Map((await new LiveHost().answer(small)).map((answer) => [answer.key, answer]))
    const killed = await killedAtRandom([...times(184, small), ...times(16, everyAsk)])
    let halfway = 0
    for (const { folder, temporary, some } of killed) {
      assert.equal(readdirSync(temporary), [])
      const answers = (await recorded(folder)?.answer(some)) ?? []
      const known = answers.filter((answer) => answer.ok || answer.gap !== 'not-recorded')
      if (known.length > 0 && known.length < answers.length) halfway++
      if (some === small) for (const answer of known) same([answer], [wanted.get(answer.key)!])
    }
    assert.ok(halfway > 50, `only ${halfway} were killed in the middle of it`)
    const groups = new Set(killed.map(({ group }) => group))
    assert.ok(
      await until(() => processes().every(({ group }) => !groups.has(group)), 5_000),
      'there are processes left',
    )
  })
})

describe('a collector that is interrupted', (it) => {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    it(`stops its children at ${signal}, says what it leaves, and packs nothing`, async () => {
      const folder = newFolder()
      const some = [...small.slice(0, 5), command(['sh', '-c', 'sleep 301 & sleep 301'])]
      writeFileSync(join(folder, 'collect.sh'), collectorScript(some, '0.0.0'))
      const child = spawn('sh', ['collect.sh', 'it'], {
        cwd: folder,
        detached: true,
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      let err = ''
      child.stderr.on('data', (piece) => (err += String(piece)))
      const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)))
      assert.ok(
        await until(
          () => processes().filter(({ group, name }) => group === child.pid && name === 'sleep').length >= 3,
          5_000,
        ),
      )
      child.kill(signal)
      assert.is(await ended, { SIGTERM: 143, SIGINT: 130, SIGHUP: 129 }[signal])
      assert.match(err, /interrupted: what was recorded until now is in .*it/)
      assert.equal(readdirSync(folder).sort(), ['collect.sh', 'it'])
      assert.equal(readdirSync(join(folder, 'it')).includes('.tmp'), false)
      assert.is((await new BundleHost(join(folder, 'it')).answer(some.slice(0, 2))).filter(({ ok }) => ok).length, 2)
      assert.ok(await until(() => processes().every(({ group }) => group !== child.pid), 3_000), 'it left processes')
    })
})
