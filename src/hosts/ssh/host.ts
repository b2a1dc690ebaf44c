import { randomBytes } from 'node:crypto'
import { askKey, fill, withPath } from '../../evidence/ask.ts'
import type { Answer, Ask, Gap, Host, Question } from '../../types.ts'
import { UserError } from '../../types.ts'
import { deadline } from '../deadline.ts'
import { addressText, parseSshAddress, type SshAddress } from './address.ts'
import { sshError } from './errors.ts'
import { sessionScript, sshArguments } from './session.ts'
import { StreamReader } from './stream.ts'

/** Logging in may wait for slow name servers at the other end; an answer takes 20 s at most, and the shell's clock ticks in seconds. */
const SILENCE_MS = 60_000
/** A login that says goodbye slowly is not waited for. */
const GOODBYE_MS = 2_000

/** How the connection went. */
interface Ended {
  readonly exit: number | undefined
  readonly stderr: string
  readonly silent: boolean
}

/** A machine that is reached through the OpenSSH client. One shell there puts all asks, and leaves nothing behind. */
export class SshHost implements Host {
  readonly label: string
  readonly #address: SshAddress
  readonly #probe: boolean
  readonly #silenceMs: number
  readonly #onBreak: (sentence: string) => void
  #at = new Date()

  /** Throws a UserError where `address` is none. `onBreak` is told where a connection ended half way. */
  constructor(address: string, options: { probe: boolean; silenceMs?: number; onBreak?: (sentence: string) => void }) {
    this.#address = parseSshAddress(address)
    this.label = `ssh ${addressText(this.#address)}`
    this.#probe = options.probe
    this.#silenceMs = options.silenceMs ?? SILENCE_MS
    this.#onBreak = options.onBreak ?? (() => undefined)
  }

  /** What its own clock says, as soon as it has answered: its logs are dated by that. */
  get at(): Date {
    return this.#at
  }

  async answer(asks: readonly Ask[], onAnswer?: (answer: Answer) => void): Promise<Answer[]> {
    const answers = new Map<string, Answer>()
    const add = (answer: Answer): void => {
      if (answers.has(answer.key)) return
      answers.set(answer.key, answer)
      onAnswer?.(answer)
    }
    const nonce = randomBytes(8).toString('hex')
    const reader = new StreamReader(nonce, { begin: (clock) => this.#begin(clock), answer: add })
    const ended = await this.#converse(sessionScript(asks, nonce, this.#probe), reader)
    if (reader.noFolder)
      throw new UserError(
        `${this.#address.host} has no place for a temporary file`,
        'vdoctor needs a folder of its own in /dev/shm, /run or /tmp there for as long as it asks.',
      )
    if (answers.size === 0 && asks.length > 0)
      throw reader.begun ? this.#died(ended) : sshError(this.#failure(ended, reader), this.#address)
    if (!reader.complete) {
      const [gap, detail] = this.#break(ended, reader)
      this.#onBreak(`${detail}; ${answers.size} answers came before, and are used`)
      for (const key of unanswered(asks, answers)) add({ key, ms: 0, ok: false, gap, detail })
    }
    return [...answers.values()]
  }

  #begin(clock: Date): void {
    if (!Number.isNaN(clock.getTime())) this.#at = clock
  }

  /** One connection: the script goes up, answers come down. */
  async #converse(script: string, reader: StreamReader): Promise<Ended> {
    const { execa } = await import('execa')
    const child = execa('ssh', sshArguments(this.#address), {
      stdin: 'pipe',
      stdout: 'pipe',
      stderr: 'pipe',
      buffer: { stdout: false, stderr: true },
      maxBuffer: 65_536,
      reject: false,
      encoding: 'utf8',
      forceKillAfterDelay: GOODBYE_MS,
    })
    let silent = false
    let cancel = (): void => {}
    const listen = (): void => {
      cancel()
      cancel = deadline(this.#silenceMs, () => {
        silent = true
        child.kill()
      })
    }
    listen()
    child.stdout.on('data', (chunk: Buffer) => {
      listen()
      reader.feed(chunk)
      if (reader.complete || reader.broken !== null) {
        // Its input ends, and so does the shell there; whatever the login says then is not ours.
        child.stdin.end()
        cancel()
        cancel = deadline(GOODBYE_MS, () => void child.kill())
      }
    })
    // It may be gone before it has read everything; how it ended says why.
    child.stdin.on('error', () => undefined)
    child.stdin.write(script)
    const result = await child
    cancel()
    if (result.code === 'ENOENT')
      throw new UserError(
        'the program ssh is not installed here',
        "Install the OpenSSH client, or record the machine with the collector's script.",
      )
    return { exit: result.exitCode, stderr: result.stderr ?? '', silent }
  }

  #failure({ exit, stderr, silent }: Ended, { noise }: StreamReader) {
    return { exit, stderr, noise, ...(silent && { silentMs: this.#silenceMs }) }
  }

  #died(ended: Ended): UserError {
    const { host } = this.#address
    return new UserError(
      ended.silent
        ? `the shell on ${host} started, and said nothing for ${this.#silenceMs / 1000} s`
        : `the connection to ${host} broke before the first answer`,
      `Try again, or record it with "vdoctor collector".`,
    )
  }

  /** The gap that stands for all that did not come any more. */
  #break({ silent, stderr }: Ended, { broken }: StreamReader): [Gap, string] {
    const { host } = this.#address
    if (silent) return ['timeout', `${host} said nothing for ${this.#silenceMs / 1000} s`]
    const said = stderr.trim().split('\n').pop()!.slice(0, 200)
    return ['not-recorded', `the connection to ${host} broke: ${broken ?? (said || 'it was closed')}`]
  }
}

/** Asks without an answer, and members of the globs and lists that were answered. */
function unanswered(asks: readonly Ask[], answers: ReadonlyMap<string, Answer>): string[] {
  const keys = new Set<string>()
  const look = (ask: Ask | Question): void => {
    const key = askKey(ask)
    const answer = answers.get(key)
    if (!answer) keys.add(key)
    if ('each' in ask) look(ask.each)
    if (!answer?.ok || answer.data.kind !== 'expands') return
    for (const value of answer.data.values) {
      const member = 'each' in ask ? fill(ask.ask, value) : withPath(ask as Question, value)
      if (member) look(member)
    }
  }
  asks.forEach(look)
  return [...keys]
}
