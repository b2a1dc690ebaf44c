import * as assert from 'uvu/assert'
import { parseHide, parseSlots } from '../../src/parse/pciback.ts'
import { describe } from '../describe.ts'

describe('parse: pciback', (it) => {
  it('lists what pciback holds', () => {
    assert.equal(parseSlots('0000:00:03.0\n0000:06:01.0\n'), ['0000:00:03.0', '0000:06:01.0'])
    assert.equal(parseSlots(''), [])
  })

  it('reads hide= of modprobe.d and of the kernel command line', () => {
    const [option] = parseHide('# cards of guests\noptions xen_pciback hide=(06:01.0)(0000:06:01.1)\n')
    assert.equal(option, {
      value: '(06:01.0)(0000:06:01.1)',
      valid: true,
      devices: ['0000:06:01.0', '0000:06:01.1'],
      line: 2,
    })
    assert.equal(parseHide('options xen-pciback hide=(06:01.0) passthrough=1')[0]?.devices, ['0000:06:01.0'])
    assert.equal(parseHide('options xen-pciback passthrough=1 hide=(06:01.0)')[0]?.devices, ['0000:06:01.0'])
    assert.equal(parseHide('root=/dev/sda1 xen-pciback.hide=(06:01.0) quiet')[0]?.devices, ['0000:06:01.0'])
  })

  it('takes upper case, blanks and wildcards as the driver does', () => {
    assert.is(parseHide('options xen-pciback hide=(0A:1F.0) (0b:00.*)')[0]?.valid, true)
    assert.equal(parseHide('options xen-pciback hide=(0b:00.*)')[0]?.devices, [])
  })

  it('says no to addresses without parentheses', () => {
    assert.is(parseHide('options xen_pciback hide=06:01.0')[0]?.valid, false)
    assert.is(parseHide('options xen_pciback hide=(06:01.0,06:01.1)')[0]?.valid, false)
    assert.is(parseHide('options xen_pciback hide=')[0]?.valid, false)
    assert.equal(parseHide('#options xen_pciback hide=06:01.0\noptions e1000e debug=1'), [])
  })
})
