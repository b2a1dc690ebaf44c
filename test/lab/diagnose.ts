import { execa } from 'execa'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Finding } from '../../src/types.ts'
import type { Fault } from './fault.ts'
import type { Image } from './image.ts'
import { Machine, type Step } from './machine.ts'
import { keepSaid } from './record.ts'

export const tell = ({ rule, subject }: { rule: string; subject: string }): string =>
  subject ? `${rule} (${subject})` : rule

/** Starts the guest, and lets `vdoctor diagnose` here say what its terminal and its logs meant. */
export async function start(machine: Machine, fault: Fault, failures: string[], keep: boolean): Promise<void> {
  const { run, succeeds, logs, reads } = fault.start!
  const folder = `start-${fault.name.replace('/', '-')}`
  const said = await machine.run(run as Step, 400)
  if ((said.status === 0) !== (succeeds === true))
    failures.push(`${run.join(' ')} ended with ${said.status}: ${said.stderr}`)
  await machine.run({ sh: `mkdir -p /lab/${folder}; cp ${logs.join(' ')} /lab/${folder}/ 2>/dev/null` })
  const at = (name: string): string => join(machine.shared(folder), name)
  writeFileSync(at('terminal'), said.stdout + said.stderr)
  for (const [index, words] of reads.entries())
    writeFileSync(at(`read-${index}`), (await machine.run(words as Step)).stdout)
  const files = readdirSync(machine.shared(folder)).map(at)
  if (keep) keepSaid(fault, files)
  failures.push(...(await named(machine.vdoctor, files, fault.start!)))
}

/** A host that does not come up: what its console says must name the cause. */
export async function death(image: Image, fault: Fault, hosts: string, name: string, keep: boolean): Promise<string[]> {
  const machine = await Machine.dying(image, fault.boot, hosts, name, new RegExp(fault.dies!.says))
  // What stands behind the line that was waited for.
  await sleep(2000)
  await machine.stop()
  if (keep) keepSaid(fault, [machine.serialLog])
  return named(machine.vdoctor, [machine.serialLog], fault.dies!)
}

/** What `vdoctor diagnose` names in these files, against what it must. What it calls harmless is named too, and never one too many. */
export async function named(
  vdoctor: string,
  files: readonly string[],
  wanted: { readonly named: readonly string[]; readonly also: readonly string[] },
): Promise<string[]> {
  const words = ['diagnose', '--format', 'json', '--fail-on', 'never', ...files]
  const { stdout } = await execa(process.execPath, [vdoctor, ...words])
  const { findings, harmless } = JSON.parse(stdout) as Record<'findings' | 'harmless', Finding[]>
  const problems = findings.filter(({ outcome }) => outcome === 'problem')
  const told = [...problems, ...harmless]
  const missing = wanted.named.filter((one) => !told.some(({ rule }) => rule === one))
  const more = problems.filter(({ rule }) => !wanted.named.includes(rule) && !wanted.also.includes(rule))
  const instead = told.map(tell).join(', ') || 'nothing'
  return [
    ...missing.map((rule) => `diagnose did not name ${rule}, but ${instead}`),
    ...more.map((one) => `diagnose named ${tell(one)} too: ${one.says}`),
  ]
}
