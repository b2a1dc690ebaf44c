import { withoutEscapes } from '../parse/escapes.ts'
import { parseLogLine } from '../parse/log-line.ts'
import { kindOf } from './kind.ts'
import { CHUNK_BYTES, type Scanner } from './scanner.ts'
import type { LogKind } from './signature.ts'

/** Longer lines are looked at around the literal only. */
const LONGEST_LINE = 8192
/** From so many hits in a chunk on, one string for many lines is cheaper than a string for each. */
const MANY_HITS = 100
/** As much text at once: larger strings lie outside of V8's nursery, and cost many times as much. */
const WINDOW_BYTES = 64 << 10
/** Serial lines end in one or two of them; GRUB puts one before each. */
const RETURN = 13

/** The line of the scanner's text that is being looked at. Strings are latin1, one character a byte. */
export class PresentLine {
  start = -1
  end = -1
  text = ''
  /** The part of the line that is looked at. */
  #from = 0
  #to = 0
  readonly #scanner: Scanner
  readonly #now: number
  /** What is only looked at where a pattern asks for it. */
  #message: string | undefined
  #program: string | undefined
  /** Hits in the present text, and the part of it that is a string, where many of its lines are wanted. */
  #hits = 0
  #window = ''
  #windowStart = 0
  /** Somewhere in the text is an escape sequence. */
  #coloured = false

  constructor(scanner: Scanner, now: number) {
    this.#scanner = scanner
    this.#now = now
  }

  /** The scanner has another text, of so many bytes. */
  forget(bytes: number): void {
    this.#coloured = this.#scanner.text.subarray(0, bytes).includes(ESCAPE)
    this.start = this.end = -1
    this.#hits = 0
    this.#window = ''
  }

  /** Goes to the line that the byte at an offset belongs to. */
  enter(offset: number): void {
    this.#hits++
    if (offset >= this.start && offset < this.end) return
    this.start = this.#scanner.lineStart(offset)
    this.end = this.#scanner.lineEnd
    this.#message = undefined
    let from = Math.max(this.start, offset - LONGEST_LINE / 2)
    let to = Math.min(this.end, offset + LONGEST_LINE / 2)
    while (from < to && this.#scanner.text[from] === RETURN) from++
    while (to > from && this.#scanner.text[to - 1] === RETURN) to--
    this.#from = from
    this.#to = to
    this.text = this.#plain(
      this.#hits < MANY_HITS ? this.#scanner.text.toString('latin1', from, to) : this.#inWindow(from, to),
    )
  }

  /** To keep: a slice would keep its window alive. */
  copy(): string {
    return this.#hits < MANY_HITS ? this.text : this.#plain(this.#scanner.text.toString('latin1', this.#from, this.#to))
  }

  #plain(line: string): string {
    return this.#coloured ? withoutEscapes(line) : line
  }

  /** What the log put before the message is off. */
  withoutPrefix(): string {
    if (this.#message === undefined) {
      const { message, program } = parseLogLine(this.text, this.#now)
      this.#message = message
      this.#program = program
    }
    return this.#message
  }

  /** Whose message it is, where the line tells. */
  kind(): LogKind | undefined {
    this.withoutPrefix()
    return kindOf(this.text, this.#program)
  }

  #inWindow(from: number, to: number): string {
    if (from < this.#windowStart || to > this.#windowStart + this.#window.length) {
      this.#windowStart = from
      this.#window = this.#scanner.text.toString('latin1', from, Math.min(from + WINDOW_BYTES, CHUNK_BYTES))
    }
    return this.#window.slice(from - this.#windowStart, to - this.#windowStart)
  }
}

const ESCAPE = 0x1b
