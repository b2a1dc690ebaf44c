import { createReadStream, statSync } from 'node:fs'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { UserError } from '../types.ts'
import { isBinary, textEncoding, toUtf8 } from './encoding.ts'
import { isJournalJson, journalText } from './journal-json.ts'

/** A log as a stream of text, whatever it was kept as; or the file, where that holds just the text and can be read faster. */
export type OpenLog = { readonly text: AsyncIterable<Buffer> } | { readonly file: string }

/** What is looked at to tell how a log is kept. */
const HEAD_BYTES = 64 << 10

const MAGIC = {
  gzip: [0x1f, 0x8b],
  xz: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],
  zstd: [0x28, 0xb5, 0x2f, 0xfd],
  bzip2: [0x42, 0x5a, 0x68],
} as const
type Packing = keyof typeof MAGIC

/** Opens a log, or "-" for what is piped in. Throws a UserError where it cannot be read as text. */
export async function openLog(name: string): Promise<OpenLog> {
  const raw = name === '-' ? process.stdin : createReadStream(existing(name), { highWaterMark: 1 << 19 })
  const packed = await peek(raw, name)
  const packing = packingOf(packed.head)
  const unpacked = packing === null ? packed : await peek(await unpack(packing, packed.all, name), name)
  if (isBinary(unpacked.head)) throw new UserError(`${name} is no text`, 'Logs are text, or text in gzip, xz or zstd.')
  const utf8 =
    textEncoding(unpacked.head) === 'utf-8'
      ? unpacked
      : await peek(toUtf8(unpacked.all, textEncoding(unpacked.head)), name)
  if (isJournalJson(utf8.head)) return { text: journalText(utf8.all) }
  if (name === '-' || utf8 !== packed || !statSync(name).isFile()) return { text: utf8.all }
  raw.destroy()
  return { file: name }
}

function existing(name: string): string {
  try {
    const stat = statSync(name)
    if (stat.isDirectory()) throw new UserError(`${name} is a folder`, `Name the files in it: ${name}/*`)
    return name
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(`cannot read ${name}: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`)
  }
}

interface Peeked {
  readonly head: Buffer
  /** All of it, its head again included. */
  readonly all: AsyncIterable<Buffer>
}

/** Reads as much as tells what it is. A pipe that gives little at a time is not waited for. */
async function peek(stream: AsyncIterable<Buffer>, name: string): Promise<Peeked> {
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

function packingOf(head: Buffer): Packing | null {
  const found = Object.entries(MAGIC).find(([, bytes]) => bytes.every((byte, index) => head[index] === byte))
  return found ? (found[0] as Packing) : null
}

async function unpack(packing: Packing, packed: AsyncIterable<Buffer>, name: string): Promise<AsyncIterable<Buffer>> {
  switch (packing) {
    case 'gzip':
      // Errors of either end reach the reader through the last stream.
      return pipeline(Readable.from(packed), createGunzip(), () => undefined)
    case 'xz': {
      const { XzReadableStream } = await import('xz-decompress')
      const web = new XzReadableStream(Readable.toWeb(Readable.from(packed)) as unknown as ReadableStream<Uint8Array>)
      return Readable.fromWeb(web as unknown as Parameters<typeof Readable.fromWeb>[0]) as AsyncIterable<Buffer>
    }
    case 'zstd':
      return unpackZstd(packed)
    case 'bzip2':
      throw new UserError(`${name} is packed with bzip2`, `Unpack it on the way: bzip2 -dc ${name} | vdoctor diagnose`)
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
