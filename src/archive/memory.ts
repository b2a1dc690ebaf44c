import type { Contents, Item, Limits, Read } from './contents.ts'

/** What is kept of an archive: its table of contents, and of its files what somebody may ask for. */
export class MemoryContents implements Contents {
  cut: string | null = null
  readonly #items = new Map<string, Kept>([['/', { kind: 'dir', size: 0, mtime: null }]])
  readonly #names = new Map<string, Set<string>>([['/', new Set()]])

  /** A later one of the same name takes the place of an earlier one, as it does where an archive is unpacked. */
  add(path: string, item: Kept): void {
    this.#folder(path.slice(0, path.lastIndexOf('/')) || '/', item.mtime)
    this.#names.get(path.slice(0, path.lastIndexOf('/')) || '/')!.add(path.slice(path.lastIndexOf('/') + 1))
    if (item.kind === 'dir') this.#folder(path, item.mtime)
    else this.#names.delete(path)
    this.#items.set(path, item)
  }

  look(path: string): Item | null {
    const item = this.#items.get(path)
    if (item === undefined) return null
    const { kind, size, mtime, target } = this.#original(item) ?? { ...item, kind: 'other' }
    return target === undefined ? { kind, size, mtime } : { kind, size, mtime, target }
  }

  names(path: string): readonly string[] | null {
    const names = this.#names.get(path)
    return names === undefined ? null : [...names].sort()
  }

  read(path: string, { maxBytes, fromEnd }: Limits): Read {
    const found = this.#items.get(path)
    if (found === undefined) return { failed: 'nothing' }
    const item = this.#original(found)
    if (item?.kind !== 'file') return { failed: 'no-file' }
    if (item.size > maxBytes && !fromEnd) return { failed: 'too-big' }
    if (item.data === undefined) return { failed: 'passed-by' }
    const bytes = item.data.subarray(Math.max(0, item.data.length - maxBytes))
    return { bytes, truncated: bytes.length < item.size }
  }

  /** The file that a hard link is another name of; its name is one of the archive, so it cannot be one outside. */
  #original(item: Kept): Kept | undefined {
    return item.same === undefined ? item : this.#items.get(item.same)
  }

  #folder(path: string, mtime: number | null): void {
    if (this.#names.has(path)) return
    this.#names.set(path, new Set())
    if (path === '/') return
    this.add(path, { kind: 'dir', size: 0, mtime })
  }
}

/** An item, and what is kept of it. */
export interface Kept extends Item {
  /** All of a file, or its end; undefined where it was not kept. */
  readonly data?: Buffer
  /** Of a hard link: the path of what it is another name of. */
  readonly same?: string
}
