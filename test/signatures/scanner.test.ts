import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { buildAutomaton } from '../../src/signatures/automaton.ts'
import { CHUNK_BYTES, Scanner } from '../../src/signatures/scanner.ts'
import { describe } from '../describe.ts'

const scanner = new Scanner(readFileSync('dist/scan.wasm'))

/** "offset literal" of all hits, in order and each once. */
function hits(literals: readonly string[], text: string): string[] {
  const automaton = buildAutomaton(literals)
  scanner.use(automaton)
  const bytes = scanner.text.write(text, 'latin1')
  const found = new Set<string>()
  scanner.scan(bytes, (offset, state) => {
    for (const literal of automaton.found[state]!) found.add(`${offset} ${literals[literal]}`)
  })
  return [...found].sort()
}

function expected(literals: readonly string[], text: string): string[] {
  const low = text.toLowerCase().replace(/\d/g, '0')
  const found = literals.flatMap((literal) => {
    const wanted = literal.replace(/\d/g, '0')
    const ends: string[] = []
    for (let at = low.indexOf(wanted); at >= 0; at = low.indexOf(wanted, at + 1))
      ends.push(`${at + literal.length - 1} ${literal}`)
    return ends
  })
  return [...new Set(found)].sort()
}

describe('the scanner', (it) => {
  it('finds each literal wherever it stands, whatever its case', () => {
    const text = 'A Kernel PANIC, not syncing\nvfs: unable to mount root fs\n'
    assert.equal(
      hits(['kernel panic', 'unable to mount', 'nel p'], text),
      expected(['kernel panic', 'unable to mount', 'nel p'], text),
    )
    assert.is(hits(['kernel panic', 'nel p'], text).length, 2)
  })

  it('finds what a search for each would find, over the borders of its lanes too', () => {
    const word = fc.stringMatching(/^[ab c]{4,7}$/)
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 6 }),
        fc.stringMatching(/^[abAB c\n]{1,400}$/),
        (words, text) => {
          const literals = [...new Set(words)]
          assert.equal(hits(literals, text), expected(literals, text))
        },
      ),
      { numRuns: 500 },
    )
  })

  it('takes a chunk that is full of hits', () => {
    const text = 'aaaa'.repeat(CHUNK_BYTES / 4)
    assert.is(hits(['aaaa'], text).length, CHUNK_BYTES - 3)
  })

  it('knows where lines begin and end, and counts them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[x]{0,40}$/), { minLength: 1, maxLength: 300 }),
        fc.nat(),
        (lines, pick) => {
          const text = `${lines.join('\n')}\n`
          const bytes = scanner.text.write(text, 'latin1')
          scanner.text.fill(10, bytes, bytes + 32)
          const at = pick % bytes
          if (text[at] !== '\n') {
            assert.is(scanner.lineStart(at), text.lastIndexOf('\n', at) + 1)
            assert.is(scanner.lineEnd, text.indexOf('\n', at))
          }
          assert.is(scanner.newlines(0, bytes), lines.length)
          assert.is(scanner.newlines(at, bytes), text.slice(at).split('\n').length - 1)
        },
      ),
    )
  })

  it('needs no SIMD, which V8 lacks on processors without SSE4.1 and in guests on the usual models of QEMU', () => {
    const compile = 'new WebAssembly.Module(require("node:fs").readFileSync("dist/scan.wasm"))'
    execFileSync(process.execPath, ['--no-enable-ssse3', '--no-enable-sse4-1', '-e', compile])
  })

  it('throws where there are more states than its table has room for', () => {
    const many = Array.from(
      { length: 9000 },
      (_, index) => `${index.toString(26).replace(/\d/g, (d) => 'qrstuvwxyz'[Number(d)]!)}-abcdefgh`,
    )
    assert.throws(() => buildAutomaton(many), /more than 32768 states/)
  })
})
