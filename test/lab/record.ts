import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Fault } from './fault.ts'
import { LabError } from './lab-error.ts'
import type { Machine } from './machine.ts'

/** What hosts of the lab said, kept for the ordinary tests: `npm run test:lab -- --record`. */
const KEPT = resolve(import.meta.dirname, '../../fixtures/lab')
const BUNDLE_S = 900

/** A host with many faults at once: its bundle, and their names. */
export interface KeptRound {
  readonly bundle: string
  readonly faults: readonly string[]
}

/** Asks the patient for its bundle while it is broken. */
export async function keepRound(machine: Machine, faults: readonly Fault[], name: string): Promise<void> {
  const said = await machine.run(['node', '/tool/bin/vdoctor.cjs', 'bundle', '--output', '/lab/kept.tar.gz'], BUNDLE_S)
  if (said.status !== 0) throw new LabError(`vdoctor bundle ended with ${said.status}`, said.stderr)
  mkdirSync(join(KEPT, 'rounds'), { recursive: true })
  const at = (ending: string): string => join(KEPT, 'rounds', `${faults[0]!.boot.kind}-${name}.${ending}`)
  cpSync(machine.shared('kept.tar.gz'), at('tar.gz'))
  rmSync(machine.shared('kept.tar.gz'))
  writeFileSync(
    at('json'),
    `${JSON.stringify(
      faults.map((fault) => fault.name),
      null,
      2,
    )}\n`,
  )
}

/** What terminal and logs said of a start that failed, or a console of a host that did not come up. */
export function keepSaid(fault: Fault, files: readonly string[]): void {
  const folder = join(KEPT, 'said', fault.name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const file of files) cpSync(file, join(folder, file.replace(/^.*\//, '')))
}

export const keptRounds = (): KeptRound[] =>
  filesIn(join(KEPT, 'rounds'))
    .filter((path) => path.endsWith('.json'))
    .map((path) => ({
      bundle: path.replace(/json$/, 'tar.gz'),
      faults: JSON.parse(readFileSync(path, 'utf8')) as string[],
    }))

/** The files of a fault. */
export const keptOf = ({ name }: Fault): string[] => filesIn(join(KEPT, 'said', name))

/** [] where nothing was kept. */
const filesIn = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder).map((file) => join(folder, file)) : []
