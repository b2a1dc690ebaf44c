import * as assert from 'uvu/assert'
import { askKey } from '../../src/evidence/ask.ts'
import { Evidence } from '../../src/evidence/evidence.ts'
import { isUnknown } from '../../src/evidence/result.ts'
import { backends } from '../../src/facts/backends.ts'
import { clock } from '../../src/facts/clock.ts'
import { guests } from '../../src/facts/guests.ts'
import { network } from '../../src/facts/network.ts'
import { pairFacts } from '../../src/facts/pair.ts'
import { processAsks } from '../../src/facts/process-list.ts'
import { provisions } from '../../src/facts/provisions.ts'
import { realPathAsks } from '../../src/facts/storage/real-paths.ts'
import { storage } from '../../src/facts/storage.ts'
import type { Answer, Result } from '../../src/types.ts'
import { describe } from '../describe.ts'
import { evidence, type Given, matches, names, output } from '../evidence.ts'

const SETS = [guests, storage, backends, network, clock, provisions]
const ASKS = { asks: SETS.flatMap(({ asks }) => asks) }
type Facts = Record<string, Record<string, Result<unknown>>>
const factsOf = (answers: Evidence): Facts => Object.fromEntries(SETS.map((set) => [set.name, set.parse(answers)]))

const leads = (...list: (readonly [string, string])[]): Given[] => [
  [realPathAsks.realPaths, matches(...list.map(([path]) => path))],
  ...list.map(([path, real]): Given => [{ command: ['readlink', '-f', path] }, output(`${real}\n`)]),
]
const same = (...paths: string[]): Given[] => leads(...paths.map((path) => [path, path] as const))

const disk = (path: string, target: string): string =>
  path.startsWith('/dev/')
    ? `<disk type='block' device='disk'><source dev='${path}'/><target dev='${target}'/></disk>`
    : `<disk type='file' device='disk'><source file='${path}'/><target dev='${target}'/></disk>`
const domain = (devices: string): string =>
  `<domain type='kvm'><name>web1</name><os><type>hvm</type><kernel>/boot/vmlinuz-1</kernel></os><devices>${devices}</devices></domain>`
const guest = (devices: string): Given[] => [
  [{ file: '/etc/libvirt/qemu/*.xml' }, matches('/etc/libvirt/qemu/web1.xml')],
  ['/etc/libvirt/qemu/web1.xml', domain(devices)],
]
const mounts = (...lines: string[]): Given => ['/proc/mounts', `/dev/sda1 / ext4 rw 0 0\n${lines.join('\n')}\n`]

const pairOf = (source: readonly Given[], target: readonly Given[]) =>
  pairFacts({ source: factsOf(evidence(ASKS, source)), target: factsOf(evidence(ASKS, target)) }, 'web1', {
    toolstack: 'libvirt-qemu',
    live: true,
  })['pair']!

const listOf = (result: Result<unknown> | undefined): Record<string, unknown>[] =>
  result?.ok ? (result.value as Record<string, unknown>[]) : []

/** Where a disk at /srv/a.img is, as the two hosts have mounted file systems. */
function place(
  here: readonly string[],
  there: readonly string[],
  more: readonly Given[] = same('/srv/a.img'),
): unknown {
  const source = [...guest(disk('/srv/a.img', 'vda')), mounts(...here), ...more]
  const [found] = listOf(pairOf(source, [mounts(...there)])['disks'])
  const is = found!['place']
  return isUnknown(is) ? is.gap : is
}

