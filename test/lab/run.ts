/**
 * Real hosts under emulation, broken, examined and mended. Exits with 1 where a fault is not found or not cured.
 * `npm run test:lab [-- --only FAULT… | --smoke] [--jobs N]`
 */
import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { freePort } from '../hosts/sshd.ts'
import { death } from './diagnose.ts'
import { type Fault, readFaults } from './fault.ts'
import { type Image, image } from './image.ts'
import { LabError } from './lab-error.ts'
import { Machine } from './machine.ts'
import { install } from './needed.ts'
import { type Outcome, round } from './round.ts'

/** One that is cured by what the rule printed, and one where a start of a guest fails. */
const SMOKE = ['kvm/bridge-missing', 'xen/bridge-missing']
/** So many faults are broken together: the fewer, the less one can hide of another. */
const TOGETHER = 20

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    smoke: { type: 'boolean', default: false },
    jobs: { type: 'string', default: '2' },
  },
})
const lab = process.env['VDOCTOR_LAB'] ?? join(tmpdir(), 'vdoctor-lab')
const hosts = join(lab, `hosts-${process.pid}`)

const began = Date.now()
const clock = (): string => {
  const seconds = Math.round((Date.now() - began) / 1000)
  return `${String(Math.floor(seconds / 60)).padStart(2)}:${String(seconds % 60).padStart(2, '0')}`
}
const say = (text: string): void => void process.stdout.write(`${clock()}  ${text}\n`)

/** A copy of what is built, so that a build in the midst of a run changes nothing in it. */
function layOut(tool: string): void {
  mkdirSync(tool, { recursive: true })
  for (const path of ['bin', 'dist', 'oclif.manifest.json', 'package.json'])
    cpSync(path, join(tool, path), { recursive: true })
  cpSync(join(import.meta.dirname, 'patient/edit.cjs'), join(tool, 'edit.cjs'))
}

/** Those of one boot, but for those that want to be alone, are broken and mended together. */
function rounds(faults: readonly Fault[]): Fault[][] {
  const together = faults.filter(({ alone }) => !alone)
  const count = Math.ceil(together.length / TOGETHER)
  const many = Array.from({ length: count }, (_, index) => together.filter((_, at) => at % count === index))
  return [...many, ...faults.filter(({ alone }) => alone).map((fault) => [fault])]
}

function boots(faults: readonly Fault[]): Fault[][] {
  const groups = new Map<string, Fault[]>()
  for (const fault of faults) {
    const key = JSON.stringify(fault.boot)
    groups.set(key, [...(groups.get(key) ?? []), fault])
  }
  return [...groups.values()].sort((a, b) => rounds(b).length - rounds(a).length)
}

function told(outcome: Outcome): Outcome {
  if (outcome.failures.length) say(`FAILED ${outcome.fault.name}\n${outcome.failures.join('\n')}`)
  return outcome
}

/** All rounds of one boot. A host that died is started anew for what is left. */
async function treat(from: Image, faults: readonly Fault[], name: string): Promise<Outcome[]> {
  const [dying, others] = [faults.filter(({ dies }) => dies), faults.filter(({ dies }) => !dies)]
  const outcomes: Outcome[] = []
  for (const fault of dying) {
    say(`${name}: ${fault.name}`)
    const failures = await death(from, fault, hosts, name).catch((error: Error) => [error.message])
    outcomes.push(told({ fault, failures }))
  }
  let machine: Machine | undefined
  let known = new Set<string>()
  for (const [index, some] of rounds(others).entries()) {
    const names = some.map(({ name }) => name).join(', ')
    try {
      if (!machine) {
        say(`${name}: boots`)
        machine = await Machine.start(from, faults[0]!.boot, hosts, name, await freePort())
        known = new Set()
      }
      say(`${name}: ${names}`)
      const came = await round(machine, some, known, `round-${index}`)
      outcomes.push(...came.map(told))
    } catch (error) {
      const failure = error instanceof LabError ? error.message : String((error as Error).stack)
      say(`FAILED ${names}\n${failure}`)
      outcomes.push(...some.map((fault) => ({ fault, failures: [failure] })))
      await machine?.stop()
      machine = undefined
    }
  }
  await machine?.stop()
  return outcomes
}

async function main(): Promise<number> {
  const lacking = await install(say)
  if (lacking) {
    process.stderr.write(`${lacking}\n`)
    return 2
  }
  const wanted = flags.smoke ? SMOKE : flags.only
  const all = readFaults()
  const faults = wanted.length === 0 ? all : all.filter(({ name }) => wanted.some((one) => name.includes(one)))
  if (faults.length === 0) {
    process.stderr.write(`There is no fault called ${wanted.join(' or ')}.\n`)
    return 2
  }
  layOut(join(hosts, 'tool'))
  const from = await image(lab, say)
  const queue = boots(faults).map((group, index) => ({ group, name: `${group[0]!.boot.kind}-${index + 1}` }))
  const outcomes: Outcome[] = []
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift())
      outcomes.push(...(await treat(from, next.group, next.name)))
  }
  await Promise.all(Array.from({ length: Number(flags.jobs) }, worker))
  const failed = outcomes.filter(({ failures }) => failures.length > 0)
  outcomes.sort((a, b) => (a.fault.name < b.fault.name ? -1 : 1))
  for (const { fault, failures } of outcomes)
    process.stdout.write(`${failures.length ? 'FAILED' : 'ok    '}  ${fault.name}\n`)
  if (failed.length) process.stdout.write(`\nlogs: ${hosts}\n`)
  else rmSync(hosts, { recursive: true })
  process.stdout.write(`\n${outcomes.length - failed.length} passed, ${failed.length} failed, in ${clock().trim()}\n`)
  return failed.length ? 1 : 0
}

process.exit(await main())
