import * as assert from 'uvu/assert'
import { iscsi } from '../../src/facts/iscsi.ts'
import { describe } from '../describe.ts'
import { evidence, type Given, matches, names, output, status, value } from '../evidence.ts'
import { flips } from '../never-flips.ts'

const PS = { command: ['ps', '-ww', '-axo', 'pid,ppid,state,wchan:40,comm'] as const }
const SHOW = { command: ['tgtadm', '--lld', 'iscsi', '--op', 'show', '--mode', 'target'] as const }
const KERNEL = { list: '/sys/kernel/config/target/iscsi' }
const ps = (name: string) => output(`  PID  PPID S WCHAN COMMAND\n    1     0 S x init\n  812     1 S x ${name}\n`)

const HOST: Given[] = [
  [{ stat: '/usr/sbin/tgtd' }, status({})],
  [PS, ps('tgtd')],
  ['/etc/tgt/targets.conf', 'include /etc/tgt/conf.d/*.conf\n<target iqn.a>\n  backing-store /dev/a\n</target>\n'],
  [{ file: '/etc/tgt/conf.d/*.conf' }, matches('/etc/tgt/conf.d/b.conf')],
  ['/etc/tgt/conf.d/b.conf', '<target iqn.b>\n  initiator-address 192.0.2.7\n</target>\n'],
  [
    SHOW,
    output('Target 1: iqn.a\n    ACL information:\n        ALL\nTarget 2: iqn.c\n    ACL information:\n        ALL\n'),
  ],
  ['/etc/rc.local', '#!/bin/sh\n'],
  ['/etc/target/saveconfig.json', '{"targets":[{"fabric":"iscsi","wwn":"iqn.d"}]}'],
  [KERNEL, names('discovery_auth', 'iqn.e')],
]

const parse = (given: readonly Given[]) => iscsi.parse(evidence(iscsi, given))
const targets = (given: readonly Given[]) => {
  const found = value(parse(given).targets)
  if (!Array.isArray(found)) return found
  return (found as Record<string, unknown>[]).map(({ name, configured, running, open }) => [
    name,
    configured,
    running,
    typeof open === 'object' ? '?' : open,
  ])
}
const without = (question: unknown): Given[] => HOST.filter(([one]) => JSON.stringify(one) !== JSON.stringify(question))

describe('facts: iscsi', (it) => {
  it('compares what is defined with what is served', () => {
    assert.equal(targets(HOST), [
      ['iqn.a', true, true, true],
      ['iqn.b', true, false, false],
      ['iqn.c', false, true, true],
      ['iqn.d', true, false, false],
      ['iqn.e', false, true, '?'],
    ])
  })

  it('takes a target that rc.local makes for defined', () => {
    const given: Given[] = [...without('/etc/rc.local'), ['/etc/rc.local', 'tgtadm --op new -T iqn.c\n']]
    assert.equal((targets(given) as unknown[])[2], ['iqn.c', true, true, true])
  })

  it('reads no folder that targets.conf does not name, and does not guess at another one', () => {
    const main = (text: string): Given[] => [...without('/etc/tgt/targets.conf'), ['/etc/tgt/targets.conf', text]]
    const found = value(parse(main('include /srv/*.conf\n')).targets) as { name: string; configured: { gap: string } }[]
    assert.equal(
      found.map(({ name }) => name),
      ['iqn.a', 'iqn.c', 'iqn.d', 'iqn.e'],
    )
    assert.is(found[1]!.configured.gap, 'unsupported')
  })

  it('takes nothing for defined that a removed tgt left over', () => {
    assert.equal(targets([HOST[2]!, [PS, ps('sshd')]]), [])
  })

  it('says nothing else when any one answer is missing', () => {
    assert.equal(flips(iscsi, HOST), [])
    assert.equal(flips(iscsi, []), [])
    assert.is(targets(without(PS)), 'absent')
  })
})
