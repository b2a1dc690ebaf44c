import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { capturesOf, literalsOf, LONGEST_LITERAL, patternFault } from '../../src/signatures/pattern.ts'
import { describe } from '../describe.ts'

describe('patterns of signatures', (it) => {
  it('are refused where they could take for ever', () => {
    assert.is(patternFault('Balloon: (?<free>\\d+) Ki?B free'), null)
    assert.match(patternFault('(a)\\1')!, 'refers back')
    assert.match(patternFault('kernel(?!-xen)')!, 'looks around')
    assert.match(patternFault('(?<=a)b')!, 'looks around')
    assert.match(patternFault('a{1000}')!, 'counts')
    assert.match(patternFault('(unclosed')!, 'no regular expression')
  })

  it('name their captures', () => {
    assert.equal(capturesOf('(?<a>x) (?<bridge>\\S+) (?:y)'), ['a', 'bridge'])
  })

  it('have literals of which one is in every match', () => {
    assert.equal(literalsOf('(foo|bar)baz qux'), ['foobaz qux', 'barbaz qux'])
    assert.equal(literalsOf('colou?r mode'), ['color mode', 'colour mode'])
    assert.equal(literalsOf('[Nn]on-ASCII'), ['non-ascii'])
  })

  it('have none where nothing of four letters is sure', () => {
    for (const pattern of ['.*', '\\d+', 'ab', '(?:long text)?', 'long text|\\d+', '(?:text){0,3}', '[a-z]+abc'])
      assert.is(literalsOf(pattern), null, pattern)
  })

  it('never lose a match to their literals', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'free',
        'Kernel panic',
        'a',
        ' - ',
        '\\d+',
        '\\S+',
        '.*',
        '[ab]',
        '[^x]',
        'colou?r',
        '(?:yes|no)',
        '(?:ab)?',
        'x{2,3}',
        '(dom\\d)',
      ),
    )
    const texts: Record<string, string> = {
      '\\d+': '42',
      '\\S+': 'y',
      '.*': '',
      '[ab]': 'B'.toLowerCase(),
      '[^x]': 'q',
      'colou?r': 'color',
      '(?:yes|no)': 'no',
      '(?:ab)?': '',
      'x{2,3}': 'xx',
      '(dom\\d)': 'dom7',
    }
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), (parts) => {
        const source = parts.join('')
        const text = parts.map((part) => texts[part] ?? part).join('')
        assert.ok(new RegExp(source).test(text))
        const literals = literalsOf(source)
        if (literals === null) return
        assert.ok(literals.every(({ length }) => length <= LONGEST_LITERAL))
        assert.ok(
          literals.some((literal) => text.toLowerCase().includes(literal)),
          `${source}: ${literals.join()} in ${text}`,
        )
      }),
      { numRuns: 2000 },
    )
  })
})
