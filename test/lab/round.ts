import { readFileSync } from 'node:fs'
import type { Finding } from '../../src/types.ts'
import { start, tell } from './diagnose.ts'
import { fix } from './fix.ts'
import { defined, type Fault, TRUE_OF_HEALTHY } from './fault.ts'
import { plainly } from './guests.ts'
import type { Machine } from './machine.ts'

const CHECK_S = 900

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

/**
 * Breaks all, looks, mends all, looks again; gives the failures of each fault by its name. `known` are rules that find something already;
 * what stays is added to it.
 */
export async function round(
  machine: Machine,
  faults: readonly Fault[],
  known: Set<string>,
  name: string,
): Promise<Map<string, string[]>> {
  const cases = faults.map((fault) => ({ fault, failures: [] as string[] }))
  for (const { fault, failures } of cases) {
    for (const step of fault.break) await take(machine, step, fault, failures)
    if (fault.start) await start(machine, fault, failures)
  }
  const broken = await check(machine, `${name}-broken`)
  const healthy = Object.keys(TRUE_OF_HEALTHY[faults[0]!.boot.kind])
  for (const { fault, failures } of cases) judgeBroken(fault, broken, failures)
  // Logs remember a start that failed, until the host is started anew.
  for (const { start } of faults) for (const rule of [...(start?.named ?? []), ...(start?.also ?? [])]) known.add(rule)
  const expected = new Set([
    ...healthy,
    ...known,
    ...faults.flatMap((fault) => [...fault.also, ...fault.found.map(ruleOf)]),
  ])
  const ofAll = cases[0]!.failures
  for (const one of broken.filter(({ rule }) => !expected.has(rule)))
    ofAll.push(`in this round, unexplained: ${tell(one)}: ${one.says}`)

  for (const { fault, failures } of cases) {
    if (!Array.isArray(fault.cure)) for (const one of [...fault.also, ...fault.found]) known.add(ruleOf(one))
    for (const rule of Object.keys(fault.stays)) known.add(rule)
    for (const step of Array.isArray(fault.cure) ? fault.cure : []) {
      if (typeof step === 'object' && 'fix' in step) await fix(machine, step.fix, step.with ?? {}, broken, failures)
      else await take(machine, step, fault, failures)
    }
  }
  if (cases.some(({ fault }) => Array.isArray(fault.cure))) {
    const after = await check(machine, `${name}-cured`)
    const stay = new Set([...healthy, ...known])
    for (const one of after.filter(({ rule }) => !stay.has(rule))) {
      const whose = cases.find(({ fault }) => fault.found.some((sought) => matches(sought, one)))
      ;(whose?.failures ?? ofAll).push(`after the cure${whose ? '' : ' in this round'}: ${tell(one)}: ${one.says}`)
    }
  }
  return new Map(cases.map(({ fault, failures }) => [fault.name, failures]))
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
