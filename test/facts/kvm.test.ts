import * as assert from 'uvu/assert'
import { kvm } from '../../src/facts/kvm.ts'
import { describe } from '../describe.ts'
import { evidence, output, status, value } from '../evidence.ts'

const groupKvm = { command: ['getent', 'group', 'kvm'] as const }

describe('facts: kvm', (it) => {
  it('takes the registered device for the truth, not the modules', () => {
    const facts = kvm.parse(
      evidence(kvm, [
        ['/proc/misc', '126 rfkill\n232 kvm\n'],
        ['/proc/modules', 'kvm_pvm 45056 0 - Live 0x0\n'],
      ]),
    )
    assert.is(value(facts.active), true)
    assert.equal(value(facts.modules), ['kvm_pvm'])
  })

  it('does not take vhost or another name in /proc/misc for KVM', () => {
    assert.is(value(kvm.parse(evidence(kvm, [['/proc/misc', '238 vhost-net\n59 kvmfr\n']])).active), false)
  })

  it('knows who may open the device', () => {
    const facts = kvm.parse(
      evidence(kvm, [
        [{ stat: '/dev/kvm' }, status({ type: 'char', mode: 0o660, gid: 104 })],
        [groupKvm, output('kvm:x:104:\n')],
      ]),
    )
    assert.is(value(facts.deviceMode), '660')
    assert.is(value(facts.deviceGroup), 104)
    assert.is(value(facts.kvmGroup), 104)
  })

  it('tells a missing group from one that could not be asked for', () => {
    assert.equal(kvm.parse(evidence(kvm, [[groupKvm, output('', 2)]])).kvmGroup.ok, true)
    assert.is(value(kvm.parse(evidence(kvm, [])).kvmGroup), 'absent')
  })

  it('reads both spellings of a parameter', () => {
    const nested = (text: string) =>
      kvm.parse(evidence(kvm, [['/sys/module/kvm_intel/parameters/nested', text]])).nested
    assert.is(value(nested('Y\n')), true)
    assert.is(value(nested('1\n')), true)
    assert.is(value(nested('N\n')), false)
  })

  it('knows nothing of nesting where a parameter was not recorded', () => {
    assert.is(value(kvm.parse(evidence(kvm, [], 'not-recorded')).nested), 'not-recorded')
    assert.is(value(kvm.parse(evidence(kvm, [])).nested), false)
  })

  it('believes QEMU before the flags, where it was tried', () => {
    const probe = kvm.asks.find((ask) => 'command' in ask && ask.command.includes('qemu-system-x86_64'))!
    const tried = (exit: number, stderr: string) => kvm.parse(evidence(kvm, [[probe, output('', exit, stderr)]]))
    const said = 'qemu-system-x86_64: failed to initialize kvm: Permission denied'
    assert.equal([value(tried(124, '').works), value(tried(124, '').refusal)], [true, ''])
    assert.equal([value(tried(1, `${said}\n`).works), value(tried(1, `${said}\n`).refusal)], [false, said])
    assert.is(value(tried(1, 'some other trouble\n').refusal), 'malformed')
    assert.is(value(kvm.parse(evidence(kvm, [[probe, { gap: 'withheld' }]])).refusal), '')
    assert.is(value(kvm.parse(evidence(kvm, [], 'not-recorded')).refusal), 'not-recorded')
  })
})
