import { closeSync, openSync, readdirSync, readlinkSync, readSync, type Stats } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Stat } from '../types.ts'
import { deadline } from './deadline.ts'
import { gapOf, type Reply } from './gaps.ts'

export interface ReadLimits {
  readonly maxBytes: number
  readonly timeoutMs: number
  readonly fromEnd: boolean
}

const asText = (bytes: Buffer, limits: ReadLimits): Reply => {
  if (bytes.length <= limits.maxBytes) return { data: { kind: 'file', text: bytes.toString('utf8') } }
  if (!limits.fromEnd) return { gap: 'too-big', detail: `more than ${limits.maxBytes} bytes` }
  return { data: { kind: 'file', text: bytes.subarray(-limits.maxBytes).toString('utf8'), truncated: true } }
}

/** A file of /proc or /sys: its length is only known by reading, and reading does not wait. */
export function readVirtual(path: string, limits: ReadLimits): Reply {
  let fd: number | undefined
  try {
    fd = openSync(path, 'r')
    const chunks: Buffer[] = []
    let length = 0
    while (length <= limits.maxBytes) {
      const chunk = Buffer.allocUnsafe(length === 0 ? 4096 : 65536)
      const read = readSync(fd, chunk, 0, chunk.length, null)
      if (read === 0) break
      chunks.push(chunk.subarray(0, read))
      length += read
    }
    return asText(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks), limits)
  } catch (error) {
    return gapOf(error)
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

/** A regular file on a local disk. A disk that does not answer costs the time limit. */
export async function readLocal(path: string, limits: ReadLimits): Promise<Reply> {
  let cancel = (): void => {}
  const late = new Promise<Reply>((resolve) => {
    cancel = deadline(limits.timeoutMs, () => resolve({ gap: 'timeout', detail: 'the disk did not answer' }))
  })
  try {
    return await Promise.race([readWhole(path, limits), late])
  } catch (error) {
    return gapOf(error)
  } finally {
    cancel()
  }
}

async function readWhole(path: string, limits: ReadLimits): Promise<Reply> {
  const handle = await open(path, 'r')
  try {
    const { size } = await handle.stat()
    if (size > limits.maxBytes && !limits.fromEnd) return { gap: 'too-big', detail: `${size} bytes` }
    const from = Math.max(0, size - limits.maxBytes)
    const wanted = Math.min(size, limits.maxBytes)
    const bytes = Buffer.alloc(wanted)
    let got = 0
    while (got < wanted) {
      const { bytesRead } = await handle.read(bytes, got, wanted - got, from + got)
      if (bytesRead === 0) break
      got += bytesRead
    }
    const text = bytes.subarray(0, got).toString('utf8')
    return { data: from > 0 ? { kind: 'file', text, truncated: true } : { kind: 'file', text } }
  } finally {
    await handle.close()
  }
}

export function listFolder(path: string): Reply {
  try {
    return { data: { kind: 'list', names: readdirSync(path).sort() } }
  } catch (error) {
    return gapOf(error)
  }
}

export function readLink(path: string): Reply {
  try {
    return { data: { kind: 'link', target: readlinkSync(path) } }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EINVAL'
      ? { gap: 'malformed', detail: 'no symbolic link' }
      : gapOf(error)
  }
}

export function statOf(stats: Stats): Stat {
  const type = typeOf(stats)
  const size = type === 'block' || type === 'char' ? null : stats.size
  return { type, mode: stats.mode & 0o7777, uid: stats.uid, gid: stats.gid, size }
}

function typeOf(stats: Stats): Stat['type'] {
  if (stats.isDirectory()) return 'dir'
  if (stats.isSymbolicLink()) return 'link'
  if (stats.isBlockDevice()) return 'block'
  if (stats.isCharacterDevice()) return 'char'
  if (stats.isFIFO()) return 'fifo'
  return stats.isSocket() ? 'socket' : 'file'
}
