import * as assert from 'uvu/assert'
import { marksOf } from '../../src/bundle/personal.ts'
import { everyAsk } from '../../src/engine/asks.ts'
import { askLabel } from '../../src/evidence/ask.ts'
import { logAsks } from '../../src/signatures/sources.ts'
import { describe } from '../describe.ts'

describe('what may be personal', (it) => {
  it('is every log, and every definition of a guest', () => {
    const told = [...logAsks, ...everyAsk.filter((ask) => /\/etc\/(xen|libvirt)\//.test(askLabel(ask)))]
    for (const ask of told) {
      const label = askLabel(ask)
      if (!/^(stat|folder|link) /.test(label))
        assert.equal(marksOf(label), ['names', 'addresses', 'identifiers', 'secrets'], label)
    }
  })

  it('is what names machines, people and networks, and nothing about the hardware', () => {
    for (const label of [
      'uname -n',
      '/etc/hosts',
      'getent group kvm',
      '/proc/net/tcp',
      'ps -ww -axo pid,uid,etime,args',
      '/proc/cmdline',
    ])
      assert.ok(marksOf(label).length > 0, label)
    for (const label of ['/proc/cpuinfo', 'lscpu', '/proc/meminfo', '/proc/modules', 'uname -srm'])
      assert.equal(marksOf(label), [], label)
  })
})
