import { closeSync, constants, fstatSync, openSync } from 'node:fs'
import type { SocketConstructorOpts } from 'node:net'
import { isatty, ReadStream } from 'node:tty'
import { UserError } from '../../types.ts'
import { reading } from './reading.ts'
import type { Connection, Source } from './source.ts'

/** A pseudo-terminal that QEMU or xenconsoled offers, read without serialport: `/dev/pts/3`. */
export const terminalSource = (name: string, path: string): Source => ({
  name,
  what: `terminal ${path}`,
  takes: 'whoever else reads it gets a part of its bytes, and so do we',
  open: () => Promise.resolve().then(() => open(path)),
})

function open(path: string): Connection {
  const fd = openTerminal(path)
  // Node gives the option on to the socket that a terminal is to it; its types do not know.
  const options: SocketConstructorOpts = reading((piece) => void bytes.emit('data', piece)) as object
  const bytes: ReadStream = new ReadStream(fd, options)
  // No echo, and no meaning for any byte.
  bytes.setRawMode(true)
  return { bytes, mayRest: true, close: () => bytes.destroy() }
}

/** Without waiting for a carrier, and without becoming the terminal that controls us. */
function openTerminal(path: string): number {
  let fd: number | undefined
  try {
    fd = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK)
    if (!fstatSync(fd).isCharacterDevice() || !isatty(fd))
      throw Object.assign(new Error('no terminal'), { code: 'ENOTTY' })
    return fd
  } catch (error) {
    if (fd !== undefined) closeSync(fd)
    const code = (error as NodeJS.ErrnoException).code ?? (error as Error).message
    throw new UserError(`terminal ${path}: ${code}`, HINTS[code])
  }
}

const HINTS: Readonly<Record<string, string>> = {
  ENOENT: 'It comes and goes with the guest: "vdoctor console list" shows those that are there.',
  EACCES: 'Run as root, or as a member of the group tty.',
  ENOTTY: 'It is no terminal: for files there is --file, for sockets --socket.',
  EIO: 'Nobody holds the other end.',
}
