import fastGlob from 'fast-glob'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import * as assert from 'uvu/assert'
import { check } from '../../src/cli/check.ts'
import { Linter } from '../../src/engine/conditions.ts'
import { readRules } from '../../src/engine/library.ts'
import { factSets } from '../../src/facts/index.ts'
import { BundleHost } from '../../src/hosts/bundle.ts'
import { textReport } from '../../src/reporters/text.ts'
import { describe } from '../describe.ts'

const rules = readRules('rules', new Linter(factSets))
const machines = fastGlob.sync('fixtures/hosts/*', { onlyDirectories: true }).sort()

/** What a reader sees of each recorded machine. VDOCTOR_UPDATE=1 writes it anew: read the difference before you commit it. */
describe('golden reports', (it) => {
  it('stand for machines, and every machine has one', () => {
    assert.ok(machines.length > 0)
    const reports = fastGlob.sync('fixtures/reports/*.txt').map((path) => basename(path, '.txt'))
    if (!process.env['VDOCTOR_UPDATE']) assert.equal(reports.sort(), machines.map((path) => basename(path)).sort())
  })

  for (const machine of machines) {
    it(basename(machine), async () => {
      const { report } = await check(new BundleHost(machine), rules, { version: 'VERSION', root: '.' })
      const text = textReport(report, { width: 100, color: null })
      const golden = `fixtures/reports/${basename(machine)}.txt`
      if (process.env['VDOCTOR_UPDATE']) {
        mkdirSync('fixtures/reports', { recursive: true })
        writeFileSync(golden, text)
      }
      assert.ok(existsSync(golden), `${golden} is missing: VDOCTOR_UPDATE=1 npm test`)
      assert.fixture(text, readFileSync(golden, 'utf8'))
    })
  }
})
