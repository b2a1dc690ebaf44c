import * as assert from 'uvu/assert'
import { macProblem } from '../../src/parse/mac.ts'
import { libvirtPciAddress, normalPciAddress, parseXlPci } from '../../src/parse/pci-address.ts'
import { describe } from '../describe.ts'

describe('parse: addresses', (it) => {
  it('normalises PCI addresses, and refuses what is none', () => {
    assert.is(normalPciAddress('3:0.0'), '0000:03:00.0')
    assert.is(normalPciAddress('0001:0A:1f.7'), '0001:0a:1f.7')
    for (const wrong of ['c0:02.1a', '03:20.0', '03:00.8', '', '03:00'] as const)
      assert.is(normalPciAddress(wrong), null)
  })

  it('reads the entries of pci=', () => {
    for (const text of ['03:00.0', '0000:03:00.0@1a,permissive=1', 'seize=1, bdf=03:00.0'])
      assert.equal(parseXlPci(text), { address: '0000:03:00.0', problem: '' })
    for (const text of ['03:00.*', '03:00.0-3', 'name=nic1'])
      assert.equal(parseXlPci(text), { address: '', problem: '' })
    assert.match(parseXlPci('0000:03:00,seize=1').problem, '0000:03:00 is no address')
  })

  it('reads decimal and hexadecimal as libvirt does', () => {
    assert.is(libvirtPciAddress({ bus: '3', slot: '26', function: '0' }), '0000:03:1a.0')
    // A leading zero makes it octal, and 8 is no octal digit.
    assert.is(libvirtPciAddress({ bus: '010', slot: '0', function: '0' }), '0000:08:00.0')
    assert.is(libvirtPciAddress({ bus: '08', slot: '0', function: '0' }), null)
    assert.is(libvirtPciAddress({ bus: '0x03', slot: '0x1a', function: '0x0' }), '0000:03:1a.0')
    assert.is(libvirtPciAddress({ bus: '0x03', slot: '0x26', function: '0x0' }), null)
    assert.is(libvirtPciAddress({ bus: 'x', slot: '1', function: '0' }), null)
  })

  it('finds MAC addresses that no card can have', () => {
    assert.is(macProblem('00:16:3e:1f:2a:3b'), '')
    assert.is(macProblem(''), '')
    assert.match(macProblem('01:16:3e:00:00:01'), /group/)
    assert.match(macProblem('00:00:00:00:00:00'), /zeros/)
    assert.match(macProblem('00:16:3e:00:01'), /six/)
    assert.is(macProblem('00-16-3e-01-02-03'), '')
  })
})
