import type { Ear } from '../engine/scan-logs.ts'
import { shippedFile } from './shipped-files.ts'

/** `root`: the folder that the program stands in. */
export async function openEar(root: string): Promise<Required<Ear>> {
  const [{ Scanner }, { unpackAutomaton }] = await Promise.all([
    import('../signatures/scanner.ts'),
    import('../signatures/automaton-file.ts'),
  ])
  return {
    scanner: new Scanner(shippedFile(root, 'scan.wasm')),
    automaton: unpackAutomaton(shippedFile(root, 'signatures.bin')),
  }
}
