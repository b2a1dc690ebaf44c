import fastGlob from 'fast-glob'
import { existsSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { testRules } from '../../src/cli/test-rules.ts'
import { Linter } from '../../src/engine/conditions.ts'
import { readRules } from '../../src/engine/library.ts'
import { factSets } from '../../src/facts/index.ts'
import { pairSets } from '../../src/facts/pair.ts'
import type { FixTemplate } from '../../src/engine/rule.ts'
import { describe } from '../describe.ts'

const rules = readRules('rules', new Linter(factSets))
const argv = (step: FixTemplate): string => ('run' in step ? step.run.join(' ') : '')
const LONGEST_CONDITION = 700

describe('the rules', (it) => {
  it('pass the tests beside them', async () => {
    const { failures, passed } = await testRules('rules', {
      only: [],
      mutate: false,
      machines: 'fixtures/hosts',
      root: '.',
    })
    assert.equal(failures, [])
    assert.ok(passed >= rules.length * 2)
  })

  it('notice every small mistake in their conditions', async () => {
    const { failures, mutants } = await testRules('rules', {
      only: [],
      mutate: true,
      machines: 'fixtures/hosts',
      root: '.',
    })
    assert.equal(failures, [])
    assert.ok(mutants > rules.length)
  })

  it('have a test each, and no test is left over', () => {
    assert.equal(
      rules.filter(({ file }) => !existsSync(file.replace(/\.yaml$/, '.test.yaml'))).map(({ id }) => id),
      [],
    )
    assert.equal(
      fastGlob.sync('rules/*/*.test.yaml').filter((file) => !existsSync(file.replace('.test.yaml', '.yaml'))),
      [],
    )
  })

  it('have no number in their names, and end their sentences', () => {
    assert.equal(
      rules
        .filter(({ id }) =>
          /\d/.test(
            id.replace(
              /\b(grub2|x86-64|ipv4|ipv6|virbr0|ttys0|xvc0|hvc0|rtl8139|e1000|com2|dom0|dom0-mem|eth0)\b/g,
              '',
            ),
          ),
        )
        .map(({ id }) => id),
      [],
    )
    assert.equal(
      rules.filter(({ title }) => title.endsWith('.')).map(({ id }) => id),
      [],
    )
    assert.equal(
      rules.filter(({ why }) => !/[.!)]$/.test(why.trim())).map(({ id }) => id),
      [],
    )
  })

  it('name rules that are there where they say that another sees the same fault', () => {
    const ids = new Set(rules.flatMap(({ id, formerly }) => [id, ...formerly]))
    assert.equal(
      rules.flatMap(({ id, sameAs = [] }) =>
        sameAs.filter((other) => !ids.has(other) || other === id).map((other) => `${id}: ${other}`),
      ),
      [],
    )
  })

  it('do not grow into programs', () => {
    assert.equal(
      rules.filter(({ when = '' }) => when.length > LONGEST_CONDITION).map(({ id }) => id),
      [],
    )
  })

  it('cure nothing by destroying a guest, opening a port to all, or dropping a filter', () => {
    const harmful =
      /\b(destroy|undefine|rm|mkfs|dd|wipefs|vgremove|lvremove|setenforce 0|iptables -F|nft flush|ufw disable|firewall-cmd --set-default-zone=trusted)\b|0\.0\.0\.0/
    assert.equal(
      rules.filter(({ fix }) => fix.some((step) => harmful.test(argv(step)))).map(({ id }) => id),
      [],
    )
  })

  it('stand on facts that are asked for', () => {
    const names = new Set([factSets, pairSets].flatMap((sets) => new Linter(sets).names()))
    assert.equal(
      rules.flatMap(({ id, facts }) => facts.filter((fact) => !names.has(fact)).map((fact) => `${id}: ${fact}`)),
      [],
    )
  })

  it('use patterns that cannot blow up', () => {
    const patterns = rules.flatMap(({ id, when, applies = '' }) =>
      [...`${applies} ${when}`.matchAll(/matches\(r?"([^"]*)"\)/g)].map(([, pattern]) => [id, pattern!] as const),
    )
    const evil = /\([^)]*[+*][^)]*\)[+*{]|\(\?[=!<]|\\[1-9]/
    assert.equal(
      patterns.filter(([, pattern]) => evil.test(pattern)),
      [],
    )
  })
})
