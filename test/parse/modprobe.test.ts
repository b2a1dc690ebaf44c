import * as assert from 'uvu/assert'
import { meantCommand, parseModprobe } from '../../src/parse/modprobe.ts'
import { describe } from '../describe.ts'

describe('parse: modprobe', (it) => {
  it('tells a misspelt command from the bare name of a module', () => {
    assert.equal(['optoins', 'blacklst', 'instal', '8139too', 'e1000', 'kvm'].map(meantCommand), [
      'options',
      'blacklist',
      'install',
      '',
      '',
      '',
    ])
  })

  it('keeps the line of a command that goes on in the next', () => {
    assert.equal(parseModprobe('# x\noptions kvm_intel \\\n nested=1\nblacklist kvm-amd\n'), [
      { command: 'options', module: 'kvm_intel', rest: 'nested=1', line: 2 },
      { command: 'blacklist', module: 'kvm_amd', rest: '', line: 4 },
    ])
  })
})
