import type { Listener } from './listener.ts'
import { Noise } from './noise.ts'
import type { Recorder } from './recorder.ts'
import type { Connection, Source } from '../sources/source.ts'

/** Milliseconds until a source that went away is tried again: doubled each time, up to the most. */
const BACK_OFF = { first: 500, most: 30_000 }
/** A connection that held so long was a good one: the next try is a first again. */
const GOOD_MS = 10_000
/** A terminal that speaks without a pause is read so seldom: 700 bytes at 115,200 baud, of 4096 that the kernel keeps for it. */
const REST_MS = 60
const MOST_BYTES_AT_REST = 2048

/** Follows one console for as long as it is wanted: through guests that restart, adapters that are unplugged, servers that go away. */
export class Capture {
  readonly source: Source
  readonly recorder: Recorder
  readonly #listener: Listener | null
  readonly #tell: (sentence: string) => void
  readonly #noise = new Noise()
  #connection: Connection | null = null
  #wake: (() => void) | null = null
  #stopped = false
  #ended: Promise<void> = Promise.resolve()

  constructor(source: Source, recorder: Recorder, listener: Listener | null, tell: (sentence: string) => void) {
    this.source = source
    this.recorder = recorder
    this.#listener = listener
    this.#tell = tell
  }

  /** Connects once, and goes on by itself from there. Resolves with why it did not connect; it tries again all the same. */
  async start(): Promise<Error | null> {
    let first: Error | null = null
    try {
      this.#connection = await this.source.open()
    } catch (error) {
      first = error as Error
    }
    this.#ended = this.#follow(first)
    return first
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#connection?.close()
    this.#wake?.()
    await this.#ended
    this.#listener?.end()
    await this.recorder.close()
  }

  async #follow(first: Error | null): Promise<void> {
    let wait = BACK_OFF.first
    let why = first?.message ?? ''
    for (;;) {
      if (this.#connection) {
        const since = performance.now()
        this.recorder.note({ event: 'connected' })
        why = await this.#read(this.#connection)
        this.#connection = null
        if (this.#stopped) return
        if (performance.now() - since > GOOD_MS) wait = BACK_OFF.first
        this.recorder.note({ event: 'gap', why })
        this.#tell(`${this.source.name}: ${why}; trying again`)
      }
      await this.#sleep(wait)
      if (this.#stopped) return
      wait = Math.min(BACK_OFF.most, wait * 2)
      try {
        this.#connection = await this.source.open()
        this.#tell(`${this.source.name}: connected again`)
      } catch {
        // Said when it went away; it is tried again, and again.
      }
    }
  }

  /** Until it ends: why it did. */
  #read({ bytes, mayRest }: Connection): Promise<string> {
    return new Promise((resolve) => {
      let last = -Infinity
      bytes.on('data', (chunk: Buffer) => {
        const now = performance.now()
        const speaks = now - last < 2 * REST_MS
        last = now
        if (!this.recorder.take(chunk)) {
          bytes.pause()
          this.recorder.onRoom(() => bytes.resume())
        } else if (mayRest && speaks && chunk.length < MOST_BYTES_AT_REST) {
          bytes.pause()
          afterRest(() => bytes.resume())
        }
        this.#listener?.take(chunk)
        this.#suspect(this.#noise.take(chunk, now))
      })
      bytes.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
      bytes.once('end', () => resolve('the other side closed it'))
      bytes.once('close', () => resolve('it was closed'))
    })
  }

  #suspect(share: number | null): void {
    if (share === null) return
    const why = `${Math.round(share * 100)} of 100 bytes are no text: this looks like a wrong speed or parity`
    this.recorder.note({ event: 'noise', why })
    this.#tell(`${this.source.name}: ${why}; recorded all the same`)
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
      if (this.#stopped) this.#wake()
    })
  }
}

let resting: (() => void)[] = []

/** All at once: threads that write for one are still awake for the next, and waking one costs more than a write. */
function afterRest(go: () => void): void {
  resting.push(go)
  if (resting.length > 1) return
  setTimeout(() => {
    const all = resting
    resting = []
    for (const one of all) one()
  }, REST_MS)
}
