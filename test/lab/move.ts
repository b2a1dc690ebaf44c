import { join } from 'node:path'
import { z } from 'zod'
import { step } from './fault.ts'
import { readFiles } from './files.ts'

const steps = z.array(step).default([])

const file = z.strictObject({
  title: z.string(),
  /** The guest that moves: a step with `domain` or `xl` whose name is "moving". */
  guest: z.record(z.string(), z.string()).default({}),
  /** Done on the source and on the target before the guest starts, and afterwards. */
  here: steps,
  there: steps,
  mend: z.strictObject({ here: steps, there: steps }).default({ here: [], there: [] }),
  /** Words for virsh migrate or xl migrate. */
  options: z.array(z.string()).default([]),
  /** Every rule that must find an error; where there is none, the migration must succeed. */
  found: z.array(z.string()).default([]),
})

/** One migration: what stands in its way, and what must come of it. */
export interface Move extends z.infer<typeof file> {
  /** "kvm/bridge-missing": its file below moves/. */
  readonly name: string
  readonly kind: 'kvm' | 'xen'
}

export const MOVES = join(import.meta.dirname, 'moves')

export const readMoves = (): Move[] =>
  readFiles(MOVES, file).map(({ kind, name, content }) => ({ ...content, kind, name: `${kind}/migration/${name}` }))
