import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { Log } from 'sarif'
import * as assert from 'uvu/assert'
import { junitReport } from '../../src/reporters/junit.ts'
import { markdownReport } from '../../src/reporters/markdown.ts'
import { nagiosReport, nagiosState } from '../../src/reporters/nagios.ts'
import { prometheusReport } from '../../src/reporters/prometheus.ts'
import { sarifReport } from '../../src/reporters/sarif.ts'
import { tapReport } from '../../src/reporters/tap.ts'
import type { Finding } from '../../src/types.ts'
import { describe } from '../describe.ts'
import { folderWith } from '../hosts/machine-folder.ts'
import { needs } from '../needs.ts'
import { hostile, reportOf } from './reports.ts'

const all = `a "b" 'c' <d>&amp; | e # f \\ g \` h {i} [j](k) *l* _m_ \ud800 \uffff é \u0000`
const findings: Finding[] = [
  { ...hostile, subject: all, says: all, title: all, why: all },
  { ...hostile, rule: 'told-later', severity: 'warning', subject: '', evidence: [{ ask: 'xl info' }] },
  { ...hostile, rule: 'worth-knowing', severity: 'info', subject: 'guest web1' },
  { ...hostile, rule: 'accepted', subject: '', waived: 'since it | is known # so' },
  { ...hostile, rule: 'healthy', outcome: 'ok', subject: 'guest web2' },
  { ...hostile, rule: 'nobody-knows', outcome: 'unknown', missing: [{ fact: 'kvm.nested', gap: 'denied', ask: all }] },
  { ...hostile, rule: 'of-no-interest', outcome: 'skipped' },
]
const two = [reportOf(findings, 'live'), reportOf(findings.slice(1), `bundle ${all}`)]
const failOn = { failOn: 'error' } as const

/** What a real reader of the format says of it. */
function reader(argv: readonly [string, ...string[]], input: string): { status: number | null; out: string } {
  const [program, ...args] = argv
  const { status, stdout, stderr } = spawnSync(program, args, { input, encoding: 'utf8' })
  return { status, out: stdout + stderr }
}

describe('the formats for other programs', (it) => {
  it('let no control character through', () => {
    for (const text of [
      junitReport(two, failOn),
      tapReport(two, failOn),
      nagiosReport(two, false),
      prometheusReport(two),
      markdownReport(two),
      sarifReport(two),
    ])
      assert.not.match(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  })

  it('JUnit: fails what the exit code fails, skips what could not be decided, and can be read', () => {
    const xml = junitReport(two, failOn)
    assert.match(
      xml,
      '<testsuite name="live" tests="6" failures="1" errors="0" skipped="1" timestamp="2026-01-02T03:04:05">',
    )
    assert.match(xml, '<skipped message="could not decide: kvm.nested (denied)"/>')
    assert.not.match(xml, 'of-no-interest')
    assert.match(junitReport(two, { failOn: 'warning' }), 'failures="2"')
    assert.match(junitReport(two, { failOn: 'never' }), 'failures="0"')
    if (needs('xmllint')) assert.equal(reader(['xmllint', '--noout', '-'], xml), { status: 0, out: '' })
    const script =
      'import sys, junitparser; s = list(junitparser.JUnitXml.fromstring(sys.stdin.buffer.read())); print([(x.failures, x.skipped, len(list(x))) for x in s])'
    if (needs('junitparser')) assert.is(reader(['/usr/bin/python3', '-c', script], xml).out, '[(1, 1, 6), (0, 1, 5)]\n')
  })

  it('TAP: perl’s prove counts the same', () => {
    const tap = tapReport(two, failOn)
    assert.match(tap, 'TAP version 13\n1..11\nnot ok 1 - live: network/bridge-missing')
    assert.match(
      tap,
      /^ok 6 - live: network\/nobody-knows \(guest evil.*\) # SKIP could not decide: kvm\.nested \(denied\)$/m,
    )
    if (needs('prove')) {
      const { status, out } = reader(['prove', '--exec', 'cat', join(folderWith({ tap }), 'tap')], '')
      assert.is(status, 1)
      assert.match(out, /Tests: 11 Failed: 1\)\n +Failed test: +1\n/)
    }
    assert.not.match(tapReport(two, { failOn: 'never' }), /^not ok/m)
  })

  it('Nagios: one line with the state and the counts, then a line a problem', () => {
    const text = nagiosReport([reportOf(findings)], false)
    const [first, ...more] = text.trim().split('\n')
    assert.is(first, 'VDOCTOR CRITICAL - 1 error, 1 warning | errors=1 warnings=1 infos=1 undecided=1')
    assert.is(more.length, 2)
    assert.not.match(more.join('\n'), '|')
    assert.is(nagiosState([reportOf(findings.slice(1))], false), 'WARNING')
    assert.is(nagiosState([reportOf(findings.slice(2))], false), 'OK')
    assert.is(nagiosState([reportOf(findings.slice(2))], true), 'UNKNOWN')
    assert.is(nagiosState([reportOf(findings)], true), 'CRITICAL')
  })

  it('Prometheus: promtool finds nothing to mend', () => {
    const text = prometheusReport(two)
    assert.match(text, 'vdoctor_problems{host="live",severity="error"} 1\n')
    assert.match(text, 'vdoctor_evidence_timestamp_seconds{host="live"} 1767323045\n')
    if (needs('promtool')) assert.equal(reader(['promtool', 'check', 'metrics'], text), { status: 0, out: '' })
  })

  it('SARIF: results point to their rules and to lines of files', () => {
    const { runs } = JSON.parse(sarifReport(two)) as Log
    assert.equal(
      runs.map(({ results }) => results!.length),
      [5, 4],
    )
    for (const { results, tool } of runs)
      for (const { ruleId, ruleIndex } of results!) assert.is(tool.driver.rules![ruleIndex!]!.id, ruleId)
    const [first, later, , accepted, undecided] = runs[0]!.results!
    assert.equal(first!.locations![0]!.physicalLocation, {
      artifactLocation: { uri: 'etc/xen/evil.cfg', uriBaseId: 'ROOT' },
      region: { startLine: 7 },
    })
    assert.equal(later!.locations, [])
    assert.equal([first!.kind, first!.level, undecided!.kind, undecided!.level], ['fail', 'error', 'open', 'none'])
    assert.equal(accepted!.suppressions, [{ kind: 'external', justification: 'since it | is known # so' }])
  })

  it('Markdown: what a machine says is text, in a cell of a table too', () => {
    const text = markdownReport(two)
    assert.not.match(text, /(?<!\\)</)
    assert.not.match(text, /(?<!\\)\[j/)
    const rows = text.split('\n').filter((line) => line.startsWith('| error') || line.startsWith('| warning'))
    assert.is(rows.length, 3)
    for (const row of rows) assert.is(row.match(/(?<!\\)\|/g)!.length, 5, row)
    assert.match(text, "- `ip link show 'a b;rm'` \\(interrupts the network; undo: nothing\\)\n")
  })
})
