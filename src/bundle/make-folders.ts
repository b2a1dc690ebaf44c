import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/** As `mkdir -p`, for the owner alone. Not Node's own `recursive`: below /proc, where nobody can make anything, it never ends. */
export function makeFolders(path: string): void {
  if (made(path) === null) return
  if (dirname(path) !== path) makeFolders(dirname(path))
  const error = made(path)
  if (error !== null) throw error
}

/** null where it is there now, or was. What is there may be no folder: then whoever puts something into it is told. */
function made(path: string): Error | null {
  try {
    mkdirSync(path, { mode: 0o700 })
    return null
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return null
    if (code === 'ENOENT') return error as Error
    throw error
  }
}
