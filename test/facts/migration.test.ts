import * as assert from 'uvu/assert'
import { migration } from '../../src/facts/migration.ts'
import { describe } from '../describe.ts'
import { evidence, matches, output, value } from '../evidence.ts'

const asked = migration.asks.find((ask) => 'command' in ask)!
const rates = (stdout: string) => value(migration.parse(evidence(migration, [[asked, output(stdout)]])).dirtyRates)

describe('facts: migration', (it) => {
  it('takes rates that were measured, and no others', () => {
    const found = rates(`Domain: 'web1'
  dirtyrate.calc_status=2
  dirtyrate.calc_start_time=502814
  dirtyrate.calc_period=1
  dirtyrate.megabytes_per_second=5

Domain: 'db1'
  dirtyrate.calc_status=0
  dirtyrate.calc_start_time=0
  dirtyrate.calc_period=0
  dirtyrate.megabytes_per_second=0

Domain: 'off'

`)
    assert.equal(found, [{ guest: 'web1', bytesPerSecond: 5 << 20 }])
  })

  it('takes no speed from what tells none', () => {
    const at = (name: string) => `/sys/class/net/${name}/speed`
    const glob = migration.asks.find((ask) => 'file' in ask)!
    const facts = migration.parse(
      evidence(migration, [
        [glob, matches(at('eth0'), at('tap0'), at('eth1'))],
        [at('eth0'), '10000\n'],
        [at('tap0'), '-1\n'],
        [at('eth1'), { gap: 'malformed' }],
      ]),
    )
    const links = value(facts.links) as { name: string; megabits: unknown }[]
    assert.equal(
      links.map(({ name, megabits }) => [name, typeof megabits === 'object' && megabits ? 'gap' : megabits]),
      [
        ['eth0', 10000],
        ['tap0', null],
        ['eth1', 'gap'],
      ],
    )
  })
})
