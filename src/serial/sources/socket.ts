import { connect, type NetConnectOpts, type Socket } from 'node:net'
import { UserError } from '../../types.ts'
import { reading } from './reading.ts'
import type { Connection, Source } from './source.ts'
import { TelnetDecoder } from './telnet.ts'

/** `/run/web1.sock`, `web1.example:4555`, `[::1]:4555` */
export function addressOf(text: string): NetConnectOpts {
  if (text.startsWith('/') || text.startsWith('./')) return { path: text }
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text)
  const port = Number(match?.[3])
  if (!match || port > 65_535)
    throw new UserError(`${text} is neither a path nor HOST:PORT`, 'For instance /run/web1.sock, or 127.0.0.1:4555.')
  return { host: match[1] ?? match[2]!, port }
}

const CONNECT_MS = 10_000

/** A unix or TCP socket, as QEMU, ser2net and conserver offer; raw, or with telnet's commands in it. */
export function socketSource(name: string, address: string, telnet: boolean): Source {
  const where = addressOf(address)
  const what = `${telnet ? 'telnet' : 'socket'} ${address}`
  return { name, what, open: () => open(where, what, telnet) }
}

function open(where: NetConnectOpts, what: string, telnet: boolean): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(
      telnet ? where : { ...where, ...reading((piece) => void socket.emit('data', piece)) },
    )
    const fail = (error: NodeJS.ErrnoException): void => {
      socket.destroy()
      reject(new UserError(`${what}: ${error.code ?? error.message}`, HINTS[error.code ?? '']))
    }
    socket.setTimeout(CONNECT_MS, () => fail(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })))
    socket.once('error', fail)
    socket.once('connect', () => {
      socket.setTimeout(0)
      socket.setKeepAlive(true, 30_000)
      socket.off('error', fail)
      if (!telnet) return resolve({ bytes: socket, close: () => socket.destroy() })
      const decoder = new TelnetDecoder((answer) => void socket.write(answer))
      socket.once('error', (error) => decoder.destroy(error))
      resolve({ bytes: socket.pipe(decoder), close: () => (socket.destroy(), decoder.destroy()) })
    })
  })
}

const HINTS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nothing listens there: is the guest, ser2net or conserver running?',
  ENOENT: 'There is no such socket: it comes with the guest.',
  EACCES: 'Run as root, or as a member of the group that owns the socket.',
  ETIMEDOUT: 'The machine, or the port, does not answer.',
  ENOTFOUND: 'There is no host of that name.',
}
