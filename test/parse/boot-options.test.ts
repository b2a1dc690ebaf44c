import * as assert from 'uvu/assert'
import { bootParameters, bootValues, bootWords, ownWords } from '../../src/parse/boot-options.ts'
import { describe } from '../describe.ts'

describe('parse: boot options', (it) => {
  it('does not part at blanks in double quotes', () => {
    assert.equal(bootWords('ro dyndbg="file a.c +p" quiet\n'), ['ro', 'dyndbg=file a.c +p', 'quiet'])
  })

  it('lets later words win', () => {
    assert.equal(bootParameters(['ro', 'console=tty0', 'console=hvc0']), { ro: '', console: 'hvc0' })
    assert.equal(bootValues(['console=tty0', 'ro', 'console=hvc0'], 'console'), ['tty0', 'hvc0'])
  })

  it("leaves out what GRUB fills in, and GRUB's own word", () => {
    assert.equal(ownWords('placeholder dom0_mem=2G ${xen_rm_opts} $(x) `y`'), ['dom0_mem=2G'])
  })

  it('comes to an end where a quote is left open', () => {
    assert.equal(bootWords('a "b c'), ['a', 'b c'])
  })
})
