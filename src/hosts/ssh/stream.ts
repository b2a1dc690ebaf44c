import { answerOf, type Entry } from '../../bundle/manifest.ts'
import { askKey } from '../../evidence/ask.ts'
import type { Answer } from '../../types.ts'

/** Largest line and largest answer that are taken from the other end, which may be anything. Asks allow 4 MiB at most. */
const MOST_BYTES = 32 << 20
const MOST_NOISE = 4096

const NEWLINE = 10
const [DATA, ERRORS, ANSWER, END, NO_FOLDER] = ['D', 'E', 'A', 'Z', 'F'].map((letter) => letter.charCodeAt(0))

export interface StreamEvents {
  /** The shell at the other end speaks, and says what its clock says. */
  begin(clock: Date): void
  answer(answer: Answer): void
}

/**
 * What stream.sh writes:
 *
 *     vdoctor-NONCE 2026-11-20T06:37:00Z
 *     Dprocessor : 0
 *     D…
 *                                            an empty line: the data ended with a line break
 *     Eerror: …
 *     A{"ask":{"file":"/proc/cpuinfo"},"outcome":"ok","most":1048576}
 *     Z
 *
 * What comes before the first line is somebody's greeting, and kept as `noise`.
 */
export class StreamReader {
  noise = ''
  begun = false
  /** All asks were put. */
  complete = false
  /** No folder for temporary files could be made there. */
  noFolder = false
  /** Why nothing more is read. */
  broken: string | null = null
  readonly #greeting: RegExp
  readonly #events: StreamEvents
  #pending: Buffer[] = []
  #pendingBytes = 0
  #blocks = new Map<number, Buffer[]>()
  #open: Buffer[] | null = null
  #bytes = 0
  #last = performance.now()

  constructor(nonce: string, events: StreamEvents) {
    this.#greeting = new RegExp(`^vdoctor-${nonce} (\\S+)$`)
    this.#events = events
  }

  feed(chunk: Buffer): void {
    let from = 0
    for (;;) {
      if (this.broken !== null) return
      const end = chunk.indexOf(NEWLINE, from)
      if (end < 0) break
      const piece = chunk.subarray(from, end)
      if (this.#pending.length > 0) {
        this.#line(Buffer.concat([...this.#pending, piece]))
        this.#pending = []
        this.#pendingBytes = 0
      } else this.#line(piece)
      from = end + 1
    }
    if (from === chunk.length) return
    this.#pending.push(chunk.subarray(from))
    this.#pendingBytes += chunk.length - from
    if (this.#pendingBytes > MOST_BYTES) this.#break()
  }

  #line(line: Buffer): void {
    if (!this.begun) return this.#beforeBegin(line.toString('utf8'))
    const [kind] = line
    if (kind === undefined) {
      this.#open?.push(Buffer.from('\n'))
      this.#open = null
    } else if (kind === DATA || kind === ERRORS) this.#block(kind, line.subarray(1))
    else if (kind === ANSWER) this.#answer(line.toString('utf8', 1))
    else if (kind === END) this.complete = true
    else if (kind === NO_FOLDER) this.noFolder = true
  }

  #beforeBegin(line: string): void {
    const match = this.#greeting.exec(line)
    if (!match) this.noise = `${this.noise}${line}\n`.slice(0, MOST_NOISE)
    else {
      this.begun = true
      this.#last = performance.now()
      this.#events.begin(new Date(match[1]!))
    }
  }

  #block(kind: number, bytes: Buffer): void {
    this.#bytes += bytes.length + 1
    if (this.#bytes > MOST_BYTES) return this.#break()
    const block = this.#blocks.get(kind)
    // A chunk is kept no longer than until its answer.
    if (!block) this.#blocks.set(kind, (this.#open = [bytes]))
    else {
      block.push(Buffer.from('\n'), bytes)
      this.#open = block
    }
  }

  #answer(line: string): void {
    const [data, errors] = [DATA!, ERRORS!].map((kind) => Buffer.concat(this.#blocks.get(kind) ?? []))
    this.#blocks.clear()
    this.#open = null
    this.#bytes = 0
    const now = performance.now()
    const ms = Math.round(now - this.#last)
    this.#last = now
    const answer = answerFrom(line, ms, data!, errors!)
    if (answer) this.#events.answer(answer)
  }

  #break(): void {
    this.broken = `it sent more than ${MOST_BYTES >> 20} MiB for one answer`
  }
}

/** Null where the line is none of ours. */
function answerFrom(line: string, ms: number, data: Buffer, errors: Buffer): Answer | null {
  try {
    const { most, ...entry } = JSON.parse(line) as Entry & { most?: number }
    const key = askKey(entry.ask)
    if (entry.outcome === 'ok' && most !== undefined && data.length > most)
      return { key, ms, ok: false, gap: 'too-big', detail: `more than ${most} bytes` }
    return answerOf({ ...entry, ms, data: 'data', stderr: 'errors' }, key, (name) =>
      (name === 'data' ? data : errors).toString('utf8'),
    )
  } catch {
    return null
  }
}
