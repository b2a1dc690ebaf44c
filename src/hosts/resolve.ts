import { lstatSync, readlinkSync, type Stats } from 'node:fs'
import { dirname, resolve as join } from 'node:path'
import { gapOf, type Reply } from './gaps.ts'
import type { Mount, Mounts } from './mounts.ts'

/** A path without symbolic links, its status and its mount; or the mount that it must not be followed into. */
export type Resolved =
  | { readonly path: string; readonly stats: Stats; readonly mount: Mount }
  | { readonly unsafe: Mount }
  | { readonly failed: Reply }

const MOST_LINKS = 40

/**
 * Follows a path component by component, and looks at each mount before touching what is on it: `lstat` below a dead NFS
 * server never comes back. `last` says whether a link at the end is followed too.
 */
export class Resolver {
  readonly #mounts: Mounts
  readonly #folders = new Map<string, Resolved>()

  constructor(mounts: Mounts) {
    this.#mounts = mounts
  }

  resolve(path: string, last = true, links = 0): Resolved {
    if (path === '/') return this.#look('/', last, links)
    const parent = this.#folder(dirname(path), links)
    if (!('path' in parent)) return parent
    const name = path.slice(path.lastIndexOf('/') + 1)
    return this.#look(parent.path === '/' ? `/${name}` : `${parent.path}/${name}`, last, links)
  }

  #folder(path: string, links: number): Resolved {
    let found = this.#folders.get(path)
    if (!found) this.#folders.set(path, (found = this.resolve(path, true, links)))
    return found
  }

  #look(path: string, last: boolean, links: number): Resolved {
    const mount = this.#mounts.at(path)
    if (mount.nearness === 'unsafe') return { unsafe: mount }
    try {
      const stats = lstatSync(path)
      if (!last || !stats.isSymbolicLink()) return { path, stats, mount }
      if (links >= MOST_LINKS) return { failed: { gap: 'malformed', detail: 'too many symbolic links' } }
      return this.resolve(join(dirname(path), readlinkSync(path)), last, links + 1)
    } catch (error) {
      return { failed: gapOf(error) }
    }
  }
}
