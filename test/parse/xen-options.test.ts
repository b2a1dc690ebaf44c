import * as assert from 'uvu/assert'
import { isSwitchedOn, parseDom0Mem, parseRefusedOptions, parseSerialOptions } from '../../src/parse/xen-options.ts'
import { describe } from '../describe.ts'

describe('parse: options of Xen', (it) => {
  it('counts a number without a unit in KiB', () => {
    assert.equal(parseDom0Mem('2048'), [{ text: '2048', kind: '', bytes: 2097152, bare: true, valid: true }])
  })

  it('reads all kinds of parts', () => {
    const [start, min, max] = parseDom0Mem('1g,min:512M,max:2G')
    assert.is(start!.bytes, 2 ** 30)
    assert.equal([min!.kind, min!.bytes], ['min', 512 * 2 ** 20])
    assert.equal([max!.kind, max!.bytes], ['max', 2 ** 31])
  })

  it('takes shares and differences for right, without a size', () => {
    for (const text of ['10%', '1G+10%', '-1G', '0x20000']) {
      assert.is(parseDom0Mem(text)[0]!.valid, true, text)
      assert.is(parseDom0Mem(text)[0]!.bytes, null, text)
    }
  })

  it('knows what Xen refuses', () => {
    for (const text of ['256MB', '2GiB', '', 'max:', 'two', 'maximum:2G'])
      assert.is(parseDom0Mem(text)[0]!.valid, false, text)
  })

  it('sees a serial word that a blank has cut', () => {
    assert.equal(parseSerialOptions({ com1: '115200,' }), [{ port: 'com1', baud: 115200, frame: '', cut: true }])
    assert.equal(parseSerialOptions({ com2: 'auto,8n1' }), [{ port: 'com2', baud: null, frame: '8n1', cut: false }])
    assert.equal(parseSerialOptions({ console: 'vga' }), [])
  })

  it('reads switches by the last word', () => {
    assert.ok(isSwitchedOn(['sync_console'], 'sync_console'))
    assert.ok(isSwitchedOn(['sync_console=1'], 'sync_console'))
    assert.not(isSwitchedOn(['sync_console', 'sync_console=off'], 'sync_console'))
    assert.not(isSwitchedOn(['no-sync_console'], 'sync_console'))
    assert.not(isSwitchedOn(['sync_consoles'], 'sync_console'))
  })

  it('reads what Xen complained about, but for the words that GRUB puts in', () => {
    assert.equal(
      parseRefusedOptions(
        '(XEN) parameter "placeholder" unknown!\n(XEN) parameter "no-real-mode" unknown!\n(XEN) parameter "edd" unknown!\n(XEN) parameter "noacpi" unknown!\n(XEN) parameter "dom0_mem" has invalid value "256MB", rc=-22!\n',
      ),
      [
        { name: 'noacpi', value: '', invalid: false },
        { name: 'dom0_mem', value: '256MB', invalid: true },
      ],
    )
  })
})
