import * as assert from 'uvu/assert'
import { guests } from '../../src/facts/guests.ts'
import { describe } from '../describe.ts'
import { type Given, matches, output, value } from '../evidence.ts'
import { paths, files, ls, XEN, WEB1, parse, of } from '../machines/guests.ts'
import { flips } from '../never-flips.ts'

const domain = (name: string, more = ''): string =>
  `<domain type='kvm'><name>${name}</name><uuid>6cf431fe-6149-4c54-8a09-1c17126beca0</uuid><devices>${more}</devices></domain>`
const DISK = `<disk type='file' device='disk'><source file='/srv/web1.img'/><target dev='vda'/></disk>`

describe('facts: guests, what runs and what may grow', (it) => {
  it('counts disks of blktap of guests that run, and what a guest has in all', () => {
    const file = (name: string) => WEB1.replaceAll('web1', name).replace('phy:', 'tap:aio:')
    const facts = parse([
      ...XEN,
      ...files('/etc/xen/*', { '/etc/xen/web1.cfg': file('web1'), '/etc/xen/off.cfg': file('off') }),
    ])
    assert.is(value(facts.runningTapDisks), 1)
    assert.equal(of(facts.all, 'xenDisks', 'devices')[0], [1, 2])
  })

  it('compares a running guest with its definition', () => {
    const hostdev = `<hostdev mode='subsystem' type='pci' managed='yes'><source><address bus='0x03' slot='0x10' function='0x1'/></source></hostdev>`
    const nic = (mac: string) =>
      `<interface type='network'><mac address='${mac}'/><source network='default'/></interface>`
    const cd = `<disk type='file' device='cdrom'><target dev='hdc' bus='ide'/></disk>`
    const given: Given[] = [
      ...files('/etc/libvirt/qemu/*.xml', {
        '/etc/libvirt/qemu/web1.xml': domain('web1', DISK + cd + nic('52:54:00:00:00:01')),
        '/etc/libvirt/qemu/off.xml': domain('off', DISK),
      }),
      ...files('/run/libvirt/qemu/*.xml', {
        '/run/libvirt/qemu/web1.xml': `<domstatus>${domain('web1', DISK + nic('52:54:00:00:00:02') + hostdev)}</domstatus>`,
        '/run/libvirt/qemu/temp.xml': `<domstatus>${domain('temp', DISK)}</domstatus>`,
      }),
    ]
    assert.equal(of(parse(given).deviceDrift, 'guest', 'device', 'ide', 'defined'), [
      ['web1', 'disk hdc', true, true],
      ['web1', 'interface 52:54:00:00:00:01', false, true],
      ['web1', 'interface 52:54:00:00:00:02', false, false],
      ['web1', 'hostdev 0000:03:10.1', false, false],
    ])
    assert.equal(flips(guests, given), [])
  })

  it('knows the system that libosinfo noted', () => {
    const noted = `<metadata><libosinfo:libosinfo xmlns:libosinfo="http://libosinfo.org/x"><libosinfo:os id="http://microsoft.com/win/10"/></libosinfo:libosinfo></metadata>`
    const text = domain('web1').replace('<devices>', `${noted}<devices>`)
    assert.equal(of(parse(files('/etc/libvirt/qemu/*.xml', { '/etc/libvirt/qemu/web1.xml': text })).all, 'os'), [
      ['http://microsoft.com/win/10'],
    ])
  })

  it('adds up what sparse images may still take, where their file system is a local one', () => {
    const disk = (path: string, format: string) =>
      `<disk type='file' device='disk'><driver type='${format}'/><source file='${path}'/><target dev='${path.slice(-1)}'/></disk>`
    const given: Given[] = [
      ...files('/etc/libvirt/qemu/*.xml', {
        '/etc/libvirt/qemu/web1.xml': domain(
          'web1',
          disk('/srv/a', 'raw') + disk('/srv/b', 'raw') + disk('/srv/c', 'qcow2') + disk('/nfs/d', 'raw'),
        ),
        '/etc/libvirt/qemu/web2.xml': domain('web2', disk('/srv/a', 'raw')),
      }),
      [paths, matches('/srv/a', '/srv/b', '/srv/c', '/nfs/d')],
      ...['/srv/a', '/srv/b', '/srv/c', '/nfs/d'].map((path) => ls(path, '4 -rw------- 1 0 0 10240 Nov 20 06:37')),
      ['/proc/mounts', '/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 /srv ext4 rw 0 0\nfiler:/x /nfs nfs4 rw 0 0\n'],
      [
        { command: ['df', '-klP'] },
        output(
          'Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 100 50 50 50% /\n/dev/sdb1 100 90 10 90% /srv\n',
        ),
      ],
    ]
    assert.equal(value(parse(given).rooms), [{ mount: '/srv', promised: 12288, available: 10240 }])
    assert.equal(flips(guests, given), [])
  })
})
