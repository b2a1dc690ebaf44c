/**
 * Real hosts under emulation, broken, examined and mended. Exits with 1 where a fault is not found or not cured.
 * `npm run test:lab [-- --only NAME… | --smoke] [--jobs N] [--record]`
 */
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { boots, consoles, type Job, migrations, type Outcome, type Place } from './jobs.ts'
import { readFaults } from './fault.ts'
import { readMoves } from './move.ts'
import { image } from './image.ts'
import { install } from './needed.ts'
import { rules } from './table.ts'

/** Of each kind of host: a healthy report, then a guest that does not start. */
const SMOKE = ['kvm/bridge-missing', 'xen/bridge-missing']

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    smoke: { type: 'boolean', default: false },
    jobs: { type: 'string', default: '2' },
    record: { type: 'boolean', default: false },
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

/** Logs of a run are kept until the next one; runs that are under way keep theirs. */
function clearOld(): void {
  for (const name of existsSync(lab) ? readdirSync(lab) : []) {
    const pid = /^hosts-(\d+)$/.exec(name)?.[1]
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(join(lab, name), { recursive: true })
  }
}

async function work(jobs: Job[], place: Place): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const worker = async (): Promise<void> => {
    for (let next = jobs.shift(); next; next = jobs.shift()) outcomes.push(...(await next(place)))
  }
  await Promise.all(Array.from({ length: Number(flags.jobs) }, worker))
  return outcomes.sort((a, b) => (a.name < b.name ? -1 : 1))
}

async function main(): Promise<number> {
  const lacking = await install(say)
  if (lacking) {
    process.stderr.write(`${lacking}\n`)
    return 2
  }
  const wanted = flags.smoke ? SMOKE : flags.only
  const isWanted = (name: string): boolean => wanted.length === 0 || wanted.some((one) => name.includes(one))
  const faults = readFaults().filter(({ name }) => isWanted(name))
  const moves = readMoves().filter(({ name }) => isWanted(name))
  const jobs = [...boots(faults, { isWanted, smoke: flags.smoke }), ...consoles(isWanted), ...migrations(moves)]
  if (jobs.length === 0) {
    process.stderr.write(`There is nothing called ${wanted.join(' or ')}.\n`)
    return 2
  }
  clearOld()
  // Read now: they may be edited in the midst of a run.
  rules()
  layOut(join(hosts, 'tool'))
  const outcomes = await work(jobs, { image: await image(lab, say), hosts, say, keep: flags.record })
  const failed = outcomes.filter(({ failures }) => failures.length > 0).length
  process.stdout.write('\n')
  for (const { name, failures } of outcomes) process.stdout.write(`${failures.length ? 'FAILED' : 'ok    '}  ${name}\n`)
  if (failed) process.stdout.write(`\nlogs: ${hosts}\n`)
  else rmSync(hosts, { recursive: true })
  process.stdout.write(`\n${outcomes.length - failed} passed, ${failed} failed, in ${clock().trim()}\n`)
  return failed ? 1 : 0
}

process.exit(await main())
