import fastGlob from 'fast-glob'
import { basename } from 'node:path'
import * as assert from 'uvu/assert'
import { type Clean, cleanAnswer } from '../../src/bundle/clean.ts'
import { redact } from '../../src/bundle/redact.ts'
import { Pseudonyms } from '../../src/bundle/pseudonyms.ts'
import { check } from '../../src/cli/check.ts'
import { learnNames, wordsInUse } from '../../src/cli/bundle/names.ts'
import { everyAsk } from '../../src/engine/asks.ts'
import { Linter } from '../../src/engine/conditions.ts'
import { readRules } from '../../src/engine/library.ts'
import { askKey } from '../../src/evidence/ask.ts'
import { factSets } from '../../src/facts/index.ts'
import { BundleHost } from '../../src/hosts/bundle.ts'
import type { Answer, Finding } from '../../src/types.ts'
import { describe } from '../describe.ts'

const rules = readRules('rules', new Linter(factSets))
const machines = fastGlob.sync('fixtures/hosts/*', { onlyDirectories: true }).sort()
const declared = new Set(everyAsk.map((ask) => askKey(ask)))
const inUse = wordsInUse(rules, everyAsk)

async function findings(answers: readonly Answer[], at: Date): Promise<readonly Finding[]> {
  const host = { label: 'recorded', at, answer: async () => answers }
  return (await check(host, rules, { version: '0', root: '.' })).report.findings
}

const verdicts = (list: readonly Finding[], rename = (text: string): string => text): string[] =>
  list.map(({ rule, subject, outcome, severity }) => `${rule} · ${rename(subject)} · ${outcome} · ${severity}`).sort()

const cleaned = (answers: readonly Answer[], clean: Clean): Answer[] =>
  answers.map((answer) => cleanAnswer(answer, clean, declared))

describe('a bundle without secrets, and one without names', (it) => {
  for (const machine of machines) {
    it(`gives the same findings: ${basename(machine)}`, async () => {
      const host = new BundleHost(machine)
      const answers = await host.answer(everyAsk)
      const before = await findings(answers, host.at)
      const redacted = cleaned(answers, redact)
      assert.equal(verdicts(await findings(redacted, host.at)), verdicts(before))
      assert.equal(cleaned(redacted, redact), redacted)

      const { names } = learnNames(answers, inUse)
      const pseudonyms = new Pseudonyms(Buffer.from(basename(machine)), names)
      const anonymous = cleaned(redacted, (text, key) => pseudonyms.replace(text, key))
      assert.equal(
        verdicts(await findings(anonymous, host.at)),
        verdicts(before, (text) => pseudonyms.replace(text)),
      )
      const all = JSON.stringify(anonymous)
      for (const name of Object.values(names).flat())
        assert.not.match(all, new RegExp(`(?<![A-Za-z0-9])${name.replaceAll('.', '\\.')}(?![A-Za-z0-9])`), name)
    })
  }
})
