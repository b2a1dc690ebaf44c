import { open, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../../types.ts'
import type { Connection, Source } from './source.ts'

/** Looked at so often: what notifies of changes does not work over a network. */
const POLL_MS = 200
const PIECE = 1 << 16

/** A file that somebody else writes, such as `/var/log/xen/console/guest-web1.log`; from its end on, or from its beginning. */
export const fileSource = (name: string, path: string, fromStart: boolean): Source => {
  let again = false
  return {
    name,
    what: `file ${path}`,
    open: async () => {
      const connection = await follow(path, fromStart || again)
      // A file that was replaced is new from its first byte on.
      again = true
      return connection
    },
  }
}

async function follow(path: string, fromStart: boolean): Promise<Connection> {
  const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw new UserError(
      `file ${path}: ${error.code ?? error.message}`,
      error.code === 'ENOENT'
        ? 'Nobody writes it yet: "vdoctor console check" says how a guest gets a log.'
        : 'Run as root.',
    )
  })
  const opened = await handle.stat()
  if (!opened.isFile()) {
    await handle.close()
    throw new UserError(`file ${path} is no file`, 'For terminals there is --tty, for sockets --socket.')
  }
  let at = fromStart ? 0 : opened.size
  let closed = false
  async function* pieces(): AsyncGenerator<Buffer> {
    try {
      while (!closed) {
        const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(PIECE), 0, PIECE, at)
        at += bytesRead
        if (bytesRead > 0) yield buffer.subarray(0, bytesRead)
        else {
          const [own, named] = await Promise.all([handle.stat(), stat(path).catch(() => null)])
          if (own.size < at) throw new Error('it was cut short')
          if (named?.ino !== own.ino && own.size === at) throw new Error('it was moved away or replaced')
          await sleep(POLL_MS)
        }
      }
    } finally {
      await handle.close()
    }
  }
  const bytes = Readable.from(pieces(), { objectMode: false })
  return {
    bytes,
    close: () => {
      closed = true
      bytes.destroy()
    },
  }
}
