export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be'

/** Windows and some consoles write UTF-16: a mark at the beginning, or a NUL in every second place. */
export function textEncoding(head: Buffer): Encoding {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  const sample = head.subarray(0, 512)
  const zeros = (first: number): number => sample.filter((byte, at) => at % 2 === first && byte === 0).length
  const half = sample.length / 2
  if (half < 8) return 'utf-8'
  if (zeros(1) > half * 0.9 && zeros(0) < half * 0.1) return 'utf-16le'
  return zeros(0) > half * 0.9 && zeros(1) < half * 0.1 ? 'utf-16be' : 'utf-8'
}

export async function* toUtf8(data: AsyncIterable<Buffer>, encoding: Encoding): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(encoding)
  for await (const piece of data) yield Buffer.from(decoder.decode(piece, { stream: true }))
  yield Buffer.from(decoder.decode())
}

/** Random bytes have a tenth. */
const MOST_CONTROLS = 0.05

/**
 * A log may hold NULs (a crash leaves them), escape sequences, and bytes of any encoding. What has more control characters than that
 * is a program, an image or a memory dump.
 */
export function isBinary(head: Buffer): boolean {
  if (textEncoding(head) !== 'utf-8') return false
  if (head.subarray(0, 4).equals(ELF)) return true
  const controls = head.filter((byte) => byte < 0x20 && byte !== 0 && !WHITE.has(byte) && byte !== ESCAPE).length
  return controls > head.length * MOST_CONTROLS
}

const ELF = Buffer.from('\x7fELF', 'latin1')
const WHITE = new Set([0x08, 0x09, 0x0a, 0x0c, 0x0d])
const ESCAPE = 0x1b
