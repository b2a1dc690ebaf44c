/** So many bytes are looked at together. */
const WINDOW = 1024
/** Random bytes have 0.55 outside of text, a setup screen with frames in code page 437 has 0.2, German in Latin-1 has 0.05. */
const SUSPICIOUS = 0.3
/** A flood is not worth more than a sample: milliseconds between two windows. */
const EVERY_MS = 500

/** Suspects a wrong speed: what a serial port reads at another speed than was written is no text. Says so once. */
export class Noise {
  #window: Buffer[] = []
  #bytes = 0
  #next = -Infinity
  #said = false

  /** The share of bytes outside of text where it is suspicious for the first time, else null. `now` in milliseconds. */
  take(piece: Buffer, now: number): number | null {
    if (this.#said || now < this.#next) return null
    this.#window.push(piece.subarray(0, WINDOW - this.#bytes))
    this.#bytes += this.#window.at(-1)!.length
    if (this.#bytes < WINDOW) return null
    const share = outsideOfText(Buffer.concat(this.#window)) / WINDOW
    this.#window = []
    this.#bytes = 0
    this.#next = now + EVERY_MS
    this.#said = share > SUSPICIOUS
    return this.#said ? share : null
  }
}

/** Bytes that are neither UTF-8 nor one of the controls that consoles use: from BEL to CR, and ESC. */
function outsideOfText(bytes: Buffer): number {
  const strange = bytes.filter((byte) => (byte < 0x20 && (byte < 7 || byte > 13) && byte !== 0x1b) || byte === 0x7f)
  // Each that cannot be decoded becomes U+FFFD: three bytes of it. A character that the window cuts in two counts one.
  const undecodable = bytes.toString('utf8').match(/\ufffd/g)?.length ?? 0
  return strange.length + undecodable
}
