import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { Contents, Item, Limits, Read } from './contents.ts'

/** A folder of the machine that vdoctor itself runs on. */
export class FolderContents implements Contents {
  readonly cut = null
  readonly #root: string
  readonly #seen = new Map<string, Item | null>()

  constructor(root: string) {
    this.#root = root
  }

  /** Folders are looked at again and again, on the way to what is in them. */
  look(path: string): Item | null {
    let item = this.#seen.get(path)
    if (item === undefined) {
      item = this.#look(path)
      if (item?.kind !== 'file') this.#seen.set(path, item)
    }
    return item
  }

  names(path: string): readonly string[] | null {
    try {
      return readdirSync(join(this.#root, path)).sort()
    } catch {
      return null
    }
  }

  /** Opened so that what is put there meanwhile, a link or a FIFO, can neither lead out nor hang it. */
  read(path: string, { maxBytes, fromEnd }: Limits): Read {
    const item = this.look(path)
    if (item?.kind !== 'file') return { failed: item === null ? 'nothing' : 'no-file' }
    let fd: number | undefined
    try {
      fd = openSync(join(this.#root, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
      const stats = fstatSync(fd)
      if (!stats.isFile()) return { failed: 'no-file' }
      if (stats.size > maxBytes && !fromEnd) return { failed: 'too-big' }
      const bytes = Buffer.allocUnsafe(Math.min(stats.size, maxBytes))
      const from = stats.size - bytes.length
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
      const at = join(this.#root, path)
      const stats = lstatSync(at)
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
