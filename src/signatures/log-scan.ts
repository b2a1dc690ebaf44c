import { type LogTime, parseLogLine } from '../parse/log-line.ts'
import { ContextTracker } from './context.ts'
import { PresentLine } from './present-line.ts'
import { CHUNK_BYTES, type Scanner } from './scanner.ts'
import type { LogContext, LogKind } from './signature.ts'
import type { CompiledPattern, Found, SignatureSet } from './signature-set.ts'

/** One line that a signature recognised. */
export interface Seen {
  /** From 1. */
  readonly line: number
  readonly text: string
  readonly message: string
  readonly time?: LogTime | undefined
}

/** A message, as often as it was found with the same captures in its subject. */
export interface Sighting {
  readonly rule: string
  /** Of the last one. */
  readonly captures: Readonly<Record<string, string>>
  readonly count: number
  readonly first: Seen
  readonly last: Seen
}

/** Subjects of one signature that are kept apart: who writes the log must not fill our memory. */
const MOST_SUBJECTS = 200
const NEWLINE = 10

interface Counted {
  readonly rule: number
  captures: Readonly<Record<string, string>>
  count: number
  readonly first: Found
  last: Found
  /** Where the last one stands, while its line is neither counted nor copied yet: only the last of a chunk is worth that. */
  at: number
  pattern: number
}

/** Looks through one log, fed to it piece by piece, in bounded memory. */
export class LogScan {
  readonly #set: SignatureSet
  readonly #scanner: Scanner
  readonly #kind: LogKind | undefined
  readonly #now: number
  readonly #contexts: ContextTracker
  /** In the order in which they were first met. */
  readonly #all: Counted[] = []
  /** Per rule, by what its subject names. */
  readonly #counted: (Map<string, Counted> | undefined)[]
  /** Rules whose subject names no captures have one sighting. */
  readonly #single: (Counted | undefined)[]
  readonly #subjects: Int32Array
  /** Per pattern the line where it was tried last: several literals may lead to the same line. */
  readonly #tried: Float64Array
  /** Sightings whose last line has to be copied before the text goes. */
  #fresh: Counted[] = []
  /** What `changes` tells next. */
  #changed = new Set<Counted>()
  /** Bytes of the text that wait for the rest of their line. */
  #waiting = 0
  #line = 1
  #bytes = 0
  /** Where the present text stands in the whole log. */
  #base = 0
  /** How far the lines of the present text are counted. */
  #countedTo = 0
  readonly #present: PresentLine

