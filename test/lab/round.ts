import { execa } from 'execa'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Finding, FixStep } from '../../src/types.ts'
import { defined, type Fault, TRUE_OF_HEALTHY } from './fault.ts'
import { plainly } from './guests.ts'
import { type Machine, quote, type Step } from './machine.ts'

const CHECK_S = 300
const VDOCTOR = resolve(import.meta.dirname, '../../bin/vdoctor.cjs')

/** How one fault came out; `failures` are sentences. */
export interface Outcome {
  readonly fault: Fault
  readonly failures: string[]
}

/** A full check in the patient: what is wrong there. */
export async function check(machine: Machine, name: string): Promise<Finding[]> {
  const file = `${name}.json`
  const said = await machine.run(
    { sh: `node /tool/bin/vdoctor.cjs check --fail-on never --format json >/lab/${file}` },
    CHECK_S,
  )
  if (said.status !== 0) throw new Error(`vdoctor check ended with ${said.status}: ${said.stderr}`)
  const report = JSON.parse(readFileSync(machine.shared(file), 'utf8')) as { findings: Finding[] }
  return report.findings.filter(({ outcome }) => outcome === 'problem')
}

const tell = ({ rule, subject }: { rule: string; subject: string }): string => (subject ? `${rule} (${subject})` : rule)

/** Breaks all, looks, mends all, looks again. `known` are findings that are there already; what stays is added to it. */
export async function round(
  machine: Machine,
  faults: readonly Fault[],
  known: Set<string>,
  name: string,
): Promise<Outcome[]> {
  const outcomes = faults.map((fault): Outcome => ({ fault, failures: [] }))
  for (const { fault, failures } of outcomes) {
    for (const step of fault.break) await take(machine, step, fault, failures)
    if (fault.start) await start(machine, fault, failures)
  }
  const broken = await check(machine, `${name}-broken`)
  const { kind } = faults[0]!.boot
  const healthy = Object.keys(TRUE_OF_HEALTHY[kind])
  for (const { fault, failures } of outcomes) judgeBroken(fault, broken, failures)
  const expected = new Set([
    ...healthy,
    ...known,
    ...faults.flatMap((fault) => [
      ...fault.also,
      ...fault.found.map((one) => (typeof one === 'string' ? one : one.rule)),
    ]),
  ])
  const failures = outcomes[0]!.failures
  for (const one of broken.filter(({ rule }) => !expected.has(rule)))
    failures.push(`unexplained: ${tell(one)}: ${one.says}`)

  const curable = outcomes.filter(({ fault }) => Array.isArray(fault.cure))
  for (const { fault, failures } of curable)
    for (const step of fault.cure as Exclude<Fault['cure'], { none: string }>) {
      if (typeof step === 'object' && 'fix' in step) await fix(machine, step.fix, step.with ?? {}, broken, failures)
      else await take(machine, step, fault, failures)
    }
  for (const { fault } of outcomes) {
    for (const rule of Object.keys(fault.stays)) known.add(rule)
    if (!Array.isArray(fault.cure)) for (const rule of [...fault.also, ...fault.found]) known.add(ruleOf(rule))
  }
  if (curable.length === 0) return outcomes
  const after = await check(machine, `${name}-cured`)
  const stay = new Set([...healthy, ...known])
  for (const one of after.filter(({ rule }) => !stay.has(rule))) {
    const whose = outcomes.find(({ fault }) => fault.found.some((sought) => matches(sought, one))) ?? outcomes[0]!
    whose.failures.push(`after the cure: ${tell(one)}: ${one.says}`)
  }
  return outcomes
}

const ruleOf = (one: Fault['found'][number]): string => (typeof one === 'string' ? one : one.rule)

const matches = (sought: Fault['found'][number], { rule, subject }: Finding): boolean =>
  typeof sought === 'string' ? sought === rule : sought.rule === rule && sought.subject === subject

