import * as assert from 'uvu/assert'
import { backends } from '../../src/facts/backends.ts'
import { describe } from '../describe.ts'
import { evidence, type Given, matches, output, status, value } from '../evidence.ts'
import { flips } from '../never-flips.ts'

const below = (kind: string) => ({ command: ['xenstore-ls', '-f', `/local/domain/0/backend/${kind}`] as const })
const VIF = `/local/domain/0/backend/vif/1 = ""   (n0)
/local/domain/0/backend/vif/1/0 = ""   (n0,r1)
/local/domain/0/backend/vif/1/0/bridge = "xenbr0"   (n0,r1)
/local/domain/0/backend/vif/1/0/hotplug-status = "connected"   (n0,r1)
/local/domain/0/backend/vif/1/0/state = "4"   (n0,r1)
/local/domain/0/backend/vif/2/0/hotplug-status = "error"
/local/domain/0/backend/vif/2/0/hotplug-error = "bridge nobr0 does not exist"
/local/domain/0/backend/vif/2/0/state = "2"
`
const missing = output('', 1, "xenstore-ls: couldn't read path: No such file or directory\n")
const LOG = `2026-11-20 05:51:24.075+0000: starting up libvirt version: 9.0.0, package: 9.0.0-4+deb12u2 (Debian)
LC_ALL=C \\
/usr/bin/qemu-system-x86_64 \\
-name guest=web1,debug-threads=on
2026-11-20T05:51:24.278Z qemu-system-x86_64: -drive file=/srv/x: Could not open '/srv/x': Permission denied
2026-11-20 05:51:25.078+0000: shutting down, reason=failed
`
const HOST: Given[] = [
  ['/proc/xen/capabilities', 'control_d\n'],
  [below('vif'), output(VIF)],
  [below('vbd'), missing],
  [below('qdisk'), missing],
  [below('pci'), missing],
  [{ command: ['xenstore-ls', '-f', '/local/domain/0/error'] }, missing],
  [
    { command: ['xl', 'list', '-l'] },
    output('[{"domid":1,"config":{"c_info":{"name":"pv1"}}},{"domid":2,"config":{"c_info":{"name":"pv2"}}}]'),
  ],
  [{ file: '/run/libvirt/qemu/*.xml' }, matches('/run/libvirt/qemu/web1.xml')],
  [
    '/run/libvirt/qemu/web1.xml',
    `<domstatus state='paused' reason='ioerror' pid='495'><domain type='kvm'><name>web1</name></domain></domstatus>`,
  ],
  [{ stat: '/var/lib/libvirt/qemu/save/*.save' }, matches('/var/lib/libvirt/qemu/save/db1.save')],
  [{ stat: '/var/lib/libvirt/qemu/save/db1.save' }, status({})],
  [{ file: '/var/log/libvirt/qemu/*.log' }, matches('/var/log/libvirt/qemu/web1.log')],
  ['/var/log/libvirt/qemu/web1.log', LOG],
  [{ file: '/var/log/xen/xl-*.log' }, matches('/var/log/xen/xl-panic.log')],
  [
    '/var/log/xen/xl-panic.log',
    'Waiting for domain panic (domid 3) to die [pid 447]\nDomain 3 has shut down, reason code 3 0x3\nDone. Exiting now\n',
  ],
]
const parse = (given: readonly Given[]) => backends.parse(evidence(backends, given))
type Items = Record<string, unknown>[]

