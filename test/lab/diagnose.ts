import { execa } from 'execa'
import { readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Finding } from '../../src/types.ts'
import type { Fault } from './fault.ts'
import type { Image } from './image.ts'
import { Machine, type Step } from './machine.ts'
import { keepSaid } from './record.ts'

/** The built command of this checkout. */
export const VDOCTOR = resolve(import.meta.dirname, '../../bin/vdoctor.cjs')

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
  failures.push(...(await named(files, fault.start!)))
}

/** A host that does not come up: what its console says must name the cause. */
export async function death(image: Image, fault: Fault, hosts: string, name: string, keep: boolean): Promise<string[]> {
  const machine = await Machine.dying(image, fault.boot, hosts, name, new RegExp(fault.dies!.says))
  // What stands behind the line that was waited for.
  await sleep(2000)
  await machine.stop()
  if (keep) keepSaid(fault, [machine.serialLog])
  return named([machine.serialLog], fault.dies!)
}

/** What `vdoctor diagnose` names in these files, against what it must. */
export async function named(
  files: readonly string[],
  wanted: {
    readonly named: readonly string[]
    readonly also: readonly string[]
    readonly harmless?: readonly string[]
  },
): Promise<string[]> {
  const words = ['diagnose', '--format', 'json', '--fail-on', 'never', ...files]
  const { stdout } = await execa(process.execPath, [VDOCTOR, ...words])
  const { findings, harmless } = JSON.parse(stdout) as { findings: Finding[]; harmless: Finding[] }
  const problems = findings.filter(({ outcome }) => outcome === 'problem')
  const missing = wanted.named.filter((one) => !problems.some(({ rule }) => rule === one))
  const more = problems.filter(({ rule }) => !wanted.named.includes(rule) && !wanted.also.includes(rule))
  const instead = problems.map(tell).join(', ') || 'nothing'
  return [
    ...missing.map((rule) => `diagnose did not name ${rule}, but ${instead}`),
    ...(wanted.harmless ?? [])
      .filter((one) => !harmless.some(({ rule }) => rule === one))
      .map((one) => `diagnose did not say that ${one} is harmless`),
    ...more.map((one) => `diagnose named ${tell(one)} too: ${one.says}`),
  ]
}
