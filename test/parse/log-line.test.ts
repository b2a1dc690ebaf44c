import * as assert from 'uvu/assert'
import { parseLogLine } from '../../src/parse/log-line.ts'
import { describe } from '../describe.ts'

const now = Date.UTC(2026, 10, 20, 12)
const iso = (line: string): string | undefined => {
  const { time } = parseLogLine(line, now)
  return time && 'at' in time ? new Date(time.at).toISOString() : undefined
}
const read = (line: string): [string | undefined, string] => {
  const { program, message } = parseLogLine(line, now)
  return [program, message]
}

describe('prefixes of log lines', (it) => {
  it('of syslog, old and new', () => {
    assert.equal(read('Nov 20 09:31:00 web1 dnsmasq[12]: query'), ['dnsmasq', 'query'])
    assert.is(iso('Nov 20 09:31:00 web1 dnsmasq[12]: query'), '2026-11-20T09:31:00.000Z')
    assert.is(iso('Dec 24 09:31:00 web1 dnsmasq[12]: of last year'), '2025-12-24T09:31:00.000Z')
    assert.equal(read('2026-11-20T09:31:00.5+01:00 web1 libvirtd[7]: hello'), ['libvirtd', 'hello'])
    assert.is(iso('2026-11-20T09:31:00.5+01:00 web1 libvirtd[7]: hello'), '2026-11-20T08:31:00.500Z')
    assert.equal(read('<6>1 2026-11-20T09:31:00.1Z web1 qemu-kvm 12 - - gone'), ['qemu-kvm', 'gone'])
  })

  it('of the kernel, also behind syslog', () => {
    assert.equal(read('[   12.345678] panic'), ['kernel', 'panic'])
    assert.equal(parseLogLine('[   12.345678] panic', now).time, { sinceBoot: 12.345678 })
    assert.equal(read('[    1.000000][    T1] panic'), ['kernel', 'panic'])
    assert.equal(read('kern  :err   : [   12.345678] panic'), ['kernel', 'panic'])
    assert.equal(read('Nov 20 09:31:00 web1 kernel: [   12.345678] panic'), ['kernel', 'panic'])
    assert.is(iso('Nov 20 09:31:00 web1 kernel: [   12.345678] panic'), '2026-11-20T09:31:00.000Z')
    assert.equal(read('[Fri Nov 20 09:31:00 2026] panic'), ['kernel', 'panic'])
    assert.is(iso('[Fri Nov 20 09:31:00 2026] panic'), '2026-11-20T09:31:00.000Z')
  })

  it('of Xen and its toolstacks', () => {
    assert.equal(read('(XEN) Dom0 has maximum 2 VCPUs'), ['xen', 'Dom0 has maximum 2 VCPUs'])
    assert.equal(read('(XEN) [    0.123456] text'), ['xen', 'text'])
    assert.equal(read('(XEN) [2026-11-20 09:31:00] text'), ['xen', 'text'])
    assert.equal(read('[2006-12-14 14:26:05 3986] ERROR (SrvBase:163) op=create: no'), ['xend', 'op=create: no'])
    assert.equal(read('[2006-12-14 14:26:05 xend 3986] DEBUG (balloon:133) Balloon'), ['xend', 'Balloon'])
    assert.equal(read('libxl: error: libxl_device.c:12:x: no'), [undefined, 'libxl: error: libxl_device.c:12:x: no'])
  })

  it('of libvirt and QEMU', () => {
    const line = '2026-11-20 09:31:00.123+0000: 1234: error : virNetSocketReadWire:1801 : End of file'
    assert.equal(read(line), ['libvirtd', 'End of file'])
    assert.is(iso(line), '2026-11-20T09:31:00.123Z')
    assert.equal(read('2026-11-20T09:31:00.123456Z qemu-system-x86_64: -device x: no'), [
      'qemu-system-x86_64',
      'qemu-system-x86_64: -device x: no',
    ])
    assert.equal(read('2026-11-20 09:31:00.123+0000: starting up libvirt'), [undefined, 'starting up libvirt'])
  })

  it('are not seen where there are none', () => {
    for (const line of ['error: Failed to start domain', '', '[1] + done', '2026 was a good year', '99-99-99'])
      assert.equal(parseLogLine(line, now), { message: line })
    assert.is(parseLogLine('Abc 20 09:31:00 web1 x: y', now).time, undefined)
  })
})
