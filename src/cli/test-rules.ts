import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { collect } from '../engine/collect.ts'
import { Linter } from '../engine/conditions.ts'
import type { AllFacts } from '../engine/judge.ts'
import { readRules, readText } from '../engine/library.ts'
import { select } from '../engine/select.ts'
import { mutants } from '../engine/mutate.ts'
import { CaseRunner, readRuleTest, type RuleCase } from '../engine/rule-test.ts'
import { factSets } from '../facts/index.ts'
import { pairSets } from '../facts/pair.ts'
import { openHost } from './open-host.ts'
import { openEar } from './ear.ts'

export interface RulesTested {
  readonly rules: number
  readonly passed: number
  readonly mutants: number
  readonly killed: number
  /** `rules/kvm/x.test.yaml:12: the near miss: expected ok; got problem` */
  readonly failures: readonly string[]
}

/** Runs the test file beside every rule. A rule without one, or without a problem and a near miss in it, fails. */
export async function testRules(
  folder: string,
  options: { only: readonly string[]; mutate: boolean; machines: string; root: string },
): Promise<RulesTested> {
  const rules = select(readRules(folder, new Linter(factSets)), options.only, [])
  const machines = new Machines(options.machines)
  const runner = new CaseRunner((await openEar(options.root)).scanner)
  const failures: string[] = []
  let [passed, made, killed] = [0, 0, 0]
  for (const rule of rules) {
    const file = rule.file.replace(/\.yaml$/, '.test.yaml')
    if (!existsSync(file)) {
      failures.push(`${file}: this rule has no test`)
      continue
    }
    const cases = await Promise.all(
      readRuleTest(readText(file), file, rule.pair ? pairSets : factSets).map(async (test) => ({
        test,
        facts: await machines.factsOf(test),
      })),
    )
    for (const outcome of rule.harmless ? (['ok'] as const) : (['problem', 'ok'] as const)) {
      if (!cases.some(({ test }) => test.expect[outcome]?.length))
        failures.push(`${file}: no case expects "${outcome}"`)
    }
    for (const { test, facts } of cases) {
      const failure = runner.run(rule, test, facts)
      if (failure === null) passed++
      else failures.push(`${file}:${test.line}: ${test.name}: ${failure}`)
    }
    if (!options.mutate) continue
    for (const mutant of mutants(rule)) {
      made++
      if (cases.some(({ test, facts }) => runner.run(mutant.rule, test, facts) !== null)) killed++
      else failures.push(`${rule.file}: no test notices this mistake in "${mutant.field}": ${mutant.what}`)
    }
  }
  return { rules: rules.length, passed, mutants: made, killed, failures }
}

/** Facts of fixture machines, each read once. */
class Machines {
  readonly #folder: string
  readonly #facts = new Map<string, Promise<AllFacts>>()

  constructor(folder: string) {
    this.#folder = folder
  }

  async factsOf(test: RuleCase): Promise<AllFacts> {
    if (!isMachine(test.facts)) return test.facts
    const { machine } = test.facts
    let facts = this.#facts.get(machine)
    if (!facts) this.#facts.set(machine, (facts = this.#read(machine)))
    return facts
  }

  async #read(machine: string): Promise<AllFacts> {
    const host = await openHost(join(this.#folder, machine), { probe: false })
    return (await collect(host, factSets)).facts
  }
}

const isMachine = (facts: RuleCase['facts']): facts is { readonly machine: string } =>
  typeof facts['machine'] === 'string'
