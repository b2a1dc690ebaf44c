import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Ear } from '../engine/scan-logs.ts'

/** `root`: the folder that the program stands in. */
export async function openEar(root: string): Promise<Required<Ear>> {
  const [{ Scanner }, { unpackAutomaton }] = await Promise.all([
    import('../signatures/scanner.ts'),
    import('../signatures/automaton-file.ts'),
  ])
  const dist = join(root, 'dist')
  return {
    scanner: new Scanner(join(dist, 'scan.wasm')),
    automaton: unpackAutomaton(readFileSync(join(dist, 'signatures.bin'))),
  }
}
