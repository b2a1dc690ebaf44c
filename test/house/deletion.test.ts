import { readFileSync } from 'node:fs'
import fastGlob from 'fast-glob'
import { basename } from 'node:path'
import * as assert from 'uvu/assert'
import { collect } from '../../src/engine/collect.ts'
import { Linter } from '../../src/engine/conditions.ts'
import { type AllFacts, judge } from '../../src/engine/judge.ts'
import { readRules } from '../../src/engine/library.ts'
import { readLogs } from '../../src/engine/scan-logs.ts'
import { askKey } from '../../src/evidence/ask.ts'
import { Evidence } from '../../src/evidence/evidence.ts'
import { factSets } from '../../src/facts/index.ts'
import { logAsks } from '../../src/signatures/sources.ts'
import { BundleHost } from '../../src/hosts/bundle.ts'
import { Scanner } from '../../src/signatures/scanner.ts'
import type { Answer, Finding } from '../../src/types.ts'
import { describe } from '../describe.ts'

/** Of each machine's answers, in `npm test`; all of them with VDOCTOR_EVERY_ANSWER=1. */
const SAMPLE = process.env['VDOCTOR_EVERY_ANSWER'] ? Infinity : 40

const machines = fastGlob.sync('fixtures/hosts/*', { onlyDirectories: true }).sort()
const rules = readRules('rules', new Linter(factSets))

const scanner = new Scanner(readFileSync('dist/scan.wasm'))
const TELLS_OF_LOGS = /\/var\/log\/|dmesg|journalctl|uptime/

/** By rule and subject: problem and ok are verdicts, the rest is silence. */
function verdicts(findings: readonly Finding[]): Map<string, Finding> {
  return new Map(findings.map((finding) => [`${finding.rule} · ${finding.subject}`, finding]))
}

/** Spread evenly, and not the same ones for machines of different size. */
function sample<T>(items: readonly T[]): T[] {
  const step = Math.max(1, items.length / SAMPLE)
  return Array.from({ length: Math.min(items.length, SAMPLE) }, (_, index) => items[Math.floor(index * step)]!)
}

/** The sets that ask a key themselves or by way of a glob or an `each`; only they can change. */
function setsAsking(key: string, answers: readonly Answer[]): typeof factSets {
  const plain = factSets.filter((set) => set.asks.some((ask) => askKey(ask) === key))
  const member = answers.every((answer) => answer.key !== key) || !plain.length
  return member
    ? factSets
    : factSets.filter(
        (set) => plain.includes(set) || set.asks.some((ask) => 'each' in ask || /[*?[]/.test(askKey(ask))),
      )
}

function without(key: string, answers: readonly Answer[], facts: AllFacts): AllFacts {
  const evidence = new Evidence(answers.filter((answer) => answer.key !== key))
  return { ...facts, ...Object.fromEntries(setsAsking(key, answers).map((set) => [set.name, set.parse(evidence)])) }
}

describe('taking one answer away', (it) => {
  it('has machines to take it from', () => {
    assert.ok(machines.length > 0)
  })

  for (const machine of machines) {
    it(`never turns a verdict round: ${basename(machine)}`, async () => {
      const { evidence, facts } = await collect(new BundleHost(machine), factSets, undefined, logAsks)
      const answers = [...evidence.answers.values()]
      const host = new BundleHost(machine)
      const logsOf = (rest: Evidence, about: AllFacts) =>
        readLogs(rules, { evidence: rest, facts: about }, host.at, { scanner })
      const reading = logsOf(evidence, facts)
      const before = verdicts(judge(rules, facts, reading))
      for (const { key } of sample(answers.filter((answer) => answer.ok || answer.gap === 'absent'))) {
        const left = without(key, answers, facts)
        const rest = new Evidence(answers.filter((answer) => answer.key !== key))
        const findings = judge(rules, left, TELLS_OF_LOGS.test(key) ? logsOf(rest, left) : reading)
        const after = verdicts(findings)
        const open = new Set(findings.filter(({ outcome }) => outcome === 'unknown').map(({ rule }) => rule))
        for (const [name, { outcome, rule }] of before) {
          const now = after.get(name)?.outcome ?? (open.has(rule) ? 'unknown' : 'gone')
          const turned =
            (outcome === 'problem' && ['ok', 'skipped', 'gone'].includes(now)) ||
            (outcome === 'ok' && now === 'problem')
          assert.not.ok(turned, `${name}: ${outcome} became ${now} without ${key}`)
        }
        // Where two items shared a subject, the one that is left loses what told them apart.
        const was = (name: string): boolean =>
          before.has(name) || [...before.keys()].some((one) => one.startsWith(`${name} (`))
        for (const [name, { outcome }] of after)
          assert.not.ok(outcome === 'problem' && !was(name), `${name} is a problem only without ${key}`)
      }
    })
  }
})
