import type { Automaton } from './automaton.ts'

/** What is no table, as JSON; its length in bytes stands before it, and the tables behind it, at a multiple of four. */
interface Head {
  readonly literals: readonly string[]
  readonly classes: readonly number[]
  readonly found: Automaton['found']
  readonly longest: number
  /** Numbers in the first table; the second is the rest. */
  readonly plain: number
}

/** An automaton as a file: the build writes that of the shipped rules, since making it takes longer than a whole small check. */
export function packAutomaton({ literals, classes, found, longest, plain, accepting }: Automaton): Buffer {
  const head: Head = { literals, classes: [...classes], found, longest, plain: plain.length }
  const text = Buffer.from(JSON.stringify(head))
  const size = Buffer.alloc(4)
  size.writeUInt32LE(text.length)
  const padding = Buffer.alloc(-text.length & 3)
  const tables = [plain, accepting].map(({ buffer, byteOffset, byteLength }) =>
    Buffer.from(buffer, byteOffset, byteLength),
  )
  return Buffer.concat([size, text, padding, ...tables])
}

/** Tables are read as this machine's own numbers: the file does not travel between machines of different byte order. */
export function unpackAutomaton(file: Buffer): Automaton {
  const length = file.readUInt32LE(0)
  const head = JSON.parse(file.toString('utf8', 4, 4 + length)) as Head
  const start = 4 + length + (-length & 3)
  const from = file.byteOffset + start
  const numbers =
    from % 2 === 0
      ? new Uint16Array(file.buffer, from, (file.length - start) / 2)
      : new Uint16Array(file.buffer.slice(from, file.byteOffset + file.length))
  return {
    literals: head.literals,
    classes: Uint8Array.from(head.classes),
    found: head.found,
    longest: head.longest,
    plain: numbers.subarray(0, head.plain),
    accepting: numbers.subarray(head.plain),
  }
}