describe('facts: backends', (it) => {
  it('reads the devices of running Xen guests', () => {
    assert.equal(
      (value(parse(HOST).devices) as Items).map(({ guest, kind, state, hotplugStatus }) => [
        guest,
        kind,
        state,
        hotplugStatus,
      ]),
      [
        ['pv1', 'vif', 'connected', 'connected'],
        ['pv2', 'vif', 'initwait', 'error'],
      ],
    )
  })

  it('has no devices where there is no Xen, and does not know them where xenstored is silent', () => {
    assert.equal(value(parse([]).devices), [])
    const silent = parse([
      ...HOST.filter(([one]) => JSON.stringify(one) !== JSON.stringify(below('vif'))),
      [below('vif'), { gap: 'timeout' }],
    ])
    assert.equal(
      (value(silent.devices) as Items).map((item) => item['gap']),
      ['timeout'],
    )
  })

  it('knows why libvirt has paused a guest', () => {
    const [domain] = value(parse(HOST).domains) as Items
    assert.equal(
      [domain!['guest'], domain!['state'], domain!['reason'], domain!['pid']],
      ['web1', 'paused', 'ioerror', 495],
    )
    assert.equal(value(parse(HOST).savedGuests), ['db1'])
  })

  it('tells with which processor libvirt has started a guest', () => {
    const path = '/run/libvirt/qemu/web1.xml'
    const withCpu = (text: string): Given[] => [
      [{ file: '/run/libvirt/qemu/*.xml' }, matches(path)],
      [path, `<domstatus state='running'><domain type='kvm'><name>web1</name>${text}</domain></domstatus>`],
    ]
    const cpu = "<cpu mode='custom' check='full'><model>EPYC</model><feature policy='disable' name='vme'/></cpu>"
    const [found] = value(parse(withCpu(cpu)).cpus) as Items
    assert.equal([found!['guest'], found!['model'], found!['hidden']], ['web1', 'EPYC', ['vme']])
    assert.equal((value(parse(withCpu('<cpu')).cpus) as Items)[0]!['gap'], 'malformed')
    assert.equal(value(parse([]).cpus), [])
  })

  it('follows a disk to its base images', () => {
    const disk = (chain: string) =>
      `<domstatus state='running' reason='booted' pid='495'><domain type='kvm'><name>web1</name><devices>\n<disk type='file'><source file='/srv/web1'/>${chain}<target dev='vda'/></disk></devices></domain></domstatus>`
    const read = (chain: string) =>
      (
        value(
          backends.parse(
            evidence(backends, [
              [{ file: '/run/libvirt/qemu/*.xml' }, matches('/run/libvirt/qemu/web1.xml')],
              ['/run/libvirt/qemu/web1.xml', disk(chain)],
            ]),
          ).backings,
        ) as { target: string; path: string }[]
      ).map(({ target, path }) => [target, path])
    const deeper = "<backingStore type='block'><source dev='/dev/vg0/base'/><backingStore/></backingStore>"
    assert.equal(read(`<backingStore type='file'><source file='/srv/base'/>${deeper}</backingStore>`), [
      ['vda', '/srv/base'],
      ['vda', '/dev/vg0/base'],
    ])
    assert.equal(read('<backingStore/>'), [])
    assert.equal(read(''), [])
  })

  it('reads how the last run ended', () => {
    assert.equal(
      (value(parse(HOST).logs) as Items).map(({ guest, ended }) => [guest, ended]),
      [
        ['web1', 'failed'],
        ['panic', 'crash'],
      ],
    )
    assert.match(String((value(parse(HOST).logs) as Items)[0]!['error']), /Permission denied$/)
  })

  it('forgets an earlier failure at the next start', () => {
    const again = `${LOG}2026-11-20 06:00:00.000+0000: starting up libvirt version: 9.0.0\n`
    const facts = parse([
      [{ file: '/var/log/libvirt/qemu/*.log' }, matches('/var/log/libvirt/qemu/web1.log')],
      ['/var/log/libvirt/qemu/web1.log', again],
    ])
    const [log] = value(facts.logs) as Items
    assert.equal([log!['started'], log!['ended'], log!['error']], ['2026-11-20 06:00:00.000+0000', '', ''])
  })

  it('says nothing else when any one answer is missing', () => {
    assert.equal(flips(backends, HOST), [])
    assert.equal(flips(backends, []), [])
  })
})
