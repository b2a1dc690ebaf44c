import { UserError } from '../../types.ts'
import type { Connection, Source } from './source.ts'

export interface Line {
  /** Bits a second. */
  readonly baud: number
  readonly dataBits: 7 | 8
  readonly parity: 'none' | 'even' | 'odd'
  readonly stopBits: 1 | 2
  readonly flow: 'none' | 'hardware' | 'software'
}

export const USUAL_LINE: Line = { baud: 115_200, dataBits: 8, parity: 'none', stopBits: 1, flow: 'none' }

/** A real serial port, by way of serialport, which is loaded here and nowhere else: its native part may be missing. */
export const portSource = (name: string, path: string, line: Line): Source => ({
  name,
  what: `port ${path} at ${line.baud}`,
  open: () => open(path, line),
})

async function open(path: string, { baud, dataBits, parity, stopBits, flow }: Line): Promise<Connection> {
  const { SerialPort } = await load()
  return new Promise((resolve, reject) => {
    const port = new SerialPort({
      path,
      baudRate: baud,
      dataBits,
      parity,
      stopBits,
      rtscts: flow === 'hardware',
      xon: flow === 'software',
      xoff: flow === 'software',
      autoOpen: false,
      // The modem lines stay as they are when we leave: dropping DTR switches some machines off.
      hupcl: false,
    })
    port.open((error) => {
      if (error) reject(explained(path, error))
      else resolve({ bytes: port, close: () => void (port.isOpen && port.close(() => undefined)) })
    })
  })
}

async function load(): Promise<typeof import('serialport')> {
  try {
    return await import('serialport')
  } catch (error) {
    throw new UserError(
      `serial ports cannot be opened here: the native part of serialport does not load (${(error as Error).message.split('\n')[0]})`,
      'Everything else works: let socat, ser2net or conserver offer the port as a socket, and use --socket.',
    )
  }
}

function explained(path: string, error: Error): UserError {
  const { message } = error
  const hint = HINTS.find(([pattern]) => pattern.test(message))?.[1]
  return new UserError(`port ${path}: ${message.replace(/^Error: /, '')}`, hint)
}

const HINTS: readonly (readonly [RegExp, string])[] = [
  [/permission denied/i, 'Run as root, or as a member of the group that owns it: dialout, or uucp.'],
  [/cannot lock|busy|temporarily unavailable/i, 'Another program has it: fuser PORT names it.'],
  [/no such file/i, '"vdoctor console list" shows the ports of this machine.'],
  [/ENOTTY|inappropriate ioctl/i, 'It is no serial port: for pseudo-terminals there is --tty.'],
  [
    /custom baud rate|invalid argument/i,
    'The driver does not do this speed; 9600, 38400, 57600 and 115200 are the usual ones.',
  ],
]
