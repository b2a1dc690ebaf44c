import type { OnReadOpts } from 'node:net'

const PIECE = 1 << 16

/**
 * The option of Node's sockets and terminals by which each read goes into one buffer, of which `take` gets a copy of what came. Else each
 * would allocate 64 KiB, and what comes while it is paused would be read all the same: here it stays with the kernel.
 */
export const reading = (take: (piece: Buffer) => void): { onread: OnReadOpts } => {
  const buffer = Buffer.allocUnsafeSlow(PIECE)
  return {
    onread: {
      buffer,
      callback: (bytes) => {
        take(Buffer.from(buffer.subarray(0, bytes)))
        return true
      },
    },
  }
}
