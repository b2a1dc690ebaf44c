import type { ParsedTarEntry } from 'modern-tar'
import { Readable } from 'node:stream'
import type { Limits } from './contents.ts'
import { type Kept, MemoryContents } from './memory.ts'

/** What somebody may ask a file for; null where nobody will. The path starts with `/`. */
export type Wanted = (path: string) => Limits | null

/** Files that nobody asks for by name are kept where they are small: a link may lead to them. */
const SMALL_BYTES = 64 << 10
const MOST_SMALL = 32 << 20
/** Of what is asked for; a bundle of a large host has 20 MiB. */
const MOST_WANTED = 128 << 20
/** A sosreport of a large host has 60,000 entries. */
const MOST_ENTRIES = 150_000
const MOST_NAME_BYTES = 24 << 20
const LONGEST_NAME = 4096

/** Reads a tar once, from front to back. Where it breaks off, that is said in `cut`, and what came before counts. */
export async function readTar(tar: AsyncIterable<Buffer>, wanted: Wanted): Promise<MemoryContents> {
  const { createTarDecoder } = await import('modern-tar')
  const reading = new Reading(wanted)
  let broke: string | null = null
  // Ended and not failed: a failure would take with it what was read and not yet looked at.
  const whole = endedWhereItBreaks(tar, (why) => (broke = why))
  const web = Readable.toWeb(Readable.from(whole, { objectMode: false })) as unknown as ReadableStream<Uint8Array>
  try {
    for await (const entry of web.pipeThrough(createTarDecoder({ strict: true }))) {
      const refused = await reading.take(entry)
      if (refused === null) continue
      reading.contents.cut = refused
      break
    }
  } catch (error) {
    reading.contents.cut = `it breaks off: ${broke ?? (error as Error).message}`
  }
  if (broke !== null) reading.contents.cut ??= `it breaks off: ${broke as string}`
  return reading.contents
}

async function* endedWhereItBreaks(tar: AsyncIterable<Buffer>, onBreak: (why: string) => void): AsyncGenerator<Buffer> {
  try {
    yield* tar
  } catch (error) {
    onBreak((error as Error).message)
  }
}

class Reading {
  readonly contents = new MemoryContents()
  readonly #wanted: Wanted
  #entries = 0
  #nameBytes = 0
  #small = 0
  #kept = 0

  constructor(wanted: Wanted) {
    this.#wanted = wanted
  }

  /** null, or why no more is read. */
  async take(entry: ParsedTarEntry): Promise<string | null> {
    const { header } = entry
    this.#nameBytes += header.name.length + (header.linkname?.length ?? 0)
    if (++this.#entries > MOST_ENTRIES || this.contents.size > MOST_ENTRIES || this.#nameBytes > MOST_NAME_BYTES)
      return `only its first ${this.#entries - 1} entries were read`
    const path = pathOf(header.name)
    if (path === null || path === '/') {
      await entry.body.cancel()
      return null
    }
    const base = { size: header.size, mtime: header.mtime?.getTime() ?? null }
    if (header.type === 'file') this.contents.add(path, await this.#file(path, entry, base))
    else await entry.body.cancel()
    if (header.type === 'directory') this.contents.add(path, { ...base, kind: 'dir' })
    else if (header.type === 'symlink')
      this.contents.add(path, { ...base, kind: 'link', target: header.linkname ?? '' })
    else if (header.type === 'link') this.#hardLink(path, header.linkname ?? '', base)
    else if (header.type !== 'file') this.contents.add(path, { ...base, kind: 'other' })
    return null
  }

  #hardLink(path: string, target: string, base: Pick<Kept, 'size' | 'mtime'>): void {
    const same = pathOf(target)
    if (same !== null && same !== path) this.contents.add(path, { ...base, kind: 'file', same })
  }

  async #file(path: string, { header, body }: ParsedTarEntry, base: Pick<Kept, 'size' | 'mtime'>): Promise<Kept> {
    const { size } = header
    const limits = this.#keeps(path, size)
    if (limits === null) {
      await body.cancel()
      return { ...base, kind: 'file' }
    }
    const tail = new Tail(limits.maxBytes)
    for await (const piece of body) tail.add(piece)
    return { ...base, kind: 'file', data: tail.data() }
  }

  /** How much of a file is kept. */
  #keeps(path: string, size: number): Limits | null {
    const limits = this.#wanted(path)
    if (limits && (size <= limits.maxBytes || limits.fromEnd)) {
      const bytes = Math.min(size, limits.maxBytes)
      if (this.#kept + bytes > MOST_WANTED) return null
      this.#kept += bytes
      return limits
    }
    if (size > SMALL_BYTES || this.#small + size > MOST_SMALL) return null
    this.#small += size
    return { maxBytes: SMALL_BYTES, fromEnd: false }
  }
}

/** The last bytes of what goes by. */
class Tail {
  readonly #most: number
  #pieces: Uint8Array[] = []
  #bytes = 0

  constructor(most: number) {
    this.#most = most
  }

  add(piece: Uint8Array): void {
    this.#pieces.push(piece)
    this.#bytes += piece.length
    if (this.#bytes > 2 * this.#most + SMALL_BYTES) {
      const end = this.data()
      this.#pieces = [end]
      this.#bytes = end.length
    }
  }

  /** A copy: the pieces are parts of larger ones, which would be kept with them. */
  data(): Buffer {
    const all = Buffer.concat(this.#pieces)
    return all.length <= this.#most ? all : Buffer.from(all.subarray(all.length - this.#most))
  }
}

/** `./a//b/` → `/a/b`. null for a name that leads out, or that no file system takes. */
function pathOf(name: string): string | null {
  if (name.length > LONGEST_NAME) return null
  const names = name.split('/').filter((part) => part !== '' && part !== '.')
  return names.includes('..') || name.includes('\0') ? null : `/${names.join('/')}`
}
