import type { Readable } from 'node:stream'
import type { UserError } from '../../types.ts'

/** A console while it is being read. */
export interface Connection {
  /** Ends, or is destroyed with an error, where the other side goes away. */
  readonly bytes: Readable
  /** While it is paused, the kernel keeps what comes, and whoever writes does not wait for us: it need not be read byte by byte. */
  readonly mayRest?: true
  close(): void
}

/** Where a console can be read, and how to get there again. */
export interface Source {
  /** Of its files: letters, digits, `.`, `_`, `-`. */
  readonly name: string
  /** For people: `socket /run/web1.sock` */
  readonly what: string
  /** What opening it does to others who want to read it; said before it is done. */
  readonly takes?: string
  /** The guest whose console it is, where that is told: it may have a log, which takes nothing from anybody. */
  readonly guest?: string
  /** Rejects with a UserError that names the way out, where that is known. */
  open(): Promise<Connection>
}

/** A sentence for an error of the system: what, why, and the way out. */
export type Explain = (error: NodeJS.ErrnoException) => UserError
