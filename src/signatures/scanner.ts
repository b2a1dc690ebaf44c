import { ACCEPTING, type Automaton, CLASSES } from './automaton.ts'
import { type Kernel, loadKernel } from './kernel.ts'

/** The largest text that is looked at in one go; the same numbers stand in scan.wat. */
export const CHUNK_BYTES = 1 << 21
const LANES = 4
const TEXT = 256
const LANE_ENDS = 0x210000
const LINE_END = 0x210010
const HITS = 0x210040
const TABLE = 0x1400000
const HIT_BYTES = 8
const ROW_BYTES = CLASSES * 2
const NEWLINE = 10

/** Most bytes of rows of accepting states: as many states as there can be of the others. */
const MEMORY = TABLE + 2 * ACCEPTING * ROW_BYTES

/** Runs an automaton over text that the caller puts into `text`. Its memory is reserved, not used, before tables and text are in it. */
export class Scanner {
  /** Where the text goes: up to `CHUNK_BYTES` from its start. What lies behind the text is overwritten. */
  readonly text: Buffer
  readonly #kernel: Kernel
  readonly #words: Uint32Array
  #overlap = 0

  /** `wasm`: what the build makes of scan.wat. */
  constructor(wasm: Uint8Array) {
    this.#kernel = loadKernel(wasm, MEMORY)
    this.#words = new Uint32Array(this.#kernel.memory)
    this.text = Buffer.from(this.#kernel.memory, TEXT, CHUNK_BYTES + TEXT)
  }

  /** From now on this automaton is run. */
  use(automaton: Automaton): this {
    new Uint8Array(this.#kernel.memory).set(automaton.classes)
    const table = new Uint16Array(this.#kernel.memory, TABLE)
    table.set(automaton.plain)
    table.set(automaton.accepting, ACCEPTING * CLASSES)
    this.#overlap = Math.max(0, automaton.longest - 1)
    return this
  }

  /**
   * Calls `onHit` with the offset of each literal's last byte, and the accepting state, which is an index of the automaton's `found`.
   * Offsets grow, but for the few bytes where one lane runs into the next: there a literal may be told twice.
   */
  scan(bytes: number, onHit: (offset: number, state: number) => void): void {
    const stride = Math.ceil(bytes / LANES)
    const steps = stride + this.#overlap
    // The last lane reads as far beyond the end as the others into their neighbours.
    this.text.fill(NEWLINE, bytes, stride * (LANES - 1) + steps)
    const cap = steps * HIT_BYTES
    this.#kernel.scan(steps, stride, cap)
    for (let lane = 0; lane < LANES; lane++) {
      const end = this.#words[(LANE_ENDS >> 2) + lane]!
      for (let at = HITS + lane * cap; at < end; at += HIT_BYTES) {
        onHit(this.#words[at >> 2]!, this.#words[(at >> 2) + 1]! - ACCEPTING)
      }
    }
  }

  /** Where the line begins that the byte at an offset belongs to; `lineEnd` then tells where it ends. */
  lineStart(offset: number): number {
    return this.#kernel.line(offset)
  }

  get lineEnd(): number {
    return this.#words[LINE_END >> 2]!
  }

  /** Newlines in the text from one offset up to another. */
  newlines(from: number, to: number): number {
    return this.#kernel.newlines(from, to)
  }
}
