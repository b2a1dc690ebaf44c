import * as assert from 'uvu/assert'
import { backends } from '../../src/facts/backends.ts'
import { guests } from '../../src/facts/guests.ts'
import { libvirt } from '../../src/facts/libvirt.ts'
import { network } from '../../src/facts/network.ts'
import { provisions } from '../../src/facts/provisions.ts'
import { storage } from '../../src/facts/storage.ts'
import { realPath, realPathAsks } from '../../src/facts/storage/real-paths.ts'
import { xen } from '../../src/facts/xen.ts'
import { isUnknown } from '../../src/evidence/result.ts'
import { describe } from '../describe.ts'
import { evidence, type Given, matches, names, output, status, value } from '../evidence.ts'
import { flips } from '../never-flips.ts'

type Items = Record<string, unknown>[]
/** What `readlink -f` says of each path; "" where it is not there. */
const leads = (...list: (readonly [string, string])[]): Given[] => [
  [realPathAsks.realPaths, matches(...list.map(([path]) => path))],
  ...list.map(([path, real]): Given => [
    { command: ['readlink', '-f', path] },
    real === '' ? output('', 1) : output(`${real}\n`),
  ]),
]

const MOUNTS = `proc /proc proc rw 0 0
/dev/sda1 / ext4 rw 0 0
tank/images /tank zfs rw 0 0
filer:/images /mnt/images nfs4 rw,vers=4.2 0 0
-hosts /net autofs rw 0 0
`
const STORAGE: Given[] = [
  ['/proc/mounts', MOUNTS],
  [{ list: '/dev/mapper' }, names('control', 'vg0-web--1', '3600a0b8')],
  [{ list: '/dev/disk/by-id' }, names('wwn-0x5000')],
  ...leads(['/srv/a.img', '/mnt/images/a.img'], ['/srv/gone/b.img', '']),
]

const STATUS = `<domstatus state='running' reason='booted' pid='413'>
  <job type='none' async='backup'/>
  <qemuCaps><flag name='kvm'/><flag name='migration-file-drop-cache'/></qemuCaps>
  <blockjobs active='yes'/>
  <domain type='kvm' id='1'><name>web1</name>
    <seclabel type='dynamic' model='selinux' relabel='yes'/><seclabel type='dynamic' model='dac' relabel='yes'/>
  </domain>
</domstatus>`
const QUIET = `<domstatus state='paused' reason='user' pid='9'><job type='query' async='none'/><blockjobs active='no'/><domain><name>db1</name></domain></domstatus>`
const BACKENDS: Given[] = [
  [{ file: '/run/libvirt/qemu/*.xml' }, matches('/run/libvirt/qemu/web1.xml', '/run/libvirt/qemu/db1.xml')],
  ['/run/libvirt/qemu/web1.xml', STATUS],
  ['/run/libvirt/qemu/db1.xml', QUIET],
  [{ list: '/var/lib/libvirt/qemu/snapshot/*' }, matches('/var/lib/libvirt/qemu/snapshot/web1')],
  [{ list: '/var/lib/libvirt/qemu/snapshot/web1' }, names('before update.xml', 'notes')],
]

const GUEST = `<domain type='kvm'><name>web1</name>
  <memoryBacking><hugepages><page size='1' unit='GiB'/></hugepages></memoryBacking>
  <os><type arch='x86_64' machine='q35'>hvm</type><loader readonly='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE.fd</loader>
    <nvram template='/usr/share/OVMF/OVMF_VARS.fd'>/var/lib/libvirt/qemu/nvram/web1.fd</nvram></os>
  <launchSecurity type='sev'/>
  <devices>
    <disk type='file' device='disk'><source file='/srv/web1.img'/><target dev='vda' bus='virtio'/><transient/></disk>
    <disk type='file' device='disk'><source file='/srv/web2.img'/><target dev='vdb' bus='virtio'/></disk>
    <interface type='hostdev'><source><address type='pci' domain='0' bus='3' slot='0' function='0'/></source><teaming type='transient' persistent='ua-x'/></interface>
    <filesystem type='mount'><driver type='virtiofs'/><source dir='/srv/web'/><target dir='web'/></filesystem>
    <filesystem type='mount'><source dir='/srv/log'/><target dir='log'/></filesystem>
    <tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>
    <tpm model='tpm-tis'><backend type='passthrough'><device path='/dev/tpm0'/></backend></tpm>
    <shmem name='ours' role='peer'><model type='ivshmem-plain'/></shmem>
    <memory model='nvdimm'><source><path>/srv/nv</path></source></memory>
    <rng model='virtio'><backend model='random'>/dev/hwrng</backend></rng>
  </devices></domain>`
