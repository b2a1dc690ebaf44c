import { join } from 'node:path'
import { z } from 'zod'
import { step } from './fault.ts'
import { readFiles } from './files.ts'

const steps = z.array(step).default([])

const file = z.strictObject({
  title: z.string(),
  /** Others would feel it: it comes after them. */
  alone: z.literal(true).optional(),
  /** What its guest is beside the usual; "{disk}" is its shared disk. The guest has the name of the file. */
  guest: z.record(z.string(), z.string()).default({}),
  /** Done on the source and on the target before the guest starts. Guests move one after the other, and nothing is mended between. */
  here: steps,
  there: steps,
  /** Every rule that must find an error; where there is none, the migration must succeed. */
  found: z.array(z.string()).default([]),
  /** What the toolstack does all the same, where it does not look at what is found. */
  'nobody-refuses': z.string().optional(),
})

/** One migration: what stands in its way, and what must come of it. */
export interface Move extends z.infer<typeof file> {
  /** "kvm/bridge-missing": its file below moves/. */
  readonly name: string
  readonly kind: 'kvm' | 'xen'
  /** "bridge-missing" */
  readonly guestName: string
}

export const MOVES = join(import.meta.dirname, 'moves')

export const readMoves = (): Move[] =>
  readFiles(MOVES, file).map(({ kind, name, content }) => ({
    ...content,
    kind,
    guestName: name,
    name: `${kind}/migration/${name}`,
  }))
