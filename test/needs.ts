import { findProgram } from '../src/hosts/run.ts'

const said = new Set<string>()

/** Whether an outside program is here. Where it is not, that is printed and counted by test/run.js; in CI it is a failure. */
export function needs(name: string): boolean {
  if (findProgram(name) !== null) return true
  if (process.env['CI']) throw new Error(`${name} is not installed`)
  if (!said.has(name)) process.stdout.write(`\nnot tried: ${name} is not installed\n`)
  said.add(name)
  return false
}
