import type { Answer, Ask, Question, Result, Source, Stat, Unknown } from '../types.ts'
import { askKey, askLabel, fill, isGlob, pathOf, withPath } from './ask.ts'
import { known, unknown } from './result.ts'
import { fromUtf16 } from './utf16.ts'

export interface CommandOutput {
  readonly stdout: string
  readonly stderr: string
  readonly exit: number
  /** Old lines were left out when it was recorded. */
  readonly truncated?: true
}

/** The end of a log. */
export interface Tail {
  readonly text: string
  readonly whole: boolean
}

/** One member of a glob or of an `each`: the path or value, and its own result. */
export interface Member<T> {
  readonly name: string
  readonly result: Result<T>
}

type Kind = Extract<Answer, { ok: true }>['data']

/** All answers of one run, and the readers that parsers use. A reader never throws. */
export class Evidence {
  readonly answers: ReadonlyMap<string, Answer>

  constructor(answers: Iterable<Answer>) {
    const byKey = new Map<string, Answer>()
    for (const answer of answers) byKey.set(answer.key, answer)
    this.answers = byKey
  }

  /** Contents of one file. Binary contents are `malformed`. */
  text(ask: Ask): Result<string> {
    const read = this.#read(ask, 'file', (data) => fromUtf16(data.text))
    return read.ok && read.value.includes('\0') ? unknown('malformed', read.from[0]!.ask, 'binary data') : read
  }

  /** The end of a log, and whether that is all of it; NULs that a crash left in it do no harm. */
  tail(ask: Ask): Result<Tail> {
    return this.#read(ask, 'file', ({ text, truncated }) => ({ text: fromUtf16(text), whole: truncated === undefined }))
  }

  /** What a glob of logs matched, with the end of each. */
  tails(ask: Ask): Result<readonly Member<Tail>[]> {
    return this.#members(ask, (one) => this.tail(one))
  }

  link(ask: Ask): Result<string> {
    return this.#read(ask, 'link', (data) => data.target)
  }

  names(ask: Ask): Result<readonly string[]> {
    return this.#read(ask, 'list', (data) => data.names)
  }

  stat(ask: Ask): Result<Stat> {
    return this.#read(ask, 'stat', (data) => data.stat)
  }

  /** Whether a path is there: from a `stat`, `file`, `link` or `list` ask. Any gap but `absent` stays one. */
  exists(ask: Ask): Result<boolean> {
    const answer = this.answers.get(askKey(ask))
    if (!answer) return this.#gap(ask, 'not-recorded')
    if (answer.ok || answer.gap === 'too-big' || answer.gap === 'malformed') return known(true, this.#source(ask))
    return answer.gap === 'absent' ? known(false, this.#source(ask)) : this.#gap(ask, answer.gap, answer.detail)
  }

  /** All three streams of a command that ran, whatever its exit code. */
  output(ask: Ask): Result<CommandOutput> {
    return this.#read(ask, 'command', (data) => data)
  }

  /** Standard output of a command that succeeded; a failure is `malformed` with what it said. */
  stdout(ask: Ask): Result<string> {
    const ran = this.output(ask)
    if (!ran.ok) return ran
    const { exit, stderr, stdout } = ran.value
    if (exit === 0) return { ...ran, value: stdout }
    const said = (stderr || stdout).trim().split('\n')[0]!.slice(0, 200)
    const denied = /permission denied|must be root|are you root|not permitted/i.test(said)
    return unknown(denied ? 'denied' : 'malformed', ran.from[0]!.ask, `exit ${exit}: ${said}`)
  }

  /** The paths that a glob matched, with each one's contents. The list itself may be a gap. */
  texts(ask: Ask): Result<readonly Member<string>[]> {
    return this.#members(ask, (one) => this.text(one))
  }

  links(ask: Ask): Result<readonly Member<string>[]> {
    return this.#members(ask, (one) => this.link(one))
  }

  stats(ask: Ask): Result<readonly Member<Stat>[]> {
    return this.#members(ask, (one) => this.stat(one))
  }

  lists(ask: Ask): Result<readonly Member<readonly string[]>[]> {
    return this.#members(ask, (one) => this.names(one))
  }

  /** Outputs of an `each` ask over commands, by the value that filled `{}`. */
  outputs(ask: Ask): Result<readonly Member<CommandOutput>[]> {
    return this.#members(ask, (one) => this.output(one))
  }

  #members<T>(ask: Ask, read: (one: Question) => Result<T>): Result<readonly Member<T>[]> {
    const values = this.#read(ask, 'expands', (data) => data.values)
    if (!values.ok) return values
    const members = values.value.map((name): Member<T> => {
      const one = 'each' in ask ? fill(ask.ask, name) : withPath(ask as Question, name)
      return { name, result: one ? read(one) : unknown('malformed', askLabel(ask), 'unsafe name') }
    })
    // A file that went away between the listing and the reading was not there.
    return { ...values, value: members.filter(({ result }) => result.ok || result.gap !== 'absent') }
  }

  #read<K extends Kind['kind'], T>(ask: Ask, kind: K, pick: (data: Extract<Kind, { kind: K }>) => T): Result<T> {
    const answer = this.answers.get(askKey(ask))
    if (!answer) return this.#gap(ask, 'not-recorded')
    if (!answer.ok) return this.#gap(ask, answer.gap, answer.detail)
    if (answer.data.kind !== kind) return this.#gap(ask, 'malformed', `recorded as ${answer.data.kind}`)
    return known(pick(answer.data as Extract<Kind, { kind: K }>), this.#source(ask))
  }

  #source(ask: Ask): Source {
    const path = 'each' in ask ? undefined : pathOf(ask)
    return path !== undefined && !isGlob(path) ? { ask: askLabel(ask), path } : { ask: askLabel(ask) }
  }

  #gap(ask: Ask, gap: Unknown['gap'], detail?: string): Unknown {
    return unknown(gap, askLabel(ask), detail)
  }
}
