import { closeSync, createReadStream, existsSync, openSync, readSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { UserError } from '../types.ts'
import { type Contents, WAY_OUT } from './contents.ts'
import { type Packing, packingOf, unpack } from './packing.ts'
import { readTar, type Wanted } from './tar.ts'

const READ_BYTES = 1 << 20
/** No text packs better, and a gigabyte of zeros packs a thousandfold and more: beyond this there is nothing to be learnt. */
const MOST_RATIO = 400
const FREE_BYTES = 256 << 20
const PROGRAMS = { xz: 'xz', zstd: 'zstd', bzip2: 'bzip2' } as const
const PROGRAM_FOLDERS = ['/usr/bin', '/bin', '/usr/local/bin']

/** An archive of any packing, as far as it can be read. Throws a UserError that names the way out where it is none. */
export async function openArchive(path: string, size: number, wanted: Wanted): Promise<Contents> {
  const head = headOf(path)
  if (head.length === 0) throw new UserError(`${path} is empty`, 'The transfer may have failed; fetch it again.')
  const packing = packingOf(head)
  refuse(path, head, packing)
  const contents = await readTar(bounded(unpacked(path, packing), size), wanted)
  if (contents.names('/')!.length > 0) return contents
  throw new UserError(
    `${path} is no archive that can be read${contents.cut === null || packing === null ? '' : `: ${contents.cut}`}`,
    WAY_OUT,
  )
}

/** As much as tells what it is: a tar's first header. */
function headOf(path: string): Buffer {
  let fd: number | undefined
  try {
    fd = openSync(path, 'r')
    const head = Buffer.alloc(512)
    return head.subarray(0, readSync(fd, head, 0, head.length, 0))
  } catch (error) {
    throw new UserError(`cannot read ${path}: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`)
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

/** What people mail besides archives that can be read. */
function refuse(path: string, head: Buffer, packing: Packing | null): void {
  const text = head.toString('latin1')
  if (text.startsWith('PK\x03\x04'))
    throw new UserError(`${path} is a zip`, `Unpack it, and name the folder: unzip ${path}`)
  if (text.startsWith('-----BEGIN PGP MESSAGE') || isPgp(head))
    throw new UserError(`${path} is encrypted`, `Decrypt it first: gpg --output archive.tar.xz --decrypt ${path}`)
  if (text.startsWith('Salted__'))
    throw new UserError(`${path} is encrypted`, 'Decrypt it with openssl enc -d, as it was encrypted, first.')
  if (packing === 'bzip2' && program('bzip2') === null)
    throw new UserError(
      `${path} is packed with bzip2, and the program bzip2 is not installed`,
      `Install it, or unpack it elsewhere: bzip2 -d ${path}`,
    )
}

/** An OpenPGP message begins with a session key, for somebody's public key (tag 1, version 3) or for a passphrase (tag 3, version 4 or 5). */
const isPgp = (head: Buffer): boolean =>
  ([0x84, 0x85, 0xc1].includes(head[0]!) && (head[2] === 3 || head[3] === 3)) ||
  ([0x8c, 0xc3].includes(head[0]!) && (head[2] === 4 || head[2] === 5))

function program(name: string): string | null {
  return PROGRAM_FOLDERS.map((folder) => `${folder}/${name}`).find(existsSync) ?? null
}

/** By the program where there is one: it is twice as fast as a library, and works beside us. */
async function* unpacked(path: string, packing: Packing | null): AsyncGenerator<Buffer> {
  const unpacker = packing === null || packing === 'gzip' ? null : program(PROGRAMS[packing])
  if (packing !== null && unpacker !== null) return yield* byProgram(unpacker, path)
  const packed = createReadStream(path, { highWaterMark: READ_BYTES })
  yield* packing === null || packing === 'bzip2' ? packed : await unpack(packing, packed)
}

async function* byProgram(unpacker: string, path: string): AsyncGenerator<Buffer> {
  const child = spawn(unpacker, ['-dc', '--', path], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(0, 1000)))
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve).on('error', () => resolve(null)))
  try {
    yield* child.stdout
    if ((await ended) !== 0)
      throw new Error(said.trim().split('\n')[0]!.split(': ').pop() || 'it could not be unpacked')
  } finally {
    child.kill()
  }
}

/** Stops what grows without measure. */
async function* bounded(tar: AsyncIterable<Buffer>, packedBytes: number): AsyncGenerator<Buffer> {
  const most = FREE_BYTES + packedBytes * MOST_RATIO
  let bytes = 0
  for await (const piece of tar) {
    bytes += piece.length
    if (bytes > most) throw new Error(`it unpacks to more than ${Math.floor(most / (1 << 20))} MiB`)
    yield piece
  }
}
