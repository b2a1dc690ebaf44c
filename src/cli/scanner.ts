import { join } from 'node:path'
import type { Scanner } from '../signatures/scanner.ts'

/** `root`: the folder that the program stands in. */
export async function openScanner(root: string): Promise<Scanner> {
  const { Scanner } = await import('../signatures/scanner.ts')
  return new Scanner(join(root, 'dist', 'scan.wasm'))
}
