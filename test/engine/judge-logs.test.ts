import * as assert from 'uvu/assert'
import { known, unknown } from '../../src/evidence/result.ts'
import type { AllFacts } from '../../src/engine/judge.ts'
import { judge } from '../../src/engine/judge.ts'
import type { LogReading, ScannedLog } from '../../src/engine/judge-logs.ts'
import type { Rule } from '../../src/engine/rule.ts'
import { parseLogLine } from '../../src/parse/log-line.ts'
import type { Seen } from '../../src/signatures/log-scan.ts'
import type { Finding } from '../../src/types.ts'
import { describe } from '../describe.ts'

const rule: Rule = {
  id: 'bridge-gone',
  area: 'network',
  file: 'rules/network/bridge-gone.yaml',
  title: 'T',
  severity: 'error',
  tags: [],
  log: { in: ['libxl'], match: [], context: [] },
  confidence: 'certain',
  subject: '{log.bridge}',
  says: 'no {log.bridge}, {log.message}',
  why: 'W.',
  fix: [{ run: ['ip', 'link', 'show', '{log.bridge}'] }],
  documented: [],
  formerly: [],
  facts: [],
  namespaces: [],
}
const BOOT = Date.UTC(2026, 10, 20)
const seen = (text: string, line = 7): Seen => ({ line, text, ...parseLogLine(text, BOOT) })

function log(text: string, more: Partial<ScannedLog> = {}): ScannedLog {
  const sighting = { rule: rule.id, captures: { bridge: 'br0' }, count: 3, first: seen(text, 1), last: seen(text) }
  const sightings = text ? [sighting] : []
  return {
    name: '/var/log/a',
    path: '/var/log/a',
    kind: 'libxl',
    of: '',
    sightings,
    gap: null,
    numbered: true,
    lines: 9,
    since: null,
    ...more,
  }
}
const reading = (logs: ScannedLog[], more: Partial<LogReading> = {}): LogReading => ({
  logs,
  bootAt: BOOT,
  pasted: false,
  fresh: false,
  ...more,
})
const facts = (bridges: AllFacts[string][string]): AllFacts => ({ network: { bridgeNames: bridges } })
const one = (given: Rule, read: LogReading, about: AllFacts = {}): Finding => {
  const findings = judge([given], about, read)
  assert.is(findings.length, 1)
  return findings[0]!
}