const PLAIN = `<domain type='kvm'><name>db1</name><os><type>hvm</type><nvram type='file'><source file='/srv/db1.fd'/></nvram></os>
  <memoryBacking><hugepages/></memoryBacking></domain>`

describe('facts of a guest that is to move', (it) => {
  const guestsOf = (given: readonly Given[]) => guests.parse(evidence(guests, given))
  const KVM: Given[] = [
    [{ file: '/etc/libvirt/qemu/*.xml' }, matches('/etc/libvirt/qemu/web1.xml', '/etc/libvirt/qemu/db1.xml')],
    ['/etc/libvirt/qemu/web1.xml', GUEST],
    ['/etc/libvirt/qemu/db1.xml', PLAIN],
  ]

  it('what ties a libvirt guest to its host', () => {
    const facts = guestsOf(KVM)
    const [web, db] = value(facts.all) as Items
    const of = ({ nvram, nvramTemplate, hugePages, hugePageSize, launchSecurity }: Items[number]) => [
      ...[nvram, nvramTemplate, hugePages, hugePageSize, launchSecurity],
    ]
    const [code, vars] = ['/var/lib/libvirt/qemu/nvram/web1.fd', '/usr/share/OVMF/OVMF_VARS.fd']
    assert.equal(of(web!), [code, vars, true, 2 ** 30, 'sev'])
    assert.equal(of(db!), ['/srv/db1.fd', '', true, null, ''])
    assert.equal(
      (value(facts.disks) as Items).map(({ target: dev, transient }) => [dev, transient]),
      [
        ['vda', true],
        ['vdb', false],
      ],
    )
    assert.equal(
      (value(facts.hostdevs) as Items).map(({ standby }) => standby),
      [true],
    )
    assert.equal(
      (value(facts.peripherals) as Items).map(({ kind, type, model, source, role }) => [
        kind,
        type,
        model,
        source,
        role,
      ]),
      [
        ['filesystem', 'virtiofs', '', '/srv/web', ''],
        ['filesystem', 'path', '', '/srv/log', ''],
        ['tpm', 'emulator', 'tpm-crb', '', ''],
        ['tpm', 'passthrough', 'tpm-tis', '/dev/tpm0', ''],
        ['shmem', '', 'ivshmem-plain', 'ours', 'peer'],
        ['memory', '', 'nvdimm', '/srv/nv', ''],
        ['rng', 'random', 'virtio', '/dev/hwrng', ''],
      ],
    )
    assert.equal(flips(guests, KVM), [])
  })

  it('what ties a guest of xl to its host', () => {
    const of = (text: string) => {
      const file = '/etc/xen/web1.cfg'
      const given: Given[] = [
        ['/proc/xen/capabilities', 'control_d\n'],
        [{ file: '/etc/xen/*' }, matches(file)],
        [file, `name = "web1"\nmemory = 256\n${text}`],
      ]
      const [guest] = value(guestsOf(given).all) as Items
      return [guest!['nomigrate'], guest!['vnuma'], guest!['nestedHvm']]
    }
    assert.equal(of('nomigrate = 1\nvnuma = [ [ "pnode=0", "size=256" ] ]\nnestedhvm = 1\n'), [true, true, true])
    assert.equal(of('nomigrate = 0\n'), [false, false, false])
  })

  it('what libvirt notes of it while it runs, and its snapshots', () => {
    const facts = backends.parse(evidence(backends, BACKENDS))
    assert.equal(
      (value(facts.domains) as Items).map(({ guest, job, blockJobs, dropsCache, securityModels }) => [
        ...[guest, job, blockJobs, dropsCache, securityModels],
      ]),
      [
        ['web1', 'backup', true, true, ['selinux', 'dac']],
        ['db1', '', false, false, []],
      ],
    )
    assert.equal(
      (value(facts.snapshots) as Items).map(({ guest, name }) => [guest, name]),
      [['web1', 'before update']],
    )
    assert.equal(flips(backends, BACKENDS), [])
  })

  it('snapshots in a folder that is closed are not known', () => {
    const closed: Given[] = [[{ list: '/var/lib/libvirt/qemu/snapshot/*' }, { gap: 'denied' }]]
    const [gap] = value(backends.parse(evidence(backends, closed)).snapshots) as unknown[]
    assert.ok(isUnknown(gap))
  })
})

