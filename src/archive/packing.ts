import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { UserError } from '../types.ts'

/** What is looked at to tell how a file is kept. */
const HEAD_BYTES = 64 << 10
/** Of what is unpacked: sixteen times Node's own, so that a gigabyte is no million pieces. */
const PIECE_BYTES = 256 << 10

/** The first bytes of a packed file, whatever it is called. */
const MAGIC = {
  gzip: [0x1f, 0x8b],
  xz: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],
  zstd: [0x28, 0xb5, 0x2f, 0xfd],
  bzip2: [0x42, 0x5a, 0x68],
} as const
export type Packing = keyof typeof MAGIC

/** null: as it is. */
export function packingOf(head: Buffer): Packing | null {
  const found = Object.entries(MAGIC).find(([, bytes]) => bytes.every((byte, index) => head[index] === byte))
  return found ? (found[0] as Packing) : null
}

export interface Peeked {
  readonly head: Buffer
  /** All of it, its head again included. */
  readonly all: AsyncIterable<Buffer>
}

/** Reads as much as tells what it is. A pipe that gives little at a time is not waited for. */
export async function peek(stream: AsyncIterable<Buffer>, name: string): Promise<Peeked> {
  const iterator = stream[Symbol.asyncIterator]()
  const first = await iterator.next().catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`cannot read ${name}: ${error.code ?? error.message}`)
  })
  const head = first.done ? Buffer.alloc(0) : Buffer.from(first.value)
  async function* all(): AsyncGenerator<Buffer> {
    yield head
    for (;;) {
      const next = await iterator.next()
      if (next.done) return
      yield Buffer.from(next.value)
    }
  }
  return { head: head.subarray(0, HEAD_BYTES), all: all() }
}

/** Unpacks on the way. What is damaged or cut off throws where it breaks, after all that was whole. There is no library for bzip2. */
export async function unpack(
  packing: Exclude<Packing, 'bzip2'>,
  packed: AsyncIterable<Buffer>,
): Promise<AsyncIterable<Buffer>> {
  switch (packing) {
    case 'gzip':
      // Errors of either end reach the reader through the last stream.
      return pipeline(Readable.from(packed), createGunzip({ chunkSize: PIECE_BYTES }), () => undefined)
    case 'xz': {
      const { XzReadableStream } = await import('xz-decompress')
      const web = new XzReadableStream(Readable.toWeb(Readable.from(packed)) as unknown as ReadableStream<Uint8Array>)
      return Readable.fromWeb(web as unknown as Parameters<typeof Readable.fromWeb>[0]) as AsyncIterable<Buffer>
    }
    case 'zstd':
      return unpackZstd(packed)
  }
}

async function* unpackZstd(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { Decompress } = await import('fzstd')
  let ready: Buffer[] = []
  const decompress = new Decompress((piece) => ready.push(Buffer.from(piece)))
  for await (const piece of packed) {
    decompress.push(piece)
    yield* ready
    ready = []
  }
  decompress.push(Buffer.alloc(0), true)
  yield* ready
}