describe('judging messages', (it) => {
  it('tells what was said, how often, where, and fills in what it names', () => {
    const found = one(rule, reading([log('2026-11-20T09:00:00Z x xl: gone')]))
    assert.is(found.outcome, 'problem')
    assert.is(found.subject, 'br0')
    assert.is(found.says, 'no br0, gone')
    assert.is(found.confidence, 'certain')
    assert.equal(found.fix, [{ run: ['ip', 'link', 'show', 'br0'] }])
    assert.equal(found.evidence, [{ ask: '/var/log/a', path: '/var/log/a', line: 7 }])
    assert.equal(found.said, {
      text: '2026-11-20T09:00:00Z x xl: gone',
      count: 3,
      first: '2026-11-20T09:00:00.000Z',
      last: '2026-11-20T09:00:00.000Z',
    })
  })

  it('is ok only where every log of its kind was read to its beginning', () => {
    assert.is(one(rule, reading([log('')])).outcome, 'ok')
    const cut = log('', { gap: unknown('too-big', 'a') })
    assert.equal(
      one(rule, reading([log(''), cut])).missing.map(({ gap }) => gap),
      ['too-big'],
    )
    assert.is(one(rule, reading([log(''), { ...cut, kind: 'qemu' }])).outcome, 'ok')
    assert.is(one(rule, reading([log(''), { ...cut, kind: 'system' }])).outcome, 'unknown')
    assert.is(one(rule, reading([])).outcome, 'unknown')
  })

  it('counts a message from before the last start as history', () => {
    const severity = (text: string): string => one(rule, reading([log(text)])).severity
    assert.is(severity('2026-11-20T09:00:00Z x xl: gone'), 'error')
    assert.is(severity('2026-11-19T23:00:00Z x xl: gone'), 'info')
    assert.is(severity('Nov 19 23:00:00 x xl: gone'), 'error', 'nobody knows the zone')
    assert.is(severity('Nov 18 23:00:00 x xl: gone'), 'info')
    assert.is(severity('[    1.000000] gone'), 'error')
    assert.is(severity('gone'), 'warning')
    assert.is(one(rule, reading([log('gone')], { fresh: true })).severity, 'error')
    assert.is(one(rule, reading([log('2026-11-20T09:00:00Z x xl: gone')], { bootAt: null })).severity, 'warning')
  })

  it('takes the log of a guest for a word about that guest', () => {
    assert.is(one(rule, reading([log('gone', { of: 'guest web1' })])).subject, 'guest web1, br0')
    assert.is(one({ ...rule, subject: '' }, reading([log('gone', { of: 'guest web1' })])).subject, 'guest web1')
  })

  it('puts what several logs say of one subject together', () => {
    const found = one(
      rule,
      reading([
        log('2026-11-20T09:00:00Z x xl: gone'),
        log('2026-11-20T08:00:00Z x xl: gone', { path: '/b', name: '/b' }),
      ]),
    )
    assert.is(found.said!.count, 6)
    assert.is(found.said!.first, '2026-11-20T08:00:00.000Z')
    assert.is(found.evidence.length, 2)
  })

  it('is acquitted by facts; undecided ones silence it on a machine, and make a pasted text less sure', () => {
    const defended: Rule = { ...rule, unless: 'log.bridge in network.bridgeNames' }
    const read = reading([log('gone')])
    assert.is(one(defended, read, facts(known(['br0']))).outcome, 'ok')
    assert.is(one(defended, read, facts(known(['br1']))).outcome, 'problem')
    assert.is(one(defended, read, facts(unknown('denied', 'a'))).outcome, 'unknown')
    const pasted = one(defended, { ...read, pasted: true }, facts(unknown('not-recorded', 'a')))
    assert.is(pasted.outcome, 'problem')
    assert.is(pasted.confidence, 'likely')
    assert.equal(
      pasted.missing.map(({ fact }) => fact),
      ['network.bridgeNames'],
    )
  })

  it('asks first whether it applies', () => {
    const xen: Rule = { ...rule, applies: 'size(network.bridgeNames) > 0' }
    const read = reading([log('gone')])
    assert.is(one(xen, read, facts(known([]))).outcome, 'skipped')
    assert.is(one(xen, read, facts(unknown('denied', 'a'))).outcome, 'unknown')
    assert.is(one(xen, { ...read, pasted: true }, facts(unknown('denied', 'a'))).confidence, 'likely')
  })

  it('accuses nobody where the message is harmless, and says so', () => {
    const found = one({ ...rule, severity: 'info', harmless: true, fix: [] }, reading([log('gone')]))
    assert.is(found.outcome, 'ok')
    assert.is(found.why, 'W.')
    assert.is(found.said!.count, 3)
  })

  it('is not told again where a rule saw the fault in the state of the machine', () => {
    const { log: _, confidence: __, ...state } = rule
    const seenBy: Rule = {
      ...state,
      id: 'bridge-missing',
      subject: '',
      says: 's',
      fix: [],
      when: 'size(network.bridgeNames) == 0',
    }
    const tied: Rule = { ...rule, sameAs: ['bridge-missing'] }
    const outcomes = (bridges: string[]): string[] =>
      judge([seenBy, tied], facts(known(bridges)), reading([log('gone')])).map(({ outcome }) => outcome)
    assert.equal(outcomes([]), ['problem', 'skipped'])
    assert.equal(outcomes(['br0']), ['ok', 'problem'])
  })
})