  /** `kind`: whose log it is, where that is known. `now`: for times without a year. */
  constructor(set: SignatureSet, scanner: Scanner, options: { kind?: LogKind | undefined; now: number }) {
    this.#set = set
    this.#scanner = scanner
    this.#kind = options.kind
    this.#now = options.now
    this.#present = new PresentLine(scanner, options.now)
    this.#contexts = new ContextTracker(set, options.now, (rule, found, captures) =>
      this.#proven(rule, found, captures),
    )
    this.#counted = new Array<Map<string, Counted> | undefined>(set.rules.length).fill(undefined)
    this.#single = new Array<Counted | undefined>(set.rules.length).fill(undefined)
    this.#subjects = new Int32Array(set.rules.length)
    this.#tried = new Float64Array(set.patterns.length).fill(-1)
  }

  get lines(): number {
    return this.#line - 1
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Room for the next piece; then say with `filled` how much of it was used. */
  get room(): Buffer {
    return this.#scanner.text.subarray(this.#waiting, CHUNK_BYTES)
  }

  filled(bytes: number): void {
    const length = this.#waiting + bytes
    this.#bytes += bytes
    const newline = length === 0 ? -1 : this.#scanner.text.lastIndexOf(NEWLINE, length - 1)
    // A line as long as the room is looked at in pieces.
    if (newline < 0 && length < CHUNK_BYTES) this.#waiting = length
    else this.#scan(newline < 0 ? length : newline + 1, length)
  }

  feed(data: Buffer): void {
    for (let at = 0; at < data.length;) {
      const bytes = data.copy(this.room, 0, at)
      this.filled(bytes)
      at += bytes
    }
  }

  /** What was sighted since the last call, with all that was counted before. */
  changes(): Sighting[] {
    const changed = [...this.#changed]
    this.#changed.clear()
    return changed.map((one) => this.#sighting(one))
  }

  end(): Sighting[] {
    if (this.#waiting > 0) {
      this.#scan(this.#waiting, this.#waiting)
      this.#line++
    }
    this.#contexts.end()
    return this.#all.map((one) => this.#sighting(one))
  }

  #sighting({ rule, pattern, captures, count, first, last }: Counted): Sighting {
    return {
      rule: this.#set.rules[rule]!.id,
      captures: Object.fromEntries(
        Object.entries(pattern < 0 ? captures : this.#capture(pattern, last.text)).map(([name, value]) => [
          name,
          readable(value),
        ]),
      ),
      count,
      first: this.#seen(first),
      last: this.#seen(last),
    }
  }

  #scan(end: number, length: number): void {
    const { text } = this.#scanner
    this.#base = this.#bytes - length
    const rest = end < length ? Buffer.from(text.subarray(end, length)) : null
    this.#countedTo = 0
    this.#present.forget(end)
    const present = this.#present
    const { endingAt, patterns } = this.#set
    const tried = this.#tried
    this.#scanner.scan(end, (offset, state) => {
      const candidates = endingAt(state)
      for (let at = 0; at < candidates.length; at++) {
        const index = candidates[at]!
        const pattern = patterns[index]!
        if (pattern.follows && !this.#contexts.waits(pattern.rule)) continue
        present.enter(offset)
        const line = this.#base + present.start
        if (tried[index] === line) continue
        tried[index] = line
        this.#try(pattern, index)
      }
    })
    this.#keepLast()
    this.#countLines(end)
    rest?.copy(text)
    this.#waiting = rest?.length ?? 0
  }

  #try(pattern: CompiledPattern, index: number): void {
    const { rule, context, regexp } = pattern
    const { kinds, keys, signature } = this.#set.rules[rule]!
    const text = pattern.anchored ? this.#present.withoutPrefix() : this.#present.text
    if (keys.length === 0 && signature.context.length === 0) {
      if (regexp.test(text) && this.#isOf(kinds)) this.#count(rule, index, this.#single[rule], '')
      return
    }
    const match = regexp.exec(text)
    if (!match || !this.#isOf(kinds)) return
    if (signature.context.length > 0) this.#contexts.met(rule, context, this.#here(signature.context[context]), pattern.captures(match))
    else {
      const key = keyOf(keys, (name) => match[pattern.names.indexOf(name)])
      this.#count(rule, index, this.#counted[rule]?.get(key), key)
    }
  }

  #count(rule: number, pattern: number, counted: Counted | undefined, key: string): void {
    if (counted) {
      counted.count++
      if (counted.at < 0) this.#fresh.push(counted)
      counted.at = this.#present.start
      counted.pattern = pattern
      return
    }
    const found = this.#here()
    this.#add(key, {
      rule,
      captures: {},
      count: 1,
      first: found,
      last: found,
      at: -1,
      pattern,
    })
  }

  #add(key: string, counted: Counted): void {
    const { rule } = counted
    if (this.#subjects[rule]!++ >= MOST_SUBJECTS) return
    ;(this.#counted[rule] ??= new Map()).set(key, counted)
    this.#all.push(counted)
    this.#changed.add(counted)
    if (this.#set.rules[rule]!.keys.length === 0) this.#single[rule] = counted
  }

  #capture(index: number, text: string): Readonly<Record<string, string>> {
    const pattern = this.#set.patterns[index]!
    const match = pattern.regexp.exec(pattern.anchored ? parseLogLine(text, this.#now).message : text)
    return match ? pattern.captures(match) : {}
  }

  /** A message whose contexts are proven. */
  #proven(rule: number, found: Found, captures: Readonly<Record<string, string>>): void {
    const key = keyOf(this.#set.rules[rule]!.keys, (name) => captures[name])
    const counted = this.#counted[rule]?.get(key)
    if (counted) {
      Object.assign(counted, { count: counted.count + 1, last: found, captures })
      this.#changed.add(counted)
    } else this.#add(key, { rule, captures, count: 1, first: found, last: found, at: -1, pattern: -1 })
  }

  /** Copies the last line of each sighting, in their order, before the text goes. */
  #keepLast(): void {
    for (const counted of this.#fresh.sort((a, b) => a.at - b.at)) {
      this.#present.enter(counted.at)
      counted.last = this.#here()
      counted.at = -1
      this.#changed.add(counted)
    }
    this.#fresh = []
  }

  /** Of a context only the line is remembered, unless its time is asked for. */
  #here(context?: LogContext): Found {
    this.#countLines(this.#present.start)
    const text = context && context.seconds === undefined ? '' : this.#present.copy()
    return { line: this.#line, text }
  }

  #isOf(kinds: ReadonlySet<LogKind>): boolean {
    if (kinds.size === 0) return true
    const kind = this.#present.kind() ?? this.#kind
    return kind === undefined || kinds.has(kind)
  }

  #countLines(to: number): void {
    if (to >= this.#countedTo) this.#line += this.#scanner.newlines(this.#countedTo, to)
    else this.#line -= this.#scanner.newlines(to, this.#countedTo)
    this.#countedTo = to
  }

  #seen({ line, text }: Found): Seen {
    const shown = readable(text)
    const { message, time } = parseLogLine(shown, this.#now)
    return { line, text: shown, message, time }
  }
}

const keyOf = (keys: readonly string[], valueOf: (name: string) => string | undefined): string =>
  keys.length === 1 ? (valueOf(keys[0]!) ?? '') : keys.map((name) => valueOf(name) ?? '').join('\n')

/** Bytes, one a character, as UTF-8; what is not UTF-8 stays as it is. */
function readable(text: string): string {
  if (/^[\u0000-\u007f]*$/.test(text)) return text
  const decoded = Buffer.from(text, 'latin1').toString('utf8')
  return decoded.includes('\ufffd') ? text : decoded
}
