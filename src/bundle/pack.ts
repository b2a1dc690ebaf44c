import {
  createWriteStream,
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { Readable, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import zlib from 'node:zlib'
import { UserError } from '../types.ts'
import { MANIFEST } from './manifest.ts'
import { cannotWrite } from './writer.ts'

/** Node has zstd since 22.15; types of Node 20 do not know it. */
type Zlib = typeof zlib & { createZstdCompress?: () => Transform }

/** What packs a file of that name. Throws a UserError where none can. */
export function packerFor(file: string): () => Transform {
  if (/\.(tar\.gz|tgz)$/.test(file)) return () => zlib.createGzip()
  if (!/\.(tar\.zst|tzst)$/.test(file))
    throw new UserError(`${file}: a bundle is a .tar.gz or a .tar.zst`, 'For a folder, use --unpacked DIR.')
  const { createZstdCompress } = zlib as Zlib
  if (createZstdCompress) return () => createZstdCompress()
  throw new UserError(
    `${file}: this Node (${process.version}) cannot write zstd`,
    'Name it .tar.gz, or use Node 22.15 or later.',
  )
}

/**
 * Packs a bundle's folder into one file, which gets its name when it is whole. The manifest stands first, so that it can be read without
 * unpacking the rest; all else in the order of names, with one time and no owner: the same folder makes the same file.
 */
export async function pack(folder: string, target: string, recorded: Date): Promise<void> {
  const packer = packerFor(target)
  const unfinished = `${target}.${process.pid}.tmp`
  const removeUnfinished = (): void => rmSync(unfinished, { force: true })
  process.once('exit', removeUnfinished)
  try {
    const file = createWriteStream(unfinished, { flags: 'wx', mode: 0o600, flush: true })
    await pipeline(Readable.from(tarOf(folder, recorded)), packer(), file)
    giveName(unfinished, target)
  } catch (error) {
    throw cannotWrite(target, error)
  } finally {
    removeUnfinished()
    process.off('exit', removeUnfinished)
  }
}

/** A link cannot take the place of a file that is there; where the file system has none, looking must do. */
function giveName(unfinished: string, target: string): void {
  try {
    linkSync(unfinished, target)
    unlinkSync(unfinished)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' || existsSync(target))
      throw new UserError(`${target} is there already`, 'Name another file; nothing is ever overwritten.')
    renameSync(unfinished, target)
  }
}

const MODE = 0o600

async function* tarOf(folder: string, mtime: Date): AsyncGenerator<Uint8Array> {
  const { createTarPacker } = await import('modern-tar')
  const { readable, controller } = createTarPacker()
  const rest = filesOf(folder, '').filter((name) => name !== MANIFEST)
  const filled = (async () => {
    for (const name of [MANIFEST, ...rest]) {
      const bytes = readFileSync(join(folder, name))
      const header = { name, size: bytes.length, mtime, mode: MODE, uid: 0, gid: 0, type: 'file' as const }
      const writer = controller.add(header).getWriter()
      await writer.write(bytes)
      await writer.close()
    }
    controller.finalize()
  })().catch((error: unknown) => controller.error(error))
  yield* Readable.fromWeb(readable as Parameters<typeof Readable.fromWeb>[0]) as AsyncIterable<Uint8Array>
  await filled
}

/** Names of all files below a folder, sorted; links and other things are none of a bundle's. */
export function filesOf(root: string, folder: string): string[] {
  const inner = readdirSync(join(root, folder), { withFileTypes: true })
  return inner
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((one) => {
      const name = folder === '' ? one.name : `${folder}/${one.name}`
      return one.isDirectory() ? filesOf(root, name) : one.isFile() ? [name] : []
    })
}
