import * as assert from 'uvu/assert'
import { guests } from '../../src/facts/guests.ts'
import { describe } from '../describe.ts'
import { evidence, type Given, matches, names, output, status, target, value } from '../evidence.ts'
import { paths, xlList, listed, files, ls, XEN, WEB1, parse, items, of } from '../machines/guests.ts'
import { flips } from '../never-flips.ts'

const DB1 = WEB1.replaceAll('web1', 'db1')

const XEN_HOST: Given[] = [
  ...XEN,
  ...files('/etc/xen/*', {
    '/etc/xen/web1.cfg': WEB1,
    '/etc/xen/db1.cfg': DB1,
    '/etc/xen/xl.conf': 'autoballoon="off"\n',
  }),
  ...files('/etc/xen/auto/*', { '/etc/xen/auto/web1.cfg': WEB1 }),
  [{ link: '/etc/xen/auto/*' }, matches('/etc/xen/auto/web1.cfg')],
  [{ link: '/etc/xen/auto/web1.cfg' }, target('../web1.cfg')],
  [paths, matches('/boot/vmlinuz', '/dev/vg0/web1', '/dev/vg0/db1')],
  ls('/boot/vmlinuz', '8 -rw-r--r-- 1 0 0 8192 Nov 20 06:37'),
  ls('/dev/vg0/web1', '0 brw-rw---- 1 0 6 253, 1 Nov 20 06:37'),
  ls('/dev/vg0/db1', null),
]

const domain = (name: string, more = ''): string =>
  `<domain type='kvm'><name>${name}</name><uuid>6cf431fe-6149-4c54-8a09-1c17126beca0</uuid><devices>${more}</devices></domain>`
const DISK = `<disk type='file' device='disk'><source file='/srv/web1.img'/><target dev='vda'/></disk>`

const KVM_HOST: Given[] = [
  ...files('/etc/libvirt/qemu/*.xml', {
    '/etc/libvirt/qemu/web1.xml': domain('web1', DISK),
    '/etc/libvirt/qemu/web2.xml': domain('web2', DISK),
  }),
  ...files('/run/libvirt/qemu/*.xml', {
    '/run/libvirt/qemu/web1.xml': `<domstatus state='running'>${domain('web1', DISK)}</domstatus>`,
    '/run/libvirt/qemu/temp.xml': `<domstatus state='running'>${domain('temp')}</domstatus>`,
  }),
  [{ list: '/etc/libvirt/qemu/autostart' }, names('web2.xml')],
  [paths, matches('/srv/web1.img')],
  ls('/srv/web1.img', '4 -rw------- 1 0 0 10737418240 Nov 20 06:37'),
]

