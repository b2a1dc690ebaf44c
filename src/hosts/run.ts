import { accessSync, constants } from 'node:fs'
import { deadline } from './deadline.ts'
import type { Reply } from './gaps.ts'

/** The same live, over ssh and in the collector; includes the sbin folders, which an ordinary user's PATH lacks. */
export const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

const programs = new Map<string, string | null>()

/** Where a program is on the fixed PATH; null where it is not. */
export function findProgram(name: string): string | null {
  let found = programs.get(name)
  if (found === undefined) {
    found =
      PATH.split(':')
        .map((folder) => `${folder}/${name}`)
        .find(isExecutable) ?? null
    programs.set(name, found)
  }
  return found
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const KILL_AFTER_MS = 200

/**
 * Runs a program by argv. A timeout kills its whole process group, and a grandchild that escaped it cannot hold us: the
 * streams are destroyed at a hard deadline.
 */
export async function run(argv: readonly string[], limits: { timeoutMs: number; maxBytes: number }): Promise<Reply> {
  const [name, ...args] = argv as [string, ...string[]]
  const program = findProgram(name)
  if (program === null) return { gap: 'absent', detail: `${name} is not installed` }
  const { execa } = await import('execa')
  const child = execa(program, args, {
    detached: true,
    reject: false,
    stdin: 'ignore',
    stripFinalNewline: false,
    maxBuffer: limits.maxBytes,
    extendEnv: false,
    env: { PATH, LC_ALL: 'C', LANG: 'C', TERM: 'dumb', HOME: process.env['HOME'] ?? '/' },
  })
  const deadline = new Deadline(child, limits.timeoutMs)
  const result = await Promise.race([child, deadline.passed])
  deadline.clear()
  if (!result || deadline.hit) return { gap: 'timeout', detail: `no answer within ${limits.timeoutMs / 1000} s` }
  if (result.isMaxBuffer) {
    kill(child.pid, 'SIGKILL')
    return { gap: 'too-big', detail: `more than ${limits.maxBytes} bytes` }
  }
  if (result.code === 'EACCES') return { gap: 'denied', detail: 'not executable' }
  if (result.exitCode === undefined)
    return { gap: 'malformed', detail: result.signal ? `killed by ${result.signal}` : (result.code ?? 'failed') }
  return { data: { kind: 'command', stdout: result.stdout, stderr: result.stderr, exit: result.exitCode } }
}

function kill(pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal)
  } catch {
    // It has ended.
  }
}

interface Killable {
  readonly pid?: number | undefined
  readonly stdout: NodeJS.ReadableStream | null
  readonly stderr: NodeJS.ReadableStream | null
}

/** SIGTERM to the group at the timeout, SIGKILL a little later, and then no more waiting. */
class Deadline {
  hit = false
  readonly passed: Promise<undefined>
  #cancel = (): void => {}

  constructor(child: Killable, timeoutMs: number) {
    this.passed = new Promise((resolve) => {
      this.#cancel = deadline(timeoutMs, () => {
        this.hit = true
        kill(child.pid, 'SIGTERM')
        this.#cancel = deadline(KILL_AFTER_MS, () => {
          kill(child.pid, 'SIGKILL')
          for (const stream of [child.stdout, child.stderr]) (stream as { destroy?: () => void } | null)?.destroy?.()
          resolve(undefined)
        })
      })
    })
  }

  clear(): void {
    this.#cancel()
  }
}
