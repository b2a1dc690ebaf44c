import * as assert from 'uvu/assert'
import { askKey } from '../../src/evidence/ask.ts'
import { Evidence } from '../../src/evidence/evidence.ts'
import { hostLogs, logAsks } from '../../src/signatures/sources.ts'
import type { Answer } from '../../src/types.ts'
import { describe } from '../describe.ts'

const file = (path: string, text: string, truncated?: true): Answer => ({
  key: askKey({ file: path }),
  ms: 1,
  ok: true,
  data: { kind: 'file', text, ...(truncated && { truncated }) },
})
const said = (argv: [string, ...string[]], stdout: string): Answer => ({
  key: askKey({ command: argv }),
  ms: 1,
  ok: true,
  data: { kind: 'command', stdout, stderr: '', exit: 0 },
})
const glob = (path: string, values: string[]): Answer => ({
  key: askKey({ file: path }),
  ms: 1,
  ok: true,
  data: { kind: 'expands', values },
})
const logs = (...answers: Answer[]) =>
  hostLogs(
    new Evidence([
      ...logAsks.map((ask): Answer => ({ key: askKey(ask), ms: 1, ok: false, gap: 'absent' })),
      ...answers,
    ]),
  )

describe('the logs of a host', (it) => {
  it('are none where all are absent', () => {
    assert.equal(logs(), [])
  })

  it('say whom they are about', () => {
    const [log] = logs(
      glob('/var/log/libvirt/qemu/*.log', ['/var/log/libvirt/qemu/web1.log']),
      file('/var/log/libvirt/qemu/web1.log', 'x'),
    )
    assert.equal([log!.kind, log!.of], ['qemu', 'guest web1'])
    const [driver] = logs(
      glob('/var/log/libvirt/libxl/*.log', ['/var/log/libvirt/libxl/libxl-driver.log']),
      file('/var/log/libvirt/libxl/libxl-driver.log', 'x'),
    )
    assert.equal([driver!.kind, driver!.of], ['libxl', ''])
  })

  it('know whether they were read to their beginning', () => {
    const whole = (...answers: Answer[]): boolean => {
      const { tail } = logs(...answers)[0]!
      return tail.ok && tail.value.whole
    }
    assert.is(whole(file('/var/log/messages', 'x')), true)
    assert.is(whole(file('/var/log/messages', 'x', true)), false)
    assert.is(whole(said(['dmesg'], '[    0.000000] Linux version 6.1\n')), true)
    assert.is(whole(said(['dmesg'], '[  999.000000] later\n')), false)
    assert.is(whole(said(['xl', 'dmesg'], '(XEN) Xen version 4.17\n')), true)
    assert.is(whole(said(['xl', 'dmesg'], '(XEN) later\n')), false)
  })

  it('do not miss the ring of a hypervisor that is not there', () => {
    const failed = (stderr: string): Answer => ({
      key: askKey({ command: ['xl', 'dmesg'] }),
      ms: 1,
      ok: true,
      data: { kind: 'command', stdout: '', stderr, exit: 1 },
    })
    assert.equal(logs(failed("ERROR:  Can't find hypervisor information in sysfs!\n")), [])
    assert.is(logs(failed('xl: something else\n')).length, 1)
  })

  it('keep the gap of what could not be read', () => {
    const denied: Answer = { key: askKey({ command: ['dmesg'] }), ms: 1, ok: false, gap: 'denied' }
    const [log] = logs(denied)
    assert.is(log!.tail.ok, false)
  })
})
