import { readFileSync } from 'node:fs'
import type { Finding } from '../../src/types.ts'
import { start, tell } from './diagnose.ts'
import { fix } from './fix.ts'
import { defined, type Fault, TRUE_OF_HEALTHY } from './fault.ts'
import { plainly } from './guests.ts'
import type { Machine } from './machine.ts'

const CHECK_S = 300

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
    failures.push(`in this round, unexplained: ${tell(one)}: ${one.says}`)

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
    whose.failures.push(`after the cure in this round: ${tell(one)}: ${one.says}`)
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
