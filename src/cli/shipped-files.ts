import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Reads a file that the build made, by its name in dist/. */
export type ReadShipped = (name: string) => Buffer

let inside: ReadShipped | undefined

/** The single executable holds the files in itself. */
export const holdFiles = (read: ReadShipped): void => void (inside = read)

/** `root`: the folder that the program stands in. */
export const shippedFile = (root: string, name: string): Buffer =>
  inside?.(name) ?? readFileSync(join(root, 'dist', name))

export const shippedText = (root: string, name: string): string => shippedFile(root, name).toString('utf8')