describe('facts of a pair: where disks are', (it) => {
  const NFS = 'filer:/srv /srv nfs4 rw 0 0'

  it('on a file system of the source, or on a share that both have', () => {
    assert.is(place([], []), 'local')
    assert.is(place([NFS], [NFS]), 'shared')
    assert.is(place(['filer:/srv /srv nfs rw 0 0'], [NFS]), 'shared', 'two versions of NFS')
    assert.is(place([NFS], [NFS.replace('rw', 'ro')]), 'read-only')
    assert.is(place([NFS], []), 'missing')
    assert.is(place([], [NFS]), 'served', 'the source may be the server')
  })

  it('the same share, mounted at another depth', () => {
    assert.is(place([NFS], ['filer:/ / nfs4 rw 0 0']), 'shared')
    assert.is(place([NFS], ['filer:/other/ /srv nfs4 rw 0 0']), 'other')
    assert.is(place(['//filer/a /srv cifs rw 0 0'], ['//filer/b /srv cifs rw 0 0']), 'other')
    assert.is(place([NFS], ['//filer/srv /srv cifs rw 0 0']), 'other')
  })

  it('two names may be one server, and a disk of a cluster has many names', () => {
    assert.is(place([NFS], ['192.0.2.7:/srv /srv nfs4 rw 0 0']), 'unsupported')
    assert.is(place([NFS], ['192.0.2.7:/old /srv nfs4 rw 0 0']), 'other')
    assert.is(place(['/dev/sdb /srv gfs2 rw 0 0'], ['/dev/sdc /srv gfs2 rw 0 0']), 'unsupported')
    assert.is(place(['/dev/sdb /srv gfs2 rw 0 0'], ['/dev/sdb /srv gfs2 rw 0 0']), 'shared')
  })

  it('what nobody knows is not guessed', () => {
    assert.is(place(['s3fs /srv fuse.s3fs rw 0 0'], []), 'unsupported')
    assert.is(place([NFS], ['auto.srv /srv autofs rw 0 0']), 'unsupported')
    assert.is(place([], [], []), 'not-recorded', 'nobody looked for links')
    assert.is(place([NFS], [NFS], []), 'shared', 'links on a share lead astray on both hosts alike')
  })

  it('a symbolic link may lead to a share', () => {
    const linked = leads(['/srv/a.img', '/mnt/a.img'])
    const mounted = 'filer:/srv /mnt nfs4 rw 0 0'
    assert.is(place([mounted], [], linked), 'unsupported', 'on the target a link may lead there, too')
    assert.is(place([mounted], [NFS], linked), 'shared')
    assert.is(place([], [], linked), 'local')
  })

  it('devices by their names, base images, and what is no disk of a host', () => {
    const names_ = (...list: string[]): Given => [{ list: '/dev/mapper' }, names(...list)]
    const status = `<domstatus state='running'><domain type='kvm'><name>web1</name><devices><disk type='file'><target dev='vdc'/>
      <backingStore type='file'><source file='/srv/base.qcow2'/><backingStore/></backingStore></disk></devices></domain></domstatus>`
    const devices = [
      disk('/dev/vg0/a', 'vda'),
      disk('/dev/vg0/b', 'vdb'),
      disk('/dev/sdx', 'vde'),
      `<disk type='network' device='disk'><source protocol='rbd' name='p/i'/><target dev='vdf'/></disk>`,
      `<disk type='file' device='cdrom'><target dev='sda'/></disk>`,
      `<disk type='nvme' device='disk'><source type='pci' namespace='1'/><target dev='vdg'/></disk>`,
      `<disk type='volume' device='disk'><source pool='p' volume='v'/><target dev='vdh'/></disk>`,
    ]
    const source = [
      ...guest(devices.join('')),
      names_('vg0-a', 'vg0-b'),
      mounts(),
      ...same('/srv/base.qcow2'),
      [{ file: '/run/libvirt/qemu/*.xml' }, matches('/run/libvirt/qemu/web1.xml')] as Given,
      ['/run/libvirt/qemu/web1.xml', status] as Given,
    ]
    const found = listOf(pairOf(source, [names_('vg0-a'), mounts()])['disks'])
    const shown = found.map(({ name, kind, base, place: is, lost }) =>
      [name, kind, base, is, lost].map((one) => (isUnknown(one) ? one.gap : one)),
    )
    assert.equal(shown, [
      ['vda', 'block', false, '', false],
      ['vdb', 'block', false, '', true],
      ['vde', 'block', false, '', 'not-recorded'],
      ['vdg', 'nvme', false, '', false],
      ['vdh', 'file', false, 'unsupported', false],
      ['vdc, base.qcow2', 'file', true, 'local', false],
    ])
  })
})

