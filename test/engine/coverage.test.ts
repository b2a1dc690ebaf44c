import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { readCoverage } from '../../src/engine/declined.ts'
import { describe } from '../describe.ts'
import { rules } from '../migration/machines.ts'

/** How many conditions the migrators check, by the part of the guest or the hosts that they concern. */
const CONDITIONS = { A: 26, B: 20, C: 11, D: 16, E: 16, F: 7, G: 21 }

describe('rules/conditions.yaml', (it) => {
  const { conditions } = readCoverage('rules')

  it('accounts for each condition that a migrator checks', () => {
    const wanted = Object.entries(CONDITIONS).flatMap(([part, count]) =>
      Array.from({ length: count }, (_, index) => `${part}${index + 1}`),
    )
    const keys = conditions.map(({ key }) => key).filter((key) => key[0] !== 'X')
    assert.equal(keys, wanted)
  })

  it('by rules that there are, or by a reason', () => {
    const known = new Set(rules.map(({ id }) => id))
    const lost = conditions.flatMap((one) => one.rules.filter((id) => !known.has(id)))
    assert.equal(lost, [])
    assert.equal(
      conditions.filter((one) => (one.rules.length === 0) !== (one.note !== undefined)),
      [],
    )
  })

  it('names every rule over two hosts', () => {
    const named = new Set(conditions.flatMap((one) => one.rules))
    const unnamed = rules.filter(({ id, pair }) => pair && !named.has(id)).map(({ id }) => id)
    assert.equal(unnamed, [])
  })

  it('says so where something stands there twice', () => {
    const folder = mkdtempSync(join(tmpdir(), 'vdoctor-coverage-'))
    const line = '- { key: A1, condition: runs, rules: [x] }\n'
    writeFileSync(join(folder, 'conditions.yaml'), line + line)
    assert.throws(() => readCoverage(folder), /conditions\.yaml:2: A1 stands here twice/)
    assert.equal(readCoverage(join(folder, 'none')), { statements: [], conditions: [] })
  })
})
