import * as assert from 'uvu/assert'
import { guestOfXl } from '../../../src/parse/guest/xl.ts'
import { parseXlConfig } from '../../../src/parse/xl/config.ts'
import { describe } from '../../describe.ts'

const xl = (text: string) => guestOfXl(parseXlConfig(text), '/etc/xen/web1.cfg', 'xl')

describe('parse: mistakes in a guest of xl', (it) => {
  it('finds a text where a list must stand, and a list where a text must', () => {
    const { malformed } = xl('name=["a"]\ndisk="phy:/dev/a,xvda,w"\nvif=""\nserial="pty"\ncpus=["1","2"]')
    assert.equal(
      malformed.map(({ key, kind, problem }) => [key, kind, problem]),
      [
        ['name', 'value', 'name takes one text, not a list'],
        ['disk', 'entry', 'disk takes a list in [ ], not a text'],
      ],
    )
  })

  it('finds settings that do not go together', () => {
    const told = (text: string) => xl(text).malformed.map(({ kind, problem }) => [kind, problem])
    assert.equal(told('vcpus=4\nmaxvcpus=2'), [['together', 'maxvcpus is less than vcpus']])
    assert.equal(told('vcpus=2\nmaxvcpus=2'), [])
    assert.equal(told('maxvcpus=0'), [])
    assert.equal(told('nfs_root="/a"'), [['together', 'nfs_root is set, nfs_server is not']])
    assert.equal(told('nfs_server="192.0.2.1"'), [['together', 'nfs_server is set, nfs_root is not']])
    assert.equal(told('nfs_root="/a"\nnfs_server="192.0.2.1"'), [])
  })

  it('knows which processors a guest is bound to', () => {
    const pins = (text: string) => xl(text).pins.map(({ what, cpus }) => [what, cpus])
    assert.equal(pins('cpus="0-3,^2,8"'), [['all', [0, 1, 3, 8]]])
    assert.equal(pins('cpus=["1","2-3"]'), [
      ['vcpu 0', [1]],
      ['vcpu 1', [2, 3]],
    ])
    for (const none of ['all', 'node:0', '', '0-', '^1', '3-1']) assert.equal(pins(`cpus="${none}"`), [])
    const many = xl('cpus="0-99999"').pins[0]!.cpus.length
    assert.ok(many < 5000)
  })

  it('leaves ACPI and APIC open where nothing is told', () => {
    const { acpi, apic } = xl('name="a"\nacpi=0').guest
    assert.equal([acpi, apic], [false, null])
  })

  it('reads the rate of an interface as xl does', () => {
    const problems = (rate: string) => xl(`vif=['rate=${rate}']`).malformed.map(({ problem }) => problem)
    for (const good of ['10Mb/s', '10MB/s@50ms', '250000B/s', '1GB/s@20ms', '100b/s@1'])
      assert.equal(problems(good), [])
    for (const bad of ['10mb/s', '10Mbit', '10Mbps', '0Mb/s', '10Mb/s@'])
      assert.equal(problems(bad), [`rate=${bad} is no rate such as 10Mb/s`])
  })
})
