import * as assert from 'uvu/assert'
import { security } from '../../src/facts/security.ts'
import { describe } from '../describe.ts'
import { evidence, type Given, matches, output, value } from '../evidence.ts'
import { flips } from '../never-flips.ts'

const labels = security.asks.find((ask) => 'each' in ask)!
const ls = (path: string, line: string, exit = 0): Given => [{ command: ['ls', '-dZL', path] }, output(line, exit)]

describe('facts: security', (it) => {
  it('reads the labels that ls of Red Hat 5 prints', () => {
    const given: Given[] = [
      [labels, matches('/srv/a.img', '/srv/b.img', '/srv/gone')],
      ls('/srv/a.img', '-rw-------  root root system_u:object_r:virt_image_t   /srv/a.img\n'),
      ls('/srv/b.img', '-rw-r--r--  root root root:object_r:default_t:s0       /srv/b.img\n'),
      ls('/srv/gone', '', 2),
    ]
    assert.equal(value(security.parse(evidence(security, given)).labels), [
      { path: '/srv/a.img', label: 'virt_image_t' },
      { path: '/srv/b.img', label: 'default_t' },
    ])
    assert.equal(flips(security, given), [])
  })

  it('knows no labels where they were not asked for', () => {
    const facts = security.parse(evidence(security, [[labels, { gap: 'withheld' }]]))
    assert.is(value(facts.labels), 'withheld')
  })
})
