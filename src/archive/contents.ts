/** Where something is not what `--from` takes. */
export const WAY_OUT =
  '--from takes a folder or a tar (also packed with gzip, xz, zstd or bzip2) that holds a recorded machine.'

/** What lies at a path of a folder or an archive. */
export interface Item {
  readonly kind: 'file' | 'dir' | 'link' | 'other'
  /** Bytes, as it was told: the contents may not have been kept. */
  readonly size: number
  /** Milliseconds since 1970; null where nobody wrote it down. */
  readonly mtime: number | null
  /** Of a link. */
  readonly target?: string
}

export interface Limits {
  readonly maxBytes: number
  readonly fromEnd: boolean
}

/** What was read, or why not. `passed-by`: larger than what is kept of an archive, which is read once and in which nobody asks for it. */
export type Read =
  | { readonly bytes: Buffer; readonly truncated: boolean }
  | { readonly failed: 'nothing' | 'no-file' | 'too-big' | 'passed-by' | 'denied' }

/**
 * A folder or an archive, to be read and never written. Paths start with `/`, which is its own root, and hold no `.` or `..`; none of
 * these calls follows a symbolic link.
 */
export interface Contents {
  /** null where nothing is. */
  look(path: string): Item | null
  /** Names in a folder, sorted; null where there is none. */
  names(path: string): readonly string[] | null
  read(path: string, limits: Limits): Read
  /** Why it is not whole; what it lacks may have been in the rest. */
  readonly cut: string | null
}

const MOST_LINKS = 40

/**
 * The path that a path leads to, its links followed as the recorded machine would have: absolute ones start at the root, `..` does not
 * climb above it. null where nothing is. `last`: follow a link at the very end, too.
 */
export function follow(contents: Contents, path: string, last = true, links = 0): string | null {
  let here = ''
  const names = path.split('/').filter((name) => name !== '' && name !== '.')
  for (const [index, name] of names.entries()) {
    if (name === '..') {
      here = parentOf(here)
      continue
    }
    const next = `${here}/${name}`
    const item = contents.look(next)
    if (item === null) return null
    if (item.kind === 'link' && (last || index < names.length - 1)) {
      if (links >= MOST_LINKS) return null
      const target = item.target!.startsWith('/') ? item.target! : `${here}/${item.target!}`
      return follow(contents, [target, ...names.slice(index + 1)].join('/'), last, links + 1)
    }
    here = next
  }
  return here || '/'
}

/** '' above the root, too. */
const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))

/** Paths that a glob (`* ? [ ]`, absolute) matches, sorted; names that start with a dot only where the pattern says so. */
export function expand(contents: Contents, pattern: string): string[] {
  let paths = ['']
  for (const part of pattern.split('/').filter(Boolean)) {
    if (!/[*?[]/.test(part)) {
      paths = paths.map((path) => `${path}/${part}`).filter((path) => follow(contents, path, false) !== null)
      continue
    }
    const matches = globPart(part)
    paths = paths.flatMap((path) => {
      const folder = follow(contents, path || '/')
      const names = folder === null ? null : contents.names(folder)
      return (names ?? []).filter((name) => matches.test(name)).map((name) => `${path}/${name}`)
    })
  }
  return paths.sort()
}

/** `[hs]d*` as an expression for one name; `*` matches no leading dot. */
export function globPart(part: string): RegExp {
  const body = part.replace(/\[[^\]]*\]|[\\^$.|+(){}*?[]/g, (found) => {
    if (found.length > 1) return found.replace(/^\[!/, '[^').replaceAll('\\', '\\\\')
    return found === '*' ? '[^/]*' : found === '?' ? '[^/]' : `\\${found}`
  })
  return new RegExp(`^${part.startsWith('.') ? '' : '(?!\\.)'}${body}$`)
}

/** The same contents, seen from a folder of theirs. */
export function below(contents: Contents, root: string): Contents {
  if (root === '/' || root === '') return contents
  const inner = (path: string): string => (path === '/' ? root : root + path)
  return {
    look: (path) => contents.look(inner(path)),
    names: (path) => contents.names(inner(path)),
    read: (path, limits) => contents.read(inner(path), limits),
    cut: contents.cut,
  }
}
