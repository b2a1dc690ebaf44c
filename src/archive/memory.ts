import type { Contents, Item, Limits, Read } from './contents.ts'

/** An item, and what is kept of it. */
export interface Kept extends Item {
  /** All of a file, or its end; undefined where it was not kept. */
  readonly data?: Buffer
  /** Of a hard link: the path of what it is another name of. */
  readonly same?: string
}

interface Node {
  item: Kept
  /** Of a folder: what is in it, by name. */
  inside: Map<string, Node> | undefined
}

const FOLDER: Kept = { kind: 'dir', size: 0, mtime: null }

/** What is kept of an archive: its table of contents, and of its files what somebody may ask for. */
export class MemoryContents implements Contents {
  cut: string | null = null
  /** Items, also folders that only the names below them tell of. */
  size = 0
  readonly #root: Node = { item: FOLDER, inside: new Map() }

  /** A later one of the same name takes the place of an earlier one, as it does where an archive is unpacked. */
  add(path: string, item: Kept): void {
    let node = this.#root
    for (const name of path.slice(1).split('/')) {
      // What was no folder is one now.
      if (node.inside === undefined) Object.assign(node, { item: FOLDER, inside: new Map() })
      let next = node.inside!.get(name)
      if (next === undefined) {
        node.inside!.set(name, (next = { item: FOLDER, inside: undefined }))
        this.size++
      }
      node = next
    }
    node.item = item
    node.inside = item.kind === 'dir' ? (node.inside ?? new Map<string, Node>()) : undefined
  }

  look(path: string): Item | null {
    const item = this.#find(path)?.item
    if (item === undefined) return null
    const { kind, size, mtime, target } = this.#original(item) ?? { ...item, kind: 'other' }
    return target === undefined ? { kind, size, mtime } : { kind, size, mtime, target }
  }

  names(path: string): readonly string[] | null {
    const inside = this.#find(path)?.inside
    return inside === undefined ? null : [...inside.keys()].sort()
  }

  read(path: string, { maxBytes, fromEnd }: Limits): Read {
    const found = this.#find(path)?.item
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
    return item.same === undefined ? item : this.#find(item.same)?.item
  }

  #find(path: string): Node | undefined {
    let node: Node | undefined = this.#root
    if (path === '/') return node
    for (const name of path.slice(1).split('/')) node = node?.inside?.get(name)
    return node
  }
}
