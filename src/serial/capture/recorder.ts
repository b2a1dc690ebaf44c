import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Piece, type SegmentLimits, Segments } from './segments.ts'

export interface RecorderOptions extends SegmentLimits {
  /** A loss of power costs what came in so many milliseconds. */
  readonly syncMs: number
  /** Bytes that wait in memory while the disk is full or slow; beyond that the oldest are lost, and the record says how many. */
  readonly ringBytes: number
  /** Milliseconds until a full disk is tried again. */
  readonly retryMs: number
}

export const DEFAULTS: RecorderOptions = {
  maxBytes: 64 << 20,
  maxAgeMs: 24 * 3_600_000,
  keepBytes: Infinity,
  syncMs: 1_000,
  ringBytes: 8 << 20,
  retryMs: 2_000,
}

/** What happened to a record beside its bytes; a line each in `NAME.events.jsonl`. */
export type RecordEvent =
  | { readonly event: 'started' | 'stopped' | 'connected' | 'reopened' | 'resumed' }
  | { readonly event: 'gap' | 'disk-full' | 'noise'; readonly why: string }
  | { readonly event: 'lost'; readonly bytes: number }
  | { readonly event: 'match'; readonly rule: string; readonly subject: string }

/** So much in one call: more would not be faster. */
const BATCH_BYTES = 1 << 20
/** A source that can wait is asked to at this share of the ring. */
const HIGH_WATER = 0.5

/** Keeps what one source says: takes bytes at once, and gives them to the kernel as fast as it takes them. */
export class Recorder {
  readonly name: string
  /** Bytes that the kernel took, and bytes that were lost. */
  written = 0
  lost = 0
  readonly #folder: string
  readonly #segments: Segments
  readonly #options: RecorderOptions
  readonly #tell: (sentence: string) => void
  readonly #timer: NodeJS.Timeout
  #queue: Piece[] = []
  #queued = 0
  #pumping: Promise<void> | null = null
  #full = false
  #closing = false
  #wake: (() => void) | null = null
  #onRoom: (() => void) | null = null

  /** `tell`: what somebody at the terminal should know. Throws what the file system says where the folder cannot be written. */
  constructor(folder: string, name: string, options: RecorderOptions, tell: (sentence: string) => void) {
    this.name = name
    this.#folder = folder
    this.#options = options
    this.#tell = tell
    this.#segments = new Segments(folder, name, options)
    this.note({ event: 'started' })
    this.#timer = setInterval(() => void this.#segments.sync().catch(() => undefined), options.syncMs)
    this.#timer.unref()
  }

  /** false where the disk is slow, and the source should wait until `onRoom`, if it can. */
  take(bytes: Buffer): boolean {
    this.#queue.push({ bytes, wall: Date.now(), mono: performance.now() })
    this.#queued += bytes.length
    this.#dropOldest()
    this.#pumping ??= this.#pump().finally(() => (this.#pumping = null))
    // A full disk may stay full: whoever writes must not wait for it, and the last words are worth more than the first.
    return this.#full || this.#queued < this.#options.ringBytes * HIGH_WATER
  }

  onRoom(callback: () => void): void {
    if (this.#queued === 0) callback()
    else this.#onRoom = callback
  }

  /** A line in the events; that the disk is full for it, too, costs only the line. */
  note(event: RecordEvent, place = this.#segments.place): void {
    const line = { at: new Date().toISOString(), mono: Number(performance.now().toFixed(3)), ...place, ...event }
    try {
      appendFileSync(join(this.#folder, `${this.name}.events.jsonl`), `${JSON.stringify(line)}\n`, { mode: 0o600 })
    } catch {
      // The bytes matter more.
    }
  }

  async reopen(): Promise<void> {
    await this.#pumping
    await this.#segments.reopen()
    this.note({ event: 'reopened' })
  }

  /** Gives the kernel all that is left, once more where its disk was full, and ends. */
  async close(): Promise<void> {
    this.#closing = true
    this.#wake?.()
    await this.#pumping
    clearInterval(this.#timer)
    this.note({ event: 'stopped' })
    await this.#segments.close()
  }

  async #pump(): Promise<void> {
    while (this.#queue.length > 0) {
      // What is being written is nobody else's to drop.
      const batch = this.#takeBatch()
      try {
        const bytes = await this.#segments.append(batch, batch[0]!.wall)
        if (bytes === 0) throw Object.assign(new Error('the disk takes nothing'), { code: 'ENOSPC' })
        this.#queue.unshift(...rest(batch, bytes))
        this.#took(bytes, batch)
      } catch (error) {
        this.#queue.unshift(...batch)
        this.#fail((error as NodeJS.ErrnoException).code ?? (error as Error).message)
        if (this.#closing) return
        await this.#pause()
      }
    }
    this.#letGoOn()
  }

  #letGoOn(): void {
    this.#onRoom?.()
    this.#onRoom = null
  }

  #takeBatch(): Piece[] {
    let bytes = 0
    const length = this.#queue.findIndex((piece) => (bytes += piece.bytes.length) > BATCH_BYTES)
    return this.#queue.splice(0, Math.max(1, length < 0 ? this.#queue.length : length))
  }

  #took(bytes: number, batch: readonly Piece[]): void {
    this.written += bytes
    this.#queued -= bytes
    const { segment, offset } = this.#segments.place
    let at = offset - bytes
    for (const { lost, bytes: own } of batch) {
      if (at >= offset) break
      if (lost) {
        this.note({ event: 'lost', bytes: lost }, { segment, offset: at })
        this.#tell(`${this.name}: ${lost} bytes were lost while the disk took nothing`)
      }
      at += own.length
    }
    if (!this.#full) return
    this.#full = false
    this.note({ event: 'resumed' })
    this.#tell(`${this.name}: recording again`)
  }

  #fail(why: string): void {
    if (this.#full) return
    this.#full = true
    this.#letGoOn()
    this.note({ event: 'disk-full', why })
    this.#tell(
      `${this.name}: cannot write (${why}); listening on, the last ${this.#options.ringBytes >> 10} KiB wait in memory`,
    )
  }

  #dropOldest(): void {
    while (this.#queued > this.#options.ringBytes && this.#queue.length > 1) {
      const { bytes, lost = 0 } = this.#queue.shift()!
      const [next] = this.#queue as [Piece]
      this.#queue[0] = { ...next, lost: (next.lost ?? 0) + lost + bytes.length }
      this.#queued -= bytes.length
      this.lost += bytes.length
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#options.retryMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

/** What is left of pieces of which so many bytes are gone. */
function rest(pieces: readonly Piece[], bytes: number): Piece[] {
  let gone = bytes
  return pieces.flatMap((piece) => {
    const { length } = piece.bytes
    const left = length <= gone ? [] : [gone > 0 ? { ...piece, bytes: piece.bytes.subarray(gone), lost: 0 } : piece]
    gone = Math.max(0, gone - length)
    return left
  })
}
