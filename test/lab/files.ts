import fastGlob from 'fast-glob'
import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'

export interface LabFile<T> {
  readonly kind: 'kvm' | 'xen'
  /** The file's, without its ending. */
  readonly name: string
  readonly content: T
}

/** Every kvm/NAME.yaml and xen/NAME.yaml of a folder; throws where one is not what the schema says. */
export const readFiles = <T>(folder: string, schema: z.ZodType<T>): LabFile<T>[] =>
  fastGlob
    .sync('*/*.yaml', { cwd: folder })
    .sort()
    .map((path) => {
      const kind = z.enum(['kvm', 'xen']).parse(dirname(path))
      const read = schema.safeParse(parse(readFileSync(join(folder, path), 'utf8')))
      if (!read.success) throw new Error(`${path}: ${z.prettifyError(read.error)}`)
      return { kind, name: basename(path, '.yaml'), content: read.data }
    })