describe('facts of a host that sends or receives guests', (it) => {
  it('file systems of users, names of disks, ways to images', () => {
    const facts = storage.parse(evidence(storage, STORAGE))
    assert.equal(
      (value(facts['fileSystems']!) as Items).map(({ point }) => point),
      ['/', '/tank', '/mnt/images', '/net'],
    )
    assert.equal(value(facts['blockNames']!), [
      '/dev/mapper/control',
      '/dev/mapper/vg0-web--1',
      '/dev/vg0/web-1',
      '/dev/mapper/3600a0b8',
      '/dev/disk/by-id/wwn-0x5000',
    ])
    assert.equal(flips(storage, STORAGE), [])
    const list = value(facts['realPaths']!) as { path: string; real: string }[]
    assert.is(value(realPath('/srv/a.img', list)), '/mnt/images/a.img')
    assert.is(value(realPath('/srv/gone/b.img', list)), 'absent')
    assert.is(value(realPath('/srv/c.img', list)), 'not-recorded')
  })

  it('who libvirt takes the host for', () => {
    const uuid = (...given: Given[]) => value(libvirt.parse(evidence(libvirt, given)).hostUuid)
    const board: Given = ['/sys/class/dmi/id/product_uuid', 'C86F819C-81BC-47DA-B826-AB218730ABA0\n']
    assert.is(uuid(board), 'c86f819c81bc47dab826ab218730aba0')
    assert.is(uuid(), '', 'no board: libvirt invents one')
    assert.is(uuid(['/sys/class/dmi/id/product_uuid', 'ffffffff-ffff-ffff-ffff-ffffffffffff\n']), '')
    assert.is(uuid(['/sys/class/dmi/id/product_uuid', { gap: 'denied' }]), 'denied')
    const set = (text: string): Given[] =>
      ['libvirtd', 'virtqemud'].map((name): Given => [`/etc/libvirt/${name}.conf`, text])
    assert.is(
      uuid(board, ...set('host_uuid = "00000000-0000-0000-0000-000000000001"\n')),
      '00000000000000000000000000000001',
    )
    const machine = set('host_uuid_source = "machine-id"\n')
    assert.is(
      uuid(board, ...machine, ['/etc/machine-id', '0123456789abcdef0123456789abcdef\n']),
      '0123456789abcdef0123456789abcdef',
    )
    assert.is(uuid(board, set('host_uuid = "1"\n')[0]!), 'unsupported', 'which daemon runs?')
  })

  it('what qemu.conf says about migrations', () => {
    const of = (text: string) => {
      const facts = libvirt.parse(evidence(libvirt, [['/etc/libvirt/qemu.conf', text]]))
      return [facts.lockManager, facts.tlsForced, facts.firstPort, facts.lastPort].map(value)
    }
    assert.equal(of(''), ['', false, 49152, 49215])
    assert.equal(
      of('lock_manager = "lockd"\nmigrate_tls_force = 1\nmigration_port_min = 50000\nmigration_port_max = 50099\n'),
      [...['lockd', true, 50000, 50099]],
    )
    assert.equal(of('lock_manager = "nop"\n')[0], '')
    const given: Given[] = [
      ['/etc/libvirt/qemu.conf', 'lock_manager = "lockd"\n'],
      ['/sys/class/dmi/id/product_uuid', 'c86f819c-81bc-47da-b826-ab218730aba0\n'],
      ['/etc/libvirt/libvirtd.conf', '#\n'],
    ]
    assert.equal(flips(libvirt, given), [])
  })

  it('ports, VLANs, names, Open vSwitch', () => {
    const given: Given[] = [
      [
        '/proc/net/tcp',
        '  sl  local_address rem_address   st\n   0: 00000000:0016 00000000:0000 0A 0\n   1: 0100007F:0CEA 00000000:0000 0A 0\n   2: 0A00020F:1F42 0A000202:C000 01 0\n',
      ],
      ['/proc/net/tcp6', '   0: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 0A 0\n'],
      [
        '/proc/net/vlan/config',
        'VLAN Dev name    | VLAN ID\nName-Type: VLAN_NAME_TYPE_RAW_PLUS_VID_NO_PAD\neth0.100       | 100  | eth0\n',
      ],
      ['/etc/hosts', '127.0.0.1 localhost\n192.0.2.7\txen1.example.com xen1 # ours\n# 192.0.2.8 old\n'],
      [{ stat: '/var/run/openvswitch/db.sock' }, status({ type: 'socket' })],
    ]
    const facts = network.parse(evidence(network, given))
    assert.equal(value(facts.listening), [22])
    assert.equal(
      (value(facts.vlans) as Items).map(({ name, id, parent }) => [name, id, parent]),
      [['eth0.100', 100, 'eth0']],
    )
    assert.equal(
      (value(facts.hosts) as Items).map(({ address, names: known }) => [address, known]),
      [
        ['127.0.0.1', ['localhost']],
        ['192.0.2.7', ['xen1.example.com', 'xen1']],
      ],
    )
    assert.is(value(facts.openVswitch), true)
    assert.is(value(network.parse(evidence(network, [])).listening), 'absent', 'another system than Linux')
    assert.equal(flips(network, given), [])
  })

  it('files that it brings along', () => {
    const given: Given[] = [
      [{ list: '/boot' }, names('vmlinuz')],
      [{ list: '/usr/share/OVMF' }, { gap: 'denied' }],
    ]
    const facts = provisions.parse(evidence(provisions, given))
    const folders = value(facts.folders) as unknown[]
    assert.ok(folders.includes('/boot') && folders.includes('/usr/share/qemu') && !folders.includes('/usr/share/OVMF'))
    assert.equal((value(facts.files) as unknown[])[0], '/boot/vmlinuz')
    assert.ok((value(facts.files) as unknown[]).some(isUnknown))
    assert.equal(flips(provisions, given), [])
  })

  it('whom xend lets send guests', () => {
    const of = (text: string) => value(xen.parse(evidence(xen, [['/etc/xen/xend-config.sxp', text]])).relocationHosts)
    assert.equal(of("(xend-relocation-hosts-allow '^localhost$ ^xen1$')\n"), ['^localhost$', '^xen1$'])
    assert.equal(of("(xend-relocation-hosts-allow '')\n"), [])
    assert.equal(of('(xend-port 8000)\n'), [])
    const port = (text: string) => value(xen.parse(evidence(xen, [['/etc/xen/xend-config.sxp', text]])).relocationPort)
    assert.equal([port('(xend-relocation-port 8010)\n'), port('(xend-port 8000)\n')], [8010, 8002])
  })
})
