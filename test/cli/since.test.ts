import * as assert from 'uvu/assert'
import { parseSince, withoutOlder } from '../../src/cli/bundle/since.ts'
import { askKey } from '../../src/evidence/ask.ts'
import { Evidence } from '../../src/evidence/evidence.ts'
import { hostLogs, logAsks } from '../../src/signatures/sources.ts'
import { type Answer, UserError } from '../../src/types.ts'
import { describe } from '../describe.ts'

const now = new Date('2026-11-20T12:00:00Z')
const log = (text: string): Answer => ({ key: '{"file":"/var/log/x"}', ms: 0, ok: true, data: { kind: 'file', text } })
const left = (text: string, since: string): Answer => withoutOlder(log(text), new Date(since), now)
const lines = (answer: Answer): string => (answer.ok && answer.data.kind === 'file' ? answer.data.text : '')

describe('logs since', (it) => {
  it('a duration or a date, and nothing else', () => {
    assert.is(parseSince('2d', now).toISOString(), '2026-11-18T12:00:00.000Z')
    assert.is(parseSince('90m', now).toISOString(), '2026-11-20T10:30:00.000Z')
    assert.is(parseSince('2026-11-01', now).toISOString(), '2026-11-01T00:00:00.000Z')
    for (const text of ['', '2', 'yesterday', '2x', '2026-13-45', '-1d'])
      assert.throws(
        () => parseSince(text, now),
        (error: unknown) => error instanceof UserError,
      )
  })

  const zoned = [
    '2026-11-18T09:00:00+00:00 a kernel: old',
    '  more of it',
    '2026-11-20T09:00:00+00:00 a kernel: new',
    '  more of that',
    '',
  ].join('\n')

  it('lose older lines with what belongs to them, and say that they did', () => {
    const answer = left(zoned, '2026-11-20T00:00:00Z')
    assert.is(lines(answer), zoned.split('\n').slice(2).join('\n'))
    assert.ok(answer.ok && answer.data.kind === 'file' && answer.data.truncated)
    assert.is(lines(left(zoned, '2026-11-21T00:00:00Z')), '')
  })

  it('prove nothing by their silence any more, commands neither', () => {
    const ask = logAsks.find((one) => 'command' in one && one.command[0] === 'journalctl')!
    const journal: Answer = {
      key: askKey(ask),
      ms: 0,
      ok: true,
      data: { kind: 'command', stdout: zoned, stderr: '', exit: 0 },
    }
    const wholeOf = (answer: Answer): boolean[] =>
      hostLogs(new Evidence([answer])).flatMap(({ tail }) => (tail.ok ? [tail.value.whole] : []))
    assert.equal(wholeOf(journal), [true])
    assert.equal(wholeOf(withoutOlder(journal, new Date('2026-11-20T00:00:00Z'), now)), [false])
  })

  it('stay whole where nothing is older', () => {
    const answer = left(zoned, '2026-11-01T00:00:00Z')
    assert.is(lines(answer), zoned)
    assert.ok(answer.ok && answer.data.kind === 'file' && answer.data.truncated === undefined)
  })

  it('are given the benefit of fourteen hours where they name no zone', () => {
    const text = 'Nov 18 09:00:00 a kernel: old\nNov 19 12:00:00 a kernel: perhaps\n'
    assert.is(lines(left(text, '2026-11-20T00:00:00Z')), 'Nov 19 12:00:00 a kernel: perhaps\n')
  })

  it('stay whole where they count from the start of the machine, or carry no times', () => {
    for (const text of ['[    1.000000] Linux\n[ 2.0] x\n', 'no\ntimes\n'])
      assert.is(lines(left(text, '2026-11-20T00:00:00Z')), text)
  })
})
