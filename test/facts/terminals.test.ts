import * as assert from 'uvu/assert'
import { terminals } from '../../src/facts/terminals.ts'
import type { Question } from '../../src/types.ts'
import { describe } from '../describe.ts'
import { evidence, type Given, matches, names, output, value } from '../evidence.ts'
import { losesNothing } from '../take-away.ts'

const tty = { list: '/sys/class/tty' }
const dom0: Given = ['/proc/xen/capabilities', 'control_d\n']
const xlList = { command: ['xl', 'list', '-l'] as const }
const read = (domid: string, path: string): Question => ({
  command: ['xenstore-read', `/local/domain/${domid}/${path}`],
})
const each = (path: string) => ({
  each: { command: ['xenstore-list', '/local/domain'] as const },
  pick: '^[1-9][0-9]*$',
  ask: read('{}', path),
})
const listed = JSON.stringify([
  { domid: 0, config: { c_info: { name: 'Domain-0' } } },
  { domid: 3, config: { c_info: { name: 'web1', type: 'pv' } } },
])
const none = output('', 1, "xenstore-read: couldn't read path /local/domain/3/serial/0/tty\n")
const xen: Given[] = [
  dom0,
  [xlList, output(listed)],
  [each('console/tty'), matches('3')],
  [read('3', 'console/tty'), output('/dev/pts/1\n')],
  [each('serial/0/tty'), matches('3')],
  [read('3', 'serial/0/tty'), none],
]
const parse = (...given: Given[]) => terminals.parse(evidence(terminals, given))
const status = (devices: string) =>
  `<domstatus state='running'><domain type='kvm'><name>web1</name><devices>${devices}</devices></domain></domstatus>`
const live = { file: '/run/libvirt/qemu/*.xml' }
const liveOld = { file: '/var/run/libvirt/qemu/*.xml' }
const web1: Given[] = [
  [live, matches('/run/libvirt/qemu/web1.xml')],
  [
    '/run/libvirt/qemu/web1.xml',
    status(
      `<serial type='pty'><source path='/dev/pts/4'/><target type='isa-serial' port='0'/><log file='/var/log/web1.log'/></serial>
       <serial type='tcp'><source mode='bind' host='127.0.0.1' service='4555'/><protocol type='telnet'/><target port='1'/></serial>
       <console type='pty' tty='/dev/pts/4'><source path='/dev/pts/4'/><target type='serial' port='0'/></console>`,
    ),
  ],
]

describe('facts: terminals', (it) => {
  it('finds ports by name, and no terminals of other kinds', () => {
    assert.equal(value(parse([tty, names('tty0', 'ttyS0', 'ttyUSB0', 'ttyACM12', 'ttyUSBx', 'ttyprintk')]).ports), [
      '/dev/ttyUSB0',
      '/dev/ttyACM12',
    ])
    assert.equal(value(parse([{ list: '/dev' }, names('cuau0', 'cuaU0', 'cuaU0.init', 'ttyu0', 'null')]).ports), [
      '/dev/cuau0',
      '/dev/cuaU0',
    ])
    assert.is(value(parse([tty, { gap: 'denied' }]).ports), 'denied')
  })

  it('reads the consoles of running guests of libvirt, the first of them once', () => {
    const owner = { guest: 'web1', configFile: '/run/libvirt/qemu/web1.xml', kind: 'serial' }
    const expected = [
      {
        ...{ ...owner, type: 'pty', source: '/dev/pts/4', target: 'isa-serial', listens: false, telnet: false },
        log: '/var/log/web1.log',
      },
      { ...owner, type: 'tcp', source: '127.0.0.1:4555', target: '', listens: true, telnet: true, log: '' },
    ]
    assert.equal(value(parse(...web1).libvirt), expected)
    const twice: Given[] = [
      [liveOld, matches('/var/run/libvirt/qemu/web1.xml')],
      ['/var/run/libvirt/qemu/web1.xml', web1[1]![1]],
    ]
    assert.equal(value(parse(...web1, ...twice).libvirt), expected)
  })

  it('finds the pseudo-terminals of Xen guests, which need not have one', () => {
    assert.equal(value(parse(...xen).xen), [{ guest: 'web1', domid: 3, kind: 'console', path: '/dev/pts/1' }])
    const hvm: Given = [read('3', 'serial/0/tty'), output('/dev/pts/2\n')]
    assert.is((value(parse(...xen, hvm).xen) as unknown[]).length, 2)
  })

  it('asks for none where this is no control domain, and knows none where the xenstore does not answer', () => {
    assert.equal(value(parse(['/proc/xen/capabilities', '\n'])['xen']), [])
    const [gap] = value(parse(dom0, [each('console/tty'), { gap: 'timeout' }]).xen) as { gap: string }[]
    assert.is(gap!.gap, 'timeout')
    const [broken] = value(
      parse(...xen.slice(0, 3), [read('3', 'console/tty'), output('', 1, 'xenstore-read: I/O error\n')]).xen,
    ) as { gap: string }[]
    assert.is(broken!.gap, 'malformed')
  })

  it('changes no fact when an answer is taken away', () => {
    losesNothing(terminals, [[tty, names('ttyUSB0')], ...xen, ...web1])
  })
})
