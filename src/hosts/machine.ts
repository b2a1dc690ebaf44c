import {
  DEFAULT_MAX_BYTES,
  DEFAULT_TIMEOUT_MS,
  askKey,
  fill,
  isGlob,
  pathOf,
  pickValues,
  withPath,
} from '../evidence/ask.ts'
import type { Answer, Ask, AskOptions, EachQuestion, Question } from '../types.ts'
import type { Reply } from './gaps.ts'

/** What a kind of host can do, one plain question at a time. Globs, `each` and doubles are answered here, once for all kinds. */
export interface Machine {
  one(question: Question, options: Required<Pick<AskOptions, 'maxBytes' | 'timeoutMs'>> & AskOptions): Promise<Reply>
  /** Paths that a glob matches, sorted. */
  glob(pattern: string): Promise<readonly string[] | Reply>
  /** Null where the ask may be made; otherwise why not. */
  withheld(options: AskOptions): Reply | null
}

/** Answers all asks, each question once; `onAnswer` sees every answer as soon as it is there. */
export async function answerAll(
  machine: Machine,
  asks: readonly Ask[],
  onAnswer?: (answer: Answer) => void,
): Promise<Answer[]> {
  const session = new Session(machine, onAnswer)
  await Promise.all(asks.map((ask) => session.ask(ask)))
  return session.answers
}

class Session {
  readonly answers: Answer[] = []
  readonly #asked = new Map<string, Promise<Answer>>()
  readonly #machine: Machine
  readonly #onAnswer: ((answer: Answer) => void) | undefined

  constructor(machine: Machine, onAnswer?: (answer: Answer) => void) {
    this.#machine = machine
    this.#onAnswer = onAnswer
  }

  ask(ask: Ask): Promise<Answer> {
    const key = askKey(ask)
    let answer = this.#asked.get(key)
    if (!answer) this.#asked.set(key, (answer = this.#answer(key, ask)))
    return answer
  }

  async #answer(key: string, ask: Ask): Promise<Answer> {
    const started = performance.now()
    const reply = this.#machine.withheld(ask) ?? (await this.#reply(ask))
    const ms = Math.round(performance.now() - started)
    const answer: Answer =
      'data' in reply
        ? { key, ms, ok: true, data: reply.data }
        : { key, ms, ok: false, gap: reply.gap, detail: reply.detail }
    this.answers.push(answer)
    this.#onAnswer?.(answer)
    if (answer.ok && answer.data.kind === 'expands') await this.#askMembers(ask, answer.data.values)
    return answer
  }

  async #reply(ask: Ask): Promise<Reply> {
    if ('each' in ask) return this.#each(ask)
    const path = pathOf(ask)
    if (path !== undefined && isGlob(path)) {
      const paths = await this.#machine.glob(path)
      return 'length' in paths ? { data: { kind: 'expands', values: paths } } : paths
    }
    const kind = 'command' in ask ? 'command' : 'file'
    return this.#machine.one(ask, {
      ...ask,
      maxBytes: ask.maxBytes ?? DEFAULT_MAX_BYTES[kind],
      timeoutMs: ask.timeoutMs ?? DEFAULT_TIMEOUT_MS[kind],
    })
  }

  /** The lines of the outer answer; its own gap stands for all. */
  async #each(ask: EachQuestion & AskOptions): Promise<Reply> {
    const { if: precondition, backend } = ask
    const outer = await this.ask({
      ...ask.each,
      ...(precondition && { if: precondition }),
      ...(backend && { backend }),
    })
    if (!outer.ok) return { gap: outer.gap, ...(outer.detail === undefined ? {} : { detail: outer.detail }) }
    const values = pickValues(linesOf(outer.data), ask.pick).filter((value) => fill(ask.ask, value))
    return { data: { kind: 'expands', values } }
  }

  async #askMembers(ask: Ask, values: readonly string[]): Promise<void> {
    const { maxBytes, timeoutMs, fromEnd, backend } = ask
    const options = {
      ...(maxBytes && { maxBytes }),
      ...(timeoutMs && { timeoutMs }),
      ...(fromEnd && { fromEnd }),
      ...(backend && { backend }),
    }
    const members = values.map((value) => ('each' in ask ? fill(ask.ask, value)! : withPath(ask as Question, value)))
    await Promise.all(members.map((member) => this.ask({ ...member, ...options })))
  }
}

function linesOf(data: Extract<Answer, { ok: true }>['data']): string[] {
  if (data.kind === 'list') return [...data.names]
  if (data.kind === 'expands') return [...data.values]
  const text = data.kind === 'command' ? data.stdout : data.kind === 'file' ? data.text : ''
  return text.split('\n').filter(Boolean)
}
