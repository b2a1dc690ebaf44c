import fastGlob from 'fast-glob'
import { dirname } from 'node:path'
import { isGlob } from '../evidence/ask.ts'
import { parseLs } from '../parse/ls.ts'
import type { Answer, Ask, AskOptions, Host, Question } from '../types.ts'
import type { Reply } from './gaps.ts'
import { becomeGentle } from './gentle.ts'
import { limiter } from './limiter.ts'
import { answerAll, type Machine } from './machine.ts'
import { type Mount, Mounts } from './mounts.ts'
import { Preconditions, PROBE_WITHHELD } from './preconditions.ts'
import { listFolder, readLink, readLocal, readVirtual, statOf } from './read.ts'
import { Resolver } from './resolve.ts'
import { run } from './run.ts'

/** Commands at a time; a dom0 may have one processor. */
const COMMANDS = 4
/** Calls at a time to libvirt, and to xenstore: they serialise inside, and others wait for them too. */
const BACKEND_CALLS = 2
const FILES = 16

type Options = Parameters<Machine['one']>[1]

/** The machine that vdoctor runs on. */
export class LiveHost implements Host, Machine {
  readonly label = 'live'
  readonly at = new Date()
  readonly #resolver = new Resolver(Mounts.ofThisMachine())
  readonly #preconditions = new Preconditions(this.#resolver)
  readonly #probe: boolean
  readonly #commands = limiter(COMMANDS)
  readonly #files = limiter(FILES)
  readonly #calls = new Map<string, ReturnType<typeof limiter>>()
  /** Backends and mounts that let a question run into its time limit, with that question. */
  readonly #dead = new Map<string, string>()

  constructor(options: { probe?: boolean } = {}) {
    this.#probe = options.probe ?? false
  }

  async answer(asks: readonly Ask[], onAnswer?: (answer: Answer) => void): Promise<Answer[]> {
    await becomeGentle()
    return answerAll(this, asks, onAnswer)
  }

  withheld(options: AskOptions): Reply | null {
    if (options.probe && !this.#probe) return { gap: 'withheld', detail: PROBE_WITHHELD }
    return options.if ? this.#preconditions.unmet(options.if) : null
  }

  async one(question: Question, options: Options): Promise<Reply> {
    if ('command' in question) return this.#command(question.command, options, options.backend)
    if ('file' in question) return this.#file(question.file, options)
    const path = 'link' in question ? question.link : 'list' in question ? question.list : question.stat
    const found = this.#resolver.resolve(path, !('link' in question))
    if ('unsafe' in found) return this.#fromChild(question, found.unsafe, options)
    if ('failed' in found) return found.failed
    if ('stat' in question) return { data: { kind: 'stat', stat: statOf(found.stats) } }
    return 'link' in question ? readLink(found.path) : listFolder(found.path)
  }

  /** fast-glob follows links in the fixed part of a pattern, which is why that part is resolved first. */
  async glob(pattern: string): Promise<readonly string[] | Reply> {
    let base = pattern
    while (isGlob(base)) base = dirname(base)
    const found = this.#resolver.resolve(base)
    if ('unsafe' in found) return { gap: 'withheld', detail: `${found.unsafe.point} (${found.unsafe.type}) may hang` }
    if ('failed' in found) return 'gap' in found.failed && found.failed.gap === 'absent' ? [] : found.failed
    const unreadable = found.stats.isDirectory() ? listFolder(found.path) : { gap: 'absent' as const }
    if ('gap' in unreadable) return unreadable.gap === 'absent' ? [] : unreadable
    return fastGlob.sync(pattern, { onlyFiles: false, dot: false, suppressErrors: true, absolute: true }).sort()
  }

  async #file(path: string, options: Options): Promise<Reply> {
    const found = this.#resolver.resolve(path)
    if ('unsafe' in found) return this.#fromChild({ file: path }, found.unsafe, options)
    if ('failed' in found) return found.failed
    if (!found.stats.isFile()) return { gap: 'malformed', detail: `a ${statOf(found.stats).type}, not a file` }
    const limits = { maxBytes: options.maxBytes, timeoutMs: options.timeoutMs, fromEnd: options.fromEnd ?? false }
    return found.mount.nearness === 'virtual'
      ? readVirtual(found.path, limits)
      : this.#files(() => readLocal(found.path, limits))
  }

  /** What may block for ever is read by a process that can be killed; one that had to be killed stands for its mount. */
  async #fromChild(question: Exclude<Question, { command: unknown }>, mount: Mount, options: Options): Promise<Reply> {
    const reply = await this.#command(childFor(question, options), options, `mount ${mount.point} (${mount.type})`)
    if (!('data' in reply) || reply.data.kind !== 'command') return reply
    const { exit, stderr, stdout } = reply.data
    if (exit !== 0)
      return {
        gap: /No such file|Not a directory/.test(stderr) ? 'absent' : 'denied',
        detail: stderr.trim().slice(0, 200),
      }
    if ('file' in question) return { data: { kind: 'file', text: stdout } }
    if ('link' in question) return { data: { kind: 'link', target: stdout.replace(/\n$/, '') } }
    if ('list' in question) return { data: { kind: 'list', names: stdout.split('\n').filter(Boolean).sort() } }
    try {
      return { data: { kind: 'stat', stat: parseLs(stdout) } }
    } catch (error) {
      return { gap: 'malformed', detail: (error as Error).message }
    }
  }

  async #command(argv: readonly string[], options: Options, backend: string | undefined): Promise<Reply> {
    if (backend === undefined) return this.#commands(() => run(argv, options))
    let calls = this.#calls.get(backend)
    if (!calls) this.#calls.set(backend, (calls = limiter(BACKEND_CALLS)))
    return calls(async () => {
      const hung = this.#dead.get(backend)
      if (hung !== undefined)
        return { gap: 'timeout', detail: `${backend} did not answer "${hung}" and was not asked again` }
      const reply = await this.#commands(() => run(argv, options))
      if ('gap' in reply && reply.gap === 'timeout') this.#dead.set(backend, argv.join(' '))
      return reply
    })
  }
}

function childFor(question: Exclude<Question, { command: unknown }>, options: Options): string[] {
  if ('file' in question)
    return options.fromEnd ? ['tail', '-c', String(options.maxBytes), question.file] : ['cat', question.file]
  if ('link' in question) return ['readlink', question.link]
  return 'list' in question ? ['ls', '-1A', question.list] : ['ls', '-ldnL', question.stat]
}
