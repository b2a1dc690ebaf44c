import { closeSync, fdatasync, openSync, readdirSync, rmSync, statSync, writev, writevSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const write = promisify(writev)
const sync = promisify(fdatasync)

/** What belongs to one segment: the bytes as they came, and when they came. */
interface Open {
  readonly number: number
  readonly raw: number
  readonly times: number
  bytes: number
  readonly since: number
  /** Lines of times that are not written yet. */
  waiting: string[]
}

const NEWLINE = 10
/** A time for each of so many milliseconds at least, where a line goes on for long. */
const TIME_MS = 1_000
/** A flood does not wait in memory for the next sync. */
const MOST_WAITING = 512
/** What is written at once: a line or two of every console, and not a flood. */
const LITTLE_BYTES = 16 << 10
/** A disk that took so long is left to other threads for so long, so that a sick one does not keep us from listening. */
const [SLOW_MS, SLOW_FOR_MS] = [20, 30_000]

export interface SegmentLimits {
  /** Bytes after which the next segment begins. */
  readonly maxBytes: number
  /** Milliseconds after which the next segment begins. */
  readonly maxAgeMs: number
  /** Bytes of older segments that are kept; the oldest are removed. Infinity: all. */
  readonly keepBytes: number
}

/** Bytes that came together. `wall`: milliseconds since 1970; `mono`: milliseconds of a clock that nobody sets. */
export interface Piece {
  readonly bytes: Buffer
  readonly wall: number
  readonly mono: number
  /** Bytes that came before it and were lost. */
  readonly lost?: number
}

/**
 * A record on disk: `NAME.000001.raw`, `NAME.000002.raw`, … hold the bytes untouched, and beside each `NAME.000001.times` a line for each
 * read in which a line of the console began, `OFFSET WALL MONO`: that line came with the last of them whose offset is not behind it.
 * Put one after the other, the raw segments are what came. Bytes are given to the kernel as they come, times with each `sync`.
 */
export class Segments {
  readonly #folder: string
  readonly #name: string
  readonly #limits: SegmentLimits
  #open: Open | null = null
  #dirty = false
  #next: number
  /** The next byte begins a line. */
  #atLineStart = true
  #timed = -Infinity
  #slowUntil = -Infinity

  /** Throws what the file system says where the folder cannot be read. */
  constructor(folder: string, name: string, limits: SegmentLimits) {
    this.#folder = folder
    this.#name = name
    this.#limits = limits
    this.#next = Math.max(0, ...this.numbers()) + 1
  }

  /** Numbers of the segments that are there, oldest first. */
  numbers(): number[] {
    const pattern = new RegExp(`^${this.#name.replace(/[^\w-]/g, '\\$&')}\\.(\\d{6,})\\.raw$`)
    return readdirSync(this.#folder)
      .flatMap((file) => pattern.exec(file)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b)
  }

  /** Where the next byte goes. */
  get place(): { segment: number; offset: number } {
    return { segment: this.#open?.number ?? this.#next, offset: this.#open?.bytes ?? 0 }
  }

  /** Returns how many bytes the disk took: fewer where it is full. Rejects where it took none. */
  async append(pieces: readonly Piece[], wall: number): Promise<number> {
    const open = this.#segment(wall)
    const bytesWritten = await this.#write(open.raw, pieces)
    this.#dirty = true
    let left = bytesWritten
    for (const piece of pieces) {
      if (left <= 0) break
      this.#time(open, piece)
      open.bytes += Math.min(left, piece.bytes.length)
      left -= piece.bytes.length
    }
    if (open.waiting.length >= MOST_WAITING) await writeTimes(open)
    return bytesWritten
  }

  async sync(): Promise<void> {
    const open = this.#open
    if (!open || !this.#dirty) return
    this.#dirty = false
    await writeTimes(open)
    await sync(open.raw)
  }

  /** What follows goes into files of the same names, made anew where somebody has moved them away. */
  async reopen(): Promise<void> {
    if (!this.#open) return
    const { number, since } = this.#open
    await this.close()
    this.#open = this.#openSegment(number, since)
  }

  async close(): Promise<void> {
    if (!this.#open) return
    const { raw, times, number } = this.#open
    // What was written before a disk refused has its times all the same.
    this.#dirty = true
    await this.sync().catch(() => undefined)
    this.#open = null
    this.#next = number + 1
    closeSync(raw)
    closeSync(times)
  }

  #segment(wall: number): Open {
    const { maxBytes, maxAgeMs } = this.#limits
    if (this.#open && (this.#open.bytes >= maxBytes || wall - this.#open.since >= maxAgeMs)) {
      const last = this.#open
      const { raw, number } = last
      // Its bytes are in the kernel's hands; that they reach the disk is not waited for.
      fdatasync(raw, () => closeSync(raw))
      void writeTimes(last).then(() => closeSync(last.times))
      this.#open = null
      this.#next = number + 1
      this.#removeOldest()
    }
    return (this.#open ??= this.#openSegment(this.#next, wall))
  }

  #openSegment(number: number, since: number): Open {
    const base = join(this.#folder, `${this.#name}.${String(number).padStart(6, '0')}`)
    const raw = openSync(`${base}.raw`, 'a', 0o600)
    const times = openSync(`${base}.times`, 'a', 0o600)
    return { number, raw, times, bytes: statSync(`${base}.raw`).size, since, waiting: [] }
  }

  /** A little at once, as long as the disk is quick: to wake a thread for it takes ten times as long as to write it. */
  async #write(raw: number, pieces: readonly Piece[]): Promise<number> {
    const buffers = pieces.map(({ bytes }) => bytes)
    const started = performance.now()
    const little = buffers.reduce((sum, { length }) => sum + length, 0) <= LITTLE_BYTES
    if (!little || started < this.#slowUntil) return (await write(raw, buffers)).bytesWritten
    try {
      return writevSync(raw, buffers)
    } finally {
      const now = performance.now()
      if (now - started > SLOW_MS) this.#slowUntil = now + SLOW_FOR_MS
    }
  }

  /** Notes when a piece came, if a line begins in it, or nothing was noted for long. */
  #time(open: Open, { bytes, wall, mono }: Piece): void {
    const begins = this.#atLineStart || bytes.includes(NEWLINE)
    this.#atLineStart = bytes.at(-1) === NEWLINE
    if (!begins && open.bytes > 0 && mono - this.#timed < TIME_MS) return
    this.#timed = mono
    open.waiting.push(`${open.bytes} ${new Date(wall).toISOString()} ${mono.toFixed(3)}\n`)
  }

  #removeOldest(): void {
    if (this.#limits.keepBytes === Infinity) return
    let kept = 0
    for (const number of this.numbers().reverse()) {
      const base = join(this.#folder, `${this.#name}.${String(number).padStart(6, '0')}`)
      kept += statSync(`${base}.raw`).size
      if (kept <= this.#limits.keepBytes) continue
      rmSync(`${base}.raw`, { force: true })
      rmSync(`${base}.times`, { force: true })
    }
  }
}

/** Times are a help, and must not keep the bytes from the disk: what does not fit is left out. */
async function writeTimes(open: Open): Promise<void> {
  const lines = open.waiting.join('')
  open.waiting = []
  if (lines !== '') await write(open.times, [Buffer.from(lines)]).catch(() => undefined)
}
