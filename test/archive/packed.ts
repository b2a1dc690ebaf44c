import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packTar, type TarEntry } from 'modern-tar'

/** An entry of a tar. A text that starts with "-> " is a symbolic link, with "=> " a hard link; null is a folder. */
export type Files = Readonly<Record<string, string | null>>

export async function tarOf(files: Files | readonly TarEntry[]): Promise<Buffer> {
  const entries = Array.isArray(files) ? (files as TarEntry[]) : Object.entries(files as Files).map(entryOf)
  return Buffer.from(await packTar(entries))
}

function entryOf([name, text]: [string, string | null]): TarEntry {
  if (text === null) return { header: { name: `${name}/`, size: 0, type: 'directory' } }
  const link = /^([-=])> (.*)$/s.exec(text)
  if (link) return { header: { name, size: 0, type: link[1] === '-' ? 'symlink' : 'link', linkname: link[2]! } }
  const body = Buffer.from(text)
  return { header: { name, size: body.length, mtime: new Date('2026-01-02T03:04:05Z') }, body }
}

/** All files below a folder, by their path in it. */
export function filesOf(folder: string): Record<string, Buffer> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), readFileSync(path)]),
  )
}

export const scratch = mkdtempSync(join(tmpdir(), 'vdoctor-archives-'))
let made = 0

/** A new file with these bytes. */
export function fileWith(bytes: Buffer | string, name = 'archive'): string {
  const path = join(scratch, `${++made}-${name}`)
  writeFileSync(path, bytes)
  return path
}

/** The folder as the program tar packs it: at its root, or in one folder. */
export function packedBy(options: readonly string[], folder: string, inside = '.'): string {
  const path = join(scratch, `${++made}.tar`)
  execFileSync('tar', [...options, '-cf', path, '-C', folder, inside])
  return path
}
