import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { literalsOf } from '../../src/signatures/pattern.ts'
import { LogScan, type Sighting } from '../../src/signatures/log-scan.ts'
import { Scanner } from '../../src/signatures/scanner.ts'
import type { LogContext, LogKind, Signature } from '../../src/signatures/signature.ts'
import { compileSignatures } from '../../src/signatures/signature-set.ts'
import { describe } from '../describe.ts'

const scanner = new Scanner(readFileSync('dist/scan.wasm'))
const pattern = (regexp: string) => ({ regexp, literals: literalsOf(regexp)! })
const context = (side: LogContext['side'], regexp: string, more: Partial<LogContext> = {}): LogContext => ({
  side,
  match: [pattern(regexp)],
  lines: 3,
  ...more,
})

interface Given {
  readonly match: string
  readonly context?: readonly LogContext[]
  readonly in?: readonly LogKind[]
  readonly keys?: readonly string[]
  readonly kind?: LogKind
}

function scan(
  { match, context: near = [], in: kinds = [], keys = [], kind }: Given,
  ...pieces: (string | Buffer)[]
): Sighting[] {
  const log: Signature = { in: kinds, match: [pattern(match)], context: near }
  const set = compileSignatures([{ id: 'rule', log, keys }])
  const one = new LogScan(set, scanner.use(set.automaton), { kind, now: Date.UTC(2026, 10, 20) })
  for (const piece of pieces) one.feed(Buffer.from(piece as string))
  return one.end()
}
const lines = (found: readonly Sighting[]) => found.map(({ first, last, count }) => [first.line, last.line, count])

describe('looking through a log', (it) => {
  it('says which line, how often, and what the line was', () => {
    const [one] = scan({ match: 'domain (?<name>\\w+) crashed' }, 'a\nb\ndomain web1 crashed\r\nc\ndomain web2 crashed')
    assert.equal([one!.first.line, one!.last.line, one!.count], [3, 5, 2])
    assert.is(one!.first.text, 'domain web1 crashed')
    assert.equal(one!.captures, { name: 'web2' })
  })

  it('knows the end of a line that a serial port wrote', () => {
    const [one] = scan({ match: 'domain (?<name>.*)$' }, 'domain web1\r\r\ndomain web2\r\n')
    assert.is(one!.count, 2)
    assert.equal(one!.captures, { name: 'web2' })
  })

  it('keeps what its subject names apart, up to a limit', () => {
    const found = scan(
      { match: 'domain (?<name>\\w+) crashed', keys: ['name'] },
      'domain a crashed\ndomain b crashed\ndomain a crashed\n',
    )
    assert.equal(lines(found), [
      [1, 3, 2],
      [2, 2, 1],
    ])
    const many = Array.from({ length: 5000 }, (_, index) => `domain d${index} crashed\n`).join('')
    assert.is(scan({ match: 'domain (?<name>\\w+) crashed', keys: ['name'] }, many).length, 200)
  })

  it('puts lines together that come in pieces', () => {
    const text = 'one\ndomain web1 crashed\ntwo\n'
    for (let cut = 1; cut < text.length; cut++)
      assert.equal(lines(scan({ match: 'domain \\w+ crashed' }, text.slice(0, cut), text.slice(cut))), [[2, 2, 1]])
  })

  it('counts lines and matches over many chunks', () => {
    const block = `${'x'.repeat(97)}\n${'y'.repeat(80)} domain web1 crashed\n`
    const found = scan({ match: 'domain \\w+ crashed' }, block.repeat(20_000))
    assert.equal(lines(found), [[2, 40_000, 20_000]])
  })

  it('takes lines of any length, NULs and bytes of any encoding', () => {
    const long = 'z'.repeat(3 << 20)
    assert.equal(lines(scan({ match: 'domain \\w+ crashed' }, `${long}\n\0\0\0domain web1 crashed\n`)), [[2, 2, 1]])
    const latin = Buffer.concat([Buffer.from('domain web1 crashed by J'), Buffer.from([0xfc]), Buffer.from('rgen\n')])
    assert.is(scan({ match: 'domain \\w+ crashed' }, latin)[0]!.first.text, 'domain web1 crashed by Jürgen')
    assert.is(
      scan({ match: 'domain \\w+ crashed' }, 'domain web1 crashed by Jürgen')[0]!.first.text,
      'domain web1 crashed by Jürgen',
    )
  })

  it('reads through the colours of a terminal', () => {
    assert.equal(lines(scan({ match: 'error: domain' }, '\u001b[31merror:\u001b[0m domain\n')), [])
    assert.equal(lines(scan({ match: 'error: domain \\d' }, '\u001b[31merror: domain \u001b[1m7\u001b[0m\n')), [
      [1, 1, 1],
    ])
  })

  it('takes ^ for the beginning of the message', () => {
    const begins = { match: '^panic now' }
    assert.equal(lines(scan(begins, 'Nov 20 09:31:00 web1 kernel: [   12.345678] panic now\n')), [[1, 1, 1]])
    assert.equal(lines(scan(begins, 'no panic now\n')), [])
  })

  it('leaves messages of other programs alone', () => {
    const mine = { match: 'device failed', in: ['qemu'] as const }
    assert.equal(lines(scan(mine, 'device failed\n')), [[1, 1, 1]])
    assert.equal(lines(scan({ ...mine, kind: 'libvirt' }, 'device failed\n')), [])
    assert.equal(lines(scan(mine, 'Nov 20 09:31:00 web1 kernel: device failed\n')), [])
    assert.equal(lines(scan({ ...mine, kind: 'libvirt' }, '2026-11-20T09:31:00.1Z qemu-kvm: device failed\n')), [
      [1, 1, 1],
    ])
  })
})