describe('facts: guests', (it) => {
  it('reads the labels of disks, where that is asked', () => {
    const labels = guests.asks.find((ask) => 'each' in ask && 'command' in ask.ask && ask.ask.command.includes('-dLZ'))!
    const given: Given[] = [
      ...XEN_HOST,
      [labels, matches('/dev/vg0/web1', '/dev/vg0/db1')],
      [
        { command: ['ls', '-dLZ', '/dev/vg0/web1'] },
        output('brw-r-----  root disk system_u:object_r:fixed_disk_device_t /dev/vg0/web1\n'),
      ],
      [{ command: ['ls', '-dLZ', '/dev/vg0/db1'] }, output('', 2, 'ls: /dev/vg0/db1: No such file or directory\n')],
    ]
    const read = (of: readonly Given[]) =>
      (value(guests.parse(evidence(guests, of)).disks) as { target: string; label: unknown }[]).map(({ label }) =>
        typeof label === 'object' ? '?' : label,
      )
    assert.equal(read(given), ['fixed_disk_device_t', ''])
    assert.equal(read([...XEN_HOST, [labels, { gap: 'withheld' }]]), ['?', '?'])
    assert.equal(flips(guests, given), [])
  })

  it('makes one guest of a file and the link that starts it', () => {
    const facts = parse(XEN_HOST)
    assert.equal(of(facts.all, 'name', 'running', 'autostart', 'configFile'), [
      ['web1', true, true, '/etc/xen/web1.cfg'],
      ['db1', false, false, '/etc/xen/db1.cfg'],
    ])
    assert.equal(of(facts.disks, 'path', 'missing', 'size'), [
      ['/dev/vg0/web1', false, null],
      ['/dev/vg0/db1', true, null],
    ])
    assert.equal(of(facts.all, 'kernelMissing'), [[false], [false]])
    assert.is(value(facts.runningCount), 1)
  })

  it('makes one guest of a definition and what runs of it, and finds what runs without one', () => {
    const facts = parse(KVM_HOST)
    assert.equal(of(facts.all, 'name', 'running', 'autostart', 'configFile'), [
      ['web1', true, false, '/etc/libvirt/qemu/web1.xml'],
      ['web2', false, true, '/etc/libvirt/qemu/web2.xml'],
      ['temp', true, false, '/run/libvirt/qemu/temp.xml'],
    ])
    assert.equal(of(facts.disks, 'size', 'allocated')[0], [10737418240, 4096])
    assert.is(value(facts.runningCount), 2)
  })

  it('finds the disk that two guests write to', () => {
    assert.equal(of(parse(KVM_HOST).sharedDisks, 'value', 'guest', 'other', 'active'), [
      ['/srv/web1.img', 'web1', 'web2', true],
    ])
    assert.equal(of(parse(KVM_HOST).duplicateUuids, 'guest', 'other').length, 3)
  })

  it('finds one MAC address twice, but not in the record that xend keeps of the same guest', () => {
    assert.equal(of(parse(XEN_HOST).duplicateMacs, 'value', 'active'), [['00:16:3e:01:02:03', false]])
    const sxp = '(domain (name web1) (device (vif (mac 00:16:3e:01:02:03))))'
    const facts = parse([
      ...XEN,
      ...files('/etc/xen/*', { '/etc/xen/web1.cfg': WEB1 }),
      ...files('/var/lib/xend/domains/*/config.sxp', { '/var/lib/xend/domains/u/config.sxp': sxp }),
    ])
    assert.equal(value(facts.duplicateMacs), [])
    assert.is(items(facts.all).length, 2)
  })

  it('finds two files for one name that are both started; a copy of a file is no second guest', () => {
    const RESCUE = WEB1.replace('512', '256')
    const clashes = (more: string, auto: Record<string, string>): unknown[] => {
      const { duplicateNames } = parse([
        ...XEN,
        ...files('/etc/xen/*', { '/etc/xen/web1.cfg': WEB1, '/etc/xen/other.cfg': more }),
        ...files('/etc/xen/auto/*', auto),
      ])
      return of(duplicateNames, 'configFile', 'otherFile', 'active')
    }
    const both = { '/etc/xen/auto/web1.cfg': WEB1, '/etc/xen/auto/rescue.cfg': RESCUE }
    assert.equal(clashes(RESCUE, both), [['/etc/xen/web1.cfg', '/etc/xen/other.cfg', true]])
    assert.equal(clashes(RESCUE, { '/etc/xen/auto/web1.cfg': WEB1 }), [
      ['/etc/xen/web1.cfg', '/etc/xen/other.cfg', false],
    ])
    assert.equal(clashes(WEB1, { '/etc/xen/auto/web1.cfg': WEB1 }), [])
  })

  it('lists a domain whose file is somewhere else, and not domain 0', () => {
    const facts = parse([...XEN.slice(0, 2), [xlList, output(listed('elsewhere'))]])
    assert.equal(of(facts.all, 'name', 'configFile', 'running'), [['elsewhere', '', true]])
  })

  it('tells the processors of a domain whose file is somewhere else as its toolstack has them', () => {
    const bits = `${'x'.repeat(31)}0`
    const cpuid = [
      { leaf: 1, ecx: bits, edx: null },
      { leaf: 7, subleaf: 0, ebx: `${'x'.repeat(26)}0xxxxx` },
    ]
    for (const written of [cpuid, { cpuid, msr: [] }]) {
      const b_info = { cpuid: written, tsc_mode: 'native', nested_hvm: 'True' }
      const domain = JSON.stringify([{ domid: 3, config: { c_info: { name: 'elsewhere', type: 'hvm' }, b_info } }])
      const facts = parse([...XEN.slice(0, 2), [xlList, output(domain)]])
      assert.equal(of(facts.cpus, 'guest', 'hidden', 'nested', 'tscMode'), [
        ['elsewhere', ['pni', 'avx2'], true, 'native'],
      ])
    }
  })

  it('has no guests where there is neither Xen nor libvirt', () => {
    assert.equal(value(parse([]).all), [])
    assert.is(value(parse([]).runningCount), 0)
  })

  it('does not know who runs in a dom0 whose xenstored is gone', () => {
    const facts = parse([
      ['/proc/xen/capabilities', 'control_d\n'],
      [xlList, { gap: 'withheld' }],
      ...files('/etc/xen/*', { '/etc/xen/web1.cfg': WEB1 }),
    ])
    assert.equal(of(facts.all, 'name'), [['web1'], 'withheld'])
    assert.is(value(facts.runningCount), 'withheld')
  })

  it('reports a file that cannot be read, and does not judge what is in it', () => {
    const facts = parse([...XEN, ...files('/etc/xen/*', { '/etc/xen/web1.cfg': `${WEB1}extra = "oops\n` })])
    assert.equal(of(facts.syntaxErrors, 'file', 'line', 'python', 'toolstack'), [['/etc/xen/web1.cfg', 6, false, 'xl']])
    assert.equal(of(facts.all, 'name'), [['web1']])
    assert.equal(of(facts.all, 'configFile'), [['']])
  })

  it('leaves examples, backups and scripts alone', () => {
    const facts = parse([
      ...XEN.slice(0, 2),
      [xlList, output(listed())],
      ...files('/etc/xen/*', {
        '/etc/xen/xlexample.hvm': WEB1,
        '/etc/xen/web1.cfg.bak': WEB1,
        '/etc/xen/web1.cfg~': WEB1,
        '/etc/xen/xend-config.sxp': '(name x)',
        '/etc/xen/qemu-ifup': '#!/bin/sh\nname=$1\n',
      }),
    ])
    assert.equal(value(facts.all), [])
    assert.equal(value(facts.syntaxErrors), [])
  })

  it('takes the files for those of xend where only xend is', () => {
    const facts = parse([
      ['/proc/xen/capabilities', 'control_d\n'],
      [{ stat: '/usr/sbin/xend' }, status({})],
      ...files('/etc/xen/*', { '/etc/xen/web1': WEB1 }),
    ])
    assert.equal(of(facts.all, 'toolstack'), [['xend']])
  })

  it('takes no notice of them on a host that does not run Xen', () => {
    const here = [[{ stat: '/usr/sbin/xl' }, status({})], ...files('/etc/xen/*', { '/etc/xen/web1': WEB1 })] as Given[]
    assert.equal(value(parse(here).all), [])
    assert.equal(of(parse([...here, ['/sys/hypervisor/type', 'xen\n']]).all, 'name'), [['web1']])
    const uuid: Given = ['/sys/hypervisor/uuid', '0164f04d-5d72-4434-81a4-244aa040624f\n']
    assert.equal(value(parse([...here, ['/sys/hypervisor/type', 'xen\n'], uuid]).all), [])
  })

  it('leaves files alone that no toolstack is there to read', () => {
    const left = files('/etc/xen/*', { '/etc/xen/web1.cfg': WEB1 })
    assert.equal(value(parse(left).all), [])
    assert.equal(flips(guests, [...left, ['/sys/hypervisor/type', { gap: 'absent' }]]), [])
  })

  it('reads which domains run from xm where there is no xl', () => {
    const table =
      'Name        ID   Mem VCPUs      State   Time(s)\nDomain-0     0  1024     2     r-----    100.0\nweb1         3   512     1     -b----     12.3\ndb1              512     1                0.0\n'
    const facts = parse([
      ['/proc/xen/capabilities', 'control_d\n'],
      [{ command: ['xm', 'list'] }, output(table)],
      ...files('/etc/xen/*', { '/etc/xen/web1': WEB1, '/etc/xen/db1': DB1 }),
    ])
    assert.equal(of(facts.all, 'name', 'running'), [
      ['web1', true],
      ['db1', false],
    ])
  })

  it('counts files of guests that need a loop device', () => {
    const file = (name: string) => WEB1.replaceAll('web1', name).replace('phy:', 'file:')
    const facts = parse([
      ...XEN,
      ...files('/etc/xen/*', { '/etc/xen/web1.cfg': file('web1'), '/etc/xen/off.cfg': file('off') }),
    ])
    assert.is(value(facts.activeFileDisks), 1)
  })

  it('sees hda and xvda in one place, in HVM guests only', () => {
    const clashes = (type: string) => {
      const text = `name="web1"\ntype="${type}"\ndisk=['/a/b,raw,hda,w','/a/c,raw,xvda,w']\n`
      return of(parse([...XEN, ...files('/etc/xen/*', { '/etc/xen/web1.cfg': text })]).disks, 'clashes')
    }
    assert.equal(clashes('hvm'), [['xvda'], ['hda']])
    assert.equal(clashes('pv'), [[''], ['']])
  })

  it('finds links that lead nowhere', () => {
    const facts = parse([
      ...XEN_HOST.filter(([one]) => JSON.stringify(one) !== JSON.stringify({ link: '/etc/xen/auto/*' })),
      [{ link: '/etc/xen/auto/*' }, matches('/etc/xen/auto/web1.cfg', '/etc/xen/auto/gone.cfg')],
      [{ link: '/etc/xen/auto/gone.cfg' }, target('../gone.cfg')],
      ['/etc/xen/auto/gone.cfg', { gap: 'absent' }],
    ])
    assert.equal(of(facts.brokenAutostart, 'file', 'target'), [['/etc/xen/auto/gone.cfg', '../gone.cfg']])
    assert.equal(value(parse(XEN_HOST).brokenAutostart), [])
  })

  it('adds up the memory of those that run or will', () => {
    assert.is(value(parse(XEN_HOST).activeMemory), 536870912)
  })

  it('says nothing else when any one answer is missing', () => {
    assert.equal(flips(guests, XEN_HOST), [])
    assert.equal(flips(guests, KVM_HOST), [])
    assert.equal(flips(guests, []), [])
  })

  it('finds what differs between a running guest and its file', () => {
    const config = {
      c_info: { name: 'web1', type: 'pv' },
      b_info: { max_memkb: 1048576, max_vcpus: 2 },
      disks: [{ vdev: 'xvda' }],
      nics: [{ mac: '00:16:3e:01:02:03' }],
      pcidevs: [{ bus: 6, dev: 1 }],
    }
    const domain = JSON.stringify([{ domid: 1, config }])
    const host: Given[] = [...XEN_HOST.filter(([question]) => question !== xlList), [xlList, output(domain)]]
    const rows = [
      ['web1', 'maxmem', '512 MiB', '1024 MiB'],
      ['web1', 'vcpus', '1', '2'],
      ['web1', 'pci', 'none', '0000:06:01.0'],
    ]
    assert.equal(of(parse(host).differences, 'guest', 'setting', 'file', 'running'), rows)
    assert.equal(flips(guests, host), [])
    const twice = files('/etc/xen/*', { '/etc/xen/web1.cfg': WEB1, '/etc/xen/old.cfg': WEB1.replace('512', '256') })
    assert.equal(parse([...host, ...twice]).differences.ok && items(parse([...host, ...twice]).differences), [])
  })
})
