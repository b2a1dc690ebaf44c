import { statSync } from 'node:fs'
import { UserError } from '../types.ts'
import { type Contents, WAY_OUT } from './contents.ts'
import { FolderContents } from './folder.ts'
import type { Wanted } from './tar.ts'

/** A folder, or an archive that is read once and never unpacked to a disk. Throws a UserError where it is neither. */
export async function openContents(path: string, wanted: () => Promise<Wanted>): Promise<Contents> {
  const { size, folder } = look(path)
  if (folder) return new FolderContents(path)
  const { openArchive } = await import('./packed.ts')
  return openArchive(path, size, await wanted())
}

function look(path: string): { size: number; folder: boolean } {
  try {
    const stats = statSync(path)
    if (stats.isDirectory()) return { size: 0, folder: true }
    if (stats.isFile()) return { size: stats.size, folder: false }
  } catch (error) {
    throw new UserError(
      `cannot read ${path}: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`,
      WAY_OUT,
    )
  }
  throw new UserError(`${path} is neither a file nor a folder`, WAY_OUT)
}