function judgeBroken(fault: Fault, broken: readonly Finding[], failures: string[]): void {
  for (const sought of fault.found) {
    if (broken.some((one) => matches(sought, one))) continue
    const others = broken.filter(({ rule }) => rule === ruleOf(sought)).map(tell)
    failures.push(
      `not found: ${typeof sought === 'string' ? sought : tell(sought)}${others.length ? `; but ${others.join(', ')}` : ''}`,
    )
  }
  for (const one of broken.filter(({ rule }) => fault['not-found'].includes(rule)))
    failures.push(`wrongly found: ${tell(one)}`)
}

async function take(machine: Machine, step: Fault['break'][number], fault: Fault, failures: string[]): Promise<void> {
  if (typeof step === 'object' && 'reboot' in step) return machine.reboot({ ...fault.boot, ...defined(step.reboot) })
  const said = await machine.run(plainly(step))
  if (said.status !== 0)
    failures.push(`${JSON.stringify(step).slice(0, 120)} ended with ${said.status}: ${said.stderr.trim()}`)
}

/** Starts the guest, and lets `vdoctor diagnose` here say what its terminal and its logs meant. */
async function start(machine: Machine, fault: Fault, failures: string[]): Promise<void> {
  const { run, succeeds, wait, logs, reads, named, also } = fault.start!
  const folder = `start-${fault.name.replace('/', '-')}`
  const said = await machine.run(run as Step, 120)
  if ((said.status === 0) !== (succeeds === true))
    failures.push(`${run.join(' ')} ended with ${said.status}: ${said.stderr}`)
  await sleep((wait ?? 0) * 1000)
  await machine.run({ sh: `mkdir -p /lab/${folder}; cp ${logs.join(' ')} /lab/${folder}/ 2>/dev/null` })
  const at = (name: string): string => join(machine.shared(folder), name)
  writeFileSync(at('terminal'), said.stdout + said.stderr)
  for (const [index, words] of reads.entries())
    writeFileSync(at(`read-${index}`), (await machine.run(words as Step)).stdout)
  const files = readdirSync(machine.shared(folder)).map(at)
  const { stdout } = await execa(process.execPath, [
    VDOCTOR,
    'diagnose',
    '--format',
    'json',
    '--fail-on',
    'never',
    ...files,
  ])
  const { findings } = JSON.parse(stdout) as { findings: Finding[] }
  const problems = findings.filter(({ outcome }) => outcome === 'problem')
  for (const rule of named.filter((one) => !problems.some(({ rule }) => rule === one)))
    failures.push(`diagnose did not name ${rule}, but ${problems.map(tell).join(', ') || 'nothing'}`)
  for (const one of problems.filter(({ rule }) => !named.includes(rule) && !also.includes(rule)))
    failures.push(`diagnose named ${tell(one)} too: ${one.says}`)
}

/** Carries out what a rule printed, word for word; NAMES that it leaves to the reader are filled in. */
async function fix(
  machine: Machine,
  rule: string,
  names: Readonly<Record<string, string>>,
  broken: readonly Finding[],
  failures: string[],
): Promise<void> {
  const findings = broken.filter((one) => one.rule === rule)
  const steps = findings.flatMap((one) => one.fix)
  if (steps.every((step) => 'do' in step)) failures.push(`${rule} printed no step to carry out`)
  const fill = (word: string): string =>
    Object.entries(names).reduce((text, [name, by]) => text.replaceAll(name, by), word)
  for (const step of steps) {
    const { words, wrong } = carriedOut(step, fill)
    if (!words) continue
    const said = await machine.run(words, 120)
    if (wrong(said.status))
      failures.push(`${rule}: ${JSON.stringify(step)} ended with ${said.status}: ${said.stderr.trim()}`)
  }
}

const NOT_THERE = [124, 126, 127, 137]

function carriedOut(
  step: FixStep,
  fill: (word: string) => string,
): { words?: Step; wrong: (status: number) => boolean } {
  if ('run' in step)
    return { words: step.run.map(fill) as unknown as Step, wrong: (status) => NOT_THERE.includes(status) }
  const wrong = (status: number): boolean => status !== 0
  if ('append' in step)
    return { words: { sh: `printf '%s\\n' ${quote(fill(step.append))} >>${quote(step.edit)}` }, wrong }
  if ('replace' in step)
    return { words: ['node', '/tool/edit.cjs', step.edit, fill(step.replace), fill(step.with)], wrong }
  return { wrong }
}
