import { closeSync, fdatasync, openSync, readdirSync, rmSync, statSync, writev } from 'node:fs'
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
}

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
 * read, `OFFSET WALL MONO`: a line of the console began with the last of them whose offset is not behind it.
 * Put one after the other, the raw segments are what came.
 */
export class Segments {
  readonly #folder: string
  readonly #name: string
  readonly #limits: SegmentLimits
  #open: Open | null = null
  #dirty = false
  #next: number

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
    const times: string[] = []
    let offset = open.bytes
    for (const piece of pieces) {
      times.push(`${offset} ${new Date(piece.wall).toISOString()} ${piece.mono.toFixed(3)}\n`)
      offset += piece.bytes.length
    }
    const { bytesWritten } = await write(
      open.raw,
      pieces.map(({ bytes }) => bytes),
    )
    open.bytes += bytesWritten
    this.#dirty = true
    // Times are a help, and must not keep the bytes from the disk: what does not fit is left out.
    await write(open.times, [Buffer.from(times.join(''))]).catch(() => undefined)
    return bytesWritten
  }

  async sync(): Promise<void> {
    if (!this.#open || !this.#dirty) return
    this.#dirty = false
    await sync(this.#open.raw)
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
    await this.sync().catch(() => undefined)
    this.#open = null
    this.#next = number + 1
    closeSync(raw)
    closeSync(times)
  }

  #segment(wall: number): Open {
    const { maxBytes, maxAgeMs } = this.#limits
    if (this.#open && (this.#open.bytes >= maxBytes || wall - this.#open.since >= maxAgeMs)) {
      const { raw, times, number } = this.#open
      // Its bytes are in the kernel's hands; that they reach the disk is not waited for.
      fdatasync(raw, () => closeSync(raw))
      closeSync(times)
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
    return { number, raw, times, bytes: statSync(`${base}.raw`).size, since }
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