describe('the context of a message', (it) => {
  const before = { match: 'build failed', context: [context('before', 'building domain')] }
  const then = { match: 'build failed', context: [context('then', 'giving up')] }

  it('must stand before it, near enough', () => {
    assert.equal(lines(scan(before, 'building domain\nx\nbuild failed\n')), [[3, 3, 1]])
    assert.equal(lines(scan(before, 'building domain\nx\nx\nx\nbuild failed\n')), [])
    assert.equal(lines(scan(before, 'build failed\nbuilding domain\n')), [])
  })

  it('must follow it, near enough', () => {
    assert.equal(lines(scan(then, 'build failed\nx\ngiving up\n')), [[1, 1, 1]])
    assert.equal(lines(scan(then, 'build failed\nx\nx\nx\ngiving up\n')), [])
    assert.equal(lines(scan(then, 'giving up\nbuild failed\n')), [])
  })

  it('must not stand there where it would acquit', () => {
    const unless = { match: 'build failed', context: [context('then', 'second try worked', { absent: true })] }
    assert.equal(lines(scan(unless, 'build failed\nsecond try worked\n')), [])
    assert.equal(lines(scan(unless, 'build failed\nx\nx\nx\nsecond try worked\n')), [[1, 1, 1]])
    assert.equal(lines(scan(unless, 'build failed\n')), [[1, 1, 1]])
    const first = { match: 'build failed', context: [context('before', 'only a rehearsal', { absent: true })] }
    assert.equal(lines(scan(first, 'only a rehearsal\nbuild failed\n')), [])
    assert.equal(lines(scan(first, 'build failed\n')), [[1, 1, 1]])
  })

  it('counts seconds where both lines carry a time', () => {
    const soon = { match: 'build failed', context: [context('before', 'building domain', { seconds: 5 })] }
    const at = (second: string, text: string): string => `2026-11-20T09:31:${second}Z web1 xl: ${text}\n`
    assert.equal(lines(scan(soon, at('00', 'building domain') + at('04', 'build failed'))), [[2, 2, 1]])
    assert.equal(lines(scan(soon, at('00', 'building domain') + at('06', 'build failed'))), [])
    assert.equal(lines(scan(soon, 'building domain\nbuild failed\n')), [[2, 2, 1]])
  })

  it('lends its captures', () => {
    const named = {
      match: 'build failed',
      context: [context('before', 'building domain (?<name>\\w+)')],
      keys: ['name'],
    }
    assert.equal(scan(named, 'building domain web1\nbuild failed\n')[0]!.captures, { name: 'web1' })
  })

  it('does not remember beginnings without an end for ever', () => {
    const found = scan(
      { match: 'build failed', context: [context('then', 'giving up', { lines: 100_000 })] },
      'build failed\n'.repeat(10_000),
      'giving up\n',
    )
    assert.is(found[0]!.count, 64)
  })
})
