import { createHmac } from 'node:crypto'

/** Keyed functions that pseudonyms are made by: the same key and name, the same pseudonym. */
export class Scrambler {
  readonly #key: Buffer

  constructor(key: Buffer) {
    this.#key = key
  }

  bytes(name: string): Buffer {
    return createHmac('sha256', this.#key).update(name).digest()
  }

  /** A number below `limit`. */
  below(limit: number, name: string): number {
    return this.bytes(name).readUInt32BE(0) % limit
  }

  /**
   * Another number of `width` bits. Whether a bit is turned depends on those before it: numbers that begin alike, do so afterwards, and
   * no two become one. `never`: never the same number, since the first bit is turned always.
   */
  prefix(value: number, width: number, name: string, never = false): number {
    let result = 0
    for (let bit = width - 1; bit >= 0; bit--) {
      const before = bit === 31 ? 0 : value >>> (bit + 1)
      const turn = never && bit === width - 1 ? 1 : this.bytes(`${name} ${width - bit} ${before}`)[0]! & 1
      result = ((result << 1) | (((value >>> bit) & 1) ^ turn)) >>> 0
    }
    return result
  }
}
