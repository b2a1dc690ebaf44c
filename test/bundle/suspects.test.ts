import fc from 'fast-check'
import { spawnSync } from 'node:child_process'
import * as assert from 'uvu/assert'
import { SECRETS } from '../../src/bundle/secrets.ts'
import { SUSPECTS } from '../../src/bundle/suspects.ts'
import { describe } from '../describe.ts'

/** A bracket of POSIX, as JavaScript writes it: there `]` first and the backslash are letters like others. */
const toJs = (ere: string): RegExp =>
  new RegExp(
    ere.replace(/^\(\)/, '').replace(/\[(\^?)(\]?)([^\]]*)\]/g, (_, not: string, first: string, rest: string) => {
      return `[${not}${not && '\\n'}${first && '\\]'}${rest.replaceAll('\\', '\\\\').replaceAll('[', '\\[')}]`
    }),
  )

const suspects = toJs(SUSPECTS)

describe('what may hold a secret', (it) => {
  for (const secret of SECRETS)
    it(`is told of ${secret.what}`, () => {
      const { between } = secret as { between?: readonly [string, string] }
      const pattern = toJs(between?.[0] ?? secret.match)
      fc.assert(
        fc.property(fc.stringMatching(pattern), (line) => {
          assert.ok(suspects.test(line), JSON.stringify(line))
        }),
        { numRuns: 300 },
      )
    })

  it('is told by sed as here', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[ -"$-~]{0,30}$/), { minLength: 50, maxLength: 50 }), (lines) => {
        const { stdout } = spawnSync('sed', ['-n', '-E', `\\#${SUSPECTS}#p`], {
          input: lines.join('\n'),
          encoding: 'utf8',
        })
        assert.equal(
          stdout.split('\n').filter(Boolean),
          lines.filter((line) => suspects.test(line)),
        )
      }),
      { numRuns: 30 },
    )
  })
})
