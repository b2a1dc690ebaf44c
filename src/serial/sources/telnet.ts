import { Transform, type TransformCallback } from 'node:stream'

const IAC = 255
const [WILL, WONT, DO, DONT, SB, SE] = [251, 252, 253, 254, 250, 240]
/** Options that a console server may have: its bytes are eight bits wide, and it echoes. */
const [BINARY, ECHO, SUPPRESS_GO_AHEAD] = [0, 1, 3]
const WELCOME = new Set([BINARY, ECHO, SUPPRESS_GO_AHEAD])

/**
 * Takes telnet's commands (RFC 854) out of what a server sends, and answers its options: it may do what leaves the bytes alone, and we do
 * nothing. A command may be split anywhere.
 */
export class TelnetDecoder extends Transform {
  /** Bytes of a command that is not whole yet. */
  #command: number[] = []
  #inSubnegotiation = false
  readonly #answered = new Set<string>()
  readonly #answer: (bytes: Buffer) => void

  constructor(answer: (bytes: Buffer) => void) {
    super()
    this.#answer = answer
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const data = Buffer.allocUnsafe(chunk.length)
    let length = 0
    for (const byte of chunk) {
      if (this.#command.length === 0 && byte !== IAC) {
        if (!this.#inSubnegotiation) data[length++] = byte
      } else if (this.#take(byte)) data[length++] = IAC
    }
    done(null, data.subarray(0, length))
  }

  /** true where the byte ends an escaped 255, which is data. */
  #take(byte: number): boolean {
    this.#command.push(byte)
    if (this.#command.length === 1) return false
    const [, verb, option] = this.#command as [number, number, number?]
    if (verb >= WILL && verb <= DONT && option === undefined) return false
    this.#command = []
    if (verb === IAC) return !this.#inSubnegotiation
    if (verb === SB) this.#inSubnegotiation = true
    else if (verb === SE) this.#inSubnegotiation = false
    else if (option !== undefined) this.#negotiate(verb, option)
    return false
  }

  /** Each option is answered once: two polite machines would never end. */
  #negotiate(verb: number, option: number): void {
    const key = `${verb} ${option}`
    if (this.#answered.has(key) || verb === WONT || verb === DONT) return
    this.#answered.add(key)
    const reply = verb === WILL ? (WELCOME.has(option) ? DO : DONT) : WONT
    this.#answer(Buffer.from([IAC, reply, option]))
  }
}
