import { closeSync, constants, lstatSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs'
import type { Contents, Item, Limits, Read } from './contents.ts'

/** Larger ones are not read whole; nobody makes archives of them. */
const UNTOLD_BYTES = 1 << 20

/** A folder of the machine that vdoctor itself runs on. */
export class FolderContents implements Contents {
  readonly cut = null
  readonly #root: string
  readonly #seen = new Map<string, Item | null>()

  constructor(root: string) {
    this.#root = root.replace(/(.)\/+$/, '$1')
  }

  /** Folders are looked at again and again, on the way to what is in them, and files before they are read. */
  look(path: string): Item | null {
    let item = this.#seen.get(path)
    if (item === undefined) this.#seen.set(path, (item = this.#look(path)))
    return item
  }

  names(path: string): readonly string[] | null {
    try {
      return readdirSync(this.#root + path).sort()
    } catch {
      return null
    }
  }

  /** Opened so that what is put there meanwhile, a link or a FIFO, can neither lead out nor hang it. */
  read(path: string, { maxBytes, fromEnd }: Limits): Read {
    const item = this.look(path)
    if (item?.kind !== 'file') return { failed: item === null ? 'nothing' : 'no-file' }
    if (item.size > maxBytes && !fromEnd) return { failed: 'too-big' }
    let fd: number | undefined
    try {
      fd = openSync(this.#root + path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
      // Files of /proc and /sys, where the folder is the root of a machine that runs, tell no size.
      const size = item.size === 0 ? UNTOLD_BYTES : item.size
      const bytes = Buffer.allocUnsafe(Math.min(size, maxBytes))
      const from = item.size === 0 ? 0 : size - bytes.length
      let got = 0
      while (got < bytes.length) {
        const read = readSync(fd, bytes, got, bytes.length - got, from + got)
        if (read === 0) break
        got += read
      }
      return { bytes: bytes.subarray(0, got), truncated: from > 0 }
    } catch (error) {
      return { failed: failureOf(error) }
    } finally {
      if (fd !== undefined) closeSync(fd)
    }
  }

  #look(path: string): Item | null {
    try {
      const at = this.#root + path
      const stats = lstatSync(at, { throwIfNoEntry: false })
      if (!stats) return null
      const base = { size: stats.size, mtime: stats.mtimeMs }
      if (stats.isSymbolicLink()) return { ...base, kind: 'link', target: readlinkSync(at) }
      return { ...base, kind: stats.isFile() ? 'file' : stats.isDirectory() ? 'dir' : 'other' }
    } catch {
      return null
    }
  }
}

function failureOf(error: unknown): Extract<Read, { failed: unknown }>['failed'] {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOENT' || code === 'ENOTDIR'
    ? 'nothing'
    : code === 'EACCES' || code === 'EPERM'
      ? 'denied'
      : 'no-file'
}
