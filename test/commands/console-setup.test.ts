import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import type { ConsoleLine } from '../../src/serial/setup/console-line.ts'
import type { ConsolePath } from '../../src/serial/setup/console-path.ts'
import { describe } from '../describe.ts'
import { folderWith } from '../hosts/machine-folder.ts'
import { needs } from '../needs.ts'
import { vdoctor } from '../vdoctor.ts'

const on = (machine: string): string[] => ['--from', `fixtures/hosts/${machine}`]
const checked = (machine: string) => {
  const { paths } = JSON.parse(vdoctor(['console', 'check', ...on(machine), '--format', 'json']).out) as {
    paths: ConsolePath[]
  }
  return paths.map(({ guest, device, links }) => [
    `${guest} ${device}`.trim(),
    ...(['missing', 'unknown'] as const).map((state) =>
      links.flatMap((one) => (one.state === state ? one.name : [])).join(' '),
    ),
  ])
}
const listed = (machine: string) =>
  (
    JSON.parse(vdoctor(['console', 'list', ...on(machine), '--format', 'json']).out) as { consoles: ConsoleLine[] }
  ).consoles.map(({ kind, guest, where, capture }) => `${kind} ${guest} ${where} ${capture?.join(' ') ?? '-'}`)

describe('console check', (it) => {
  it('follows the console of each recorded machine, and of its guests', () => {
    assert.equal(checked('kvm-host'), [
      ['ttyS0', '', ''],
      ['kvm1 ttyS0', 'log', 'login'],
    ])
    assert.equal(checked('xen-dom0'), [
      ['hvc0', '', ''],
      ['pv1 hvc0', 'log', 'login'],
      ['pvh1 hvc0', 'log', 'login'],
    ])
    assert.equal(checked('rhel5-xend-dom0'), [
      ['ttyS0', 'kernel login', 'hypervisor speed'],
      ['rhel5vm01 hvc0', 'log', 'kernel login'],
      ['winxp ttyS0', 'log', 'kernel login'],
    ])
    assert.equal(checked('freebsd-xen-dom0'), [
      ['xc0', '', ''],
      ['freebsd ttyS0', 'log', 'kernel login'],
    ])
    for (const guest of ['xen-pv-guest', 'xen-pvh-guest']) assert.equal(checked(guest), [['hvc0', '', '']])
    for (const machine of ['kvm-guest', 'xen-hvm-guest', 'bare-metal'])
      assert.equal(checked(machine), [['ttyS0', '', '']])
    assert.equal(checked('container'), [['', '', 'machine']])
  })

  it('exits with 1 where something is missing, and with 3 where that is not known and must be', () => {
    const code = (...args: string[]) => vdoctor(['console', 'check', ...args]).code
    assert.is(code(...on('kvm-host'), '--strict'), 1)
    assert.is(code(...on('bare-metal'), '--strict'), 0)
    assert.is(code(...on('container')), 0)
    assert.is(code(...on('container'), '--strict'), 3)
    assert.is(code('--from', 'no-such-machine'), 2)
  })

  it('prints lines as they are to be written', () => {
    const { out } = vdoctor(['console', 'check', ...on('rhel5-xend-dom0')])
    const [line] = /write +(kernel \/xen\.gz.*)/.exec(out)!.slice(1)
    assert.is(line, 'kernel /xen.gz-2.6.18-398.el5 dom0_mem=1024M com1=115200,8n1 console=com1,vga')
    assert.match(out, 'co:2345:respawn:/sbin/agetty ttyS0 115200 vt100-nav')
    assert.match(out, 'XENCONSOLED_LOG_GUESTS=yes')
  })
})

describe('console list', (it) => {
  it('shows what recorded machines have', () => {
    assert.equal(listed('kvm-host'), [
      'port  /dev/ttyS0 -',
      'unknown  ? -',
      'guest kvm1 /dev/pts/0 -- virsh console kvm1',
    ])
    assert.equal(listed('xen-dom0'), ['unknown  ? -', 'hypervisor  com1 -', 'unknown pv1 ? -', 'unknown pvh1 ? -'])
  })

  it('opens no terminal and no port', () => {
    if (!needs('strace')) return
    const trace = join(folderWith({ trace: '' }), 'trace')
    const { status } = spawnSync('strace', [
      ...['-f', '-qq', '-e', 'trace=open,openat,openat2,creat', '-o', trace],
      ...[process.execPath, 'bin/vdoctor.cjs', 'console', 'list'],
    ])
    assert.is(status, 0)
    const opened = readFileSync(trace, 'utf8').split('\n')
    assert.ok(opened.some((line) => line.includes('"/proc/tty/driver/serial"')))
    // Programs that it starts are watched as well; ps asks /dev/tty, which is whatever terminal it runs on, for its width.
    assert.equal(
      opened.filter((line) => /"\/dev\/(tty\w|pts|cua|hvc|xvc|console)/.test(line)),
      [],
    )
  })
})