describe('facts of a pair: files, bridges, clocks', (it) => {
  const bridge = (name: string, mtu: number, uplink: string): Given[] => [
    [{ list: '/sys/class/net' }, names(name, uplink)],
    [{ list: '/sys/class/net/*/brif' }, matches(`/sys/class/net/${name}/brif`)],
    [{ list: `/sys/class/net/${name}/brif` }, names(uplink)],
    [{ file: '/sys/class/net/*/mtu' }, matches(`/sys/class/net/${name}/mtu`, `/sys/class/net/${uplink}/mtu`)],
    [`/sys/class/net/${name}/mtu`, `${mtu}\n`],
    [`/sys/class/net/${uplink}/mtu`, `${mtu}\n`],
    ['/proc/net/vlan/config', `${uplink}  | ${uplink.split('.')[1]}  | eth0\n`],
  ]
  const nic = (name: string): string =>
    `<interface type='bridge'><source bridge='${name}'/><script path='vif-own'/></interface>`

  it('files that the target is known to lack', () => {
    const source = guest(nic('br0') + '<emulator>/opt/qemu</emulator>')
    const shown = (...given: Given[]) =>
      listOf(pairOf(source, given)['files']).map(({ path, missing }) => [
        path,
        isUnknown(missing) ? missing.gap : missing,
      ])
    const boot: Given = [{ list: '/boot' }, names('vmlinuz-1')]
    assert.equal(shown(boot, [{ list: '/etc/xen/scripts' }, names('vif-bridge')]), [
      ['/boot/vmlinuz-1', false],
      ['/opt/qemu', 'not-recorded'],
      ['/etc/xen/scripts/vif-own', true],
    ])
    assert.equal(shown([{ list: '/boot' }, { gap: 'denied' }])[0], ['/boot/vmlinuz-1', 'denied'])
  })

  it('bridges of one name', () => {
    const source = [...guest(nic('br0') + nic('br9')), ...bridge('br0', 9000, 'eth0.100')]
    const [found, ...more] = listOf(pairOf(source, bridge('br0', 1500, 'eth1.200'))['bridges'])
    assert.equal(more, [])
    assert.equal(
      { ...found },
      { name: 'br0', sourceMtu: 9000, targetMtu: 1500, sourceVlans: [100], targetVlans: [200] },
    )
    assert.equal(listOf(pairOf(source, bridge('br1', 1500, 'eth1.200'))['bridges']), [])
  })

  it('how far clocks are apart', () => {
    const chrony = (text: string): Given => [
      { command: ['chronyc', '-n', 'tracking'] },
      output(`System time     : ${text} of NTP time\nLeap status     : Normal\n`),
    ]
    const ps = (daemon: string): Given => [
      processAsks.list,
      output(`    PID    PPID S WCHAN      COMMAND\n    812       1 S -          ${daemon}\n`),
    ]
    const skew = (...given: Given[][]) => pairOf([...guest(''), ...given[0]!], given[1]!)['clockSkew']!
    const found = skew([chrony('0.5 seconds slow'), ps('chronyd')], [chrony('1.0 seconds fast'), ps('chronyd')])
    assert.is(found.ok && found.value, 1.5)
    const none = skew([chrony('0.5 seconds slow'), ps('chronyd')], [ps('ntpd')])
    assert.is(none.ok && none.value, null, 'ntpd does not tell')
    assert.not.ok(skew([chrony('0.5 seconds slow'), ps('chronyd')], []).ok)
  })

  it('any answer of either host that is taken away makes a fact unknown, and never another', () => {
    const source = [
      ...guest(disk('/srv/a.img', 'vda') + disk('/dev/vg0/a', 'vdb') + nic('br0')),
      mounts('filer:/srv /srv nfs4 rw 0 0'),
      ...same('/srv/a.img'),
      [{ list: '/dev/mapper' }, names('vg0-a')] as Given,
      ...bridge('br0', 9000, 'eth0.100'),
    ]
    const target = [
      mounts('filer:/srv /srv nfs4 rw 0 0'),
      [{ list: '/boot' }, names('vmlinuz-1')] as Given,
      [{ list: '/dev/mapper' }, names('vg0-a')] as Given,
      ...bridge('br0', 1500, 'eth0.200'),
    ]
    const whole = [source, target].map((given) => evidence(ASKS, given))
    const facts = whole.map(factsOf)
    const pair = (hosts: readonly Facts[]) =>
      pairFacts({ source: hosts[0]!, target: hosts[1]! }, 'web1', { toolstack: 'libvirt-qemu', live: true })['pair']!
    const before = pair(facts)
    for (const side of [0, 1])
      for (const key of whole[side]!.answers.keys()) {
        const gone: Answer = { key, ms: 0, ok: false, gap: 'not-recorded' }
        const without = factsOf(new Evidence([...whole[side]!.answers.values(), gone]))
        const after = pair(side === 0 ? [without, facts[1]!] : [facts[0]!, without])
        for (const name of ['disks', 'files', 'bridges']) {
          if (!after[name]!.ok) continue
          const where = `${name} without ${key} of host ${side}`
          sameOrUnknown(listOf(after[name]), listOf(before[name]), where)
        }
      }
    assert.ok(whole[0]!.answers.has(askKey({ file: '/proc/mounts' })))
  })
})

function sameOrUnknown(after: readonly object[], before: readonly object[], where: string): void {
  if (after.some(isUnknown)) return
  assert.is(after.length, before.length, where)
  for (const [index, item] of after.entries())
    for (const [field, value] of Object.entries(item))
      if (!isUnknown(value) && !(Array.isArray(value) && value.some(isUnknown)))
        assert.equal(value, (before[index] as Record<string, unknown>)[field], `${where}: ${field}`)
}
