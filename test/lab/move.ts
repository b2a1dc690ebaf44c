import fastGlob from 'fast-glob'
import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { step } from './fault.ts'

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

export function readMoves(): Move[] {
  return fastGlob
    .sync('*/*.yaml', { cwd: MOVES })
    .sort()
    .map((path) => {
      const kind = z.enum(['kvm', 'xen']).parse(dirname(path))
      const read = file.safeParse(parse(readFileSync(join(MOVES, path), 'utf8')))
      if (!read.success) throw new Error(`${path}: ${z.prettifyError(read.error)}`)
      return { ...read.data, kind, name: `${kind}/migration/${basename(path, '.yaml')}` }
    })
}
