import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { readCoverage } from '../../src/engine/declined.ts'
import type { Side } from '../../src/migration/guest.ts'
import { readiness } from '../../src/migration/ready.ts'
import { describe } from '../describe.ts'
import { machine, rules } from './machines.ts'
import { all, guest, has, hostsOf, live, type Plant, type Scene, source, target } from './plants.ts'

const MIB = 2 ** 20
const nothing = {
  disks: [],
  interfaces: [],
  hostdevs: [],
  peripherals: [],
  consoles: [],
  graphics: [],
  unknownKeys: [],
}

const DISK = {
  type: 'file',
  device: 'disk',
  readonly: false,
  shareable: false,
  transient: false,
  cache: 'none',
  prefix: '',
}
const disk = (name: string, path: string, more: object = {}) => has('disks', { ...DISK, target: name, path, ...more })
const NIC = { type: 'bridge', bridge: '', network: '', virtualport: '', script: '', mac: '' }
const nic = (name: string, more: object) => has('interfaces', { ...NIC, name, ...more })
const HOSTDEV = { address: '', usbId: '', usbAddress: '', optional: false, standby: false }
const SCREEN = { listen: '127.0.0.1', port: null }

/** What lies where, on both: images on a share, but for one folder that each host has by itself. */
const mount = (device: string, point: string, type: string, options: readonly string[] = ['rw']) => ({
  ...{ device, point, type, options },
})
const MOUNTS = [
  mount('/dev/vda', '/', 'ext4'),
  mount('filer:/a', '/a', 'nfs4'),
  mount('filer:/b', '/b', 'nfs4'),
  mount('filer:/c', '/c', 'nfs4'),
  mount('//filer/d', '/d', 'cifs'),
  mount('filer:/e', '/e', 'nfs4'),
]
const IMAGES = ['/a/1', '/b/1', '/c/1', '/d/1', '/e/1', '/local/1', '/local/2.iso', '/local/base.qcow2']
const without = (point: string) => MOUNTS.filter((one) => one.point !== point)
const bridge = (name: string, mtu: number, uplink: string) => ({
  ...{ name, mtu, uplinks: [uplink], ports: [uplink], guestPorts: [], routed: false, network: null },
})
const BRIDGES = [bridge('br0', 9000, 'eth0'), bridge('br1', 1500, 'eth1.100')]

const both: Scene['both'] = {
  storage: {
    fileSystems: MOUNTS,
    realPaths: IMAGES.map((path) => ({ path, real: path })),
    blockNames: ['/dev/vg0/a'],
    loopDynamic: false,
    loopCount: 8,
    loopsInUse: [],
  },
  network: {
    ...{ bridges: BRIDGES, bridgeNames: ['br0', 'br1'], listening: [22], openVswitch: false },
    vlans: [
      { name: 'eth1.100', id: 100, parent: 'eth1' },
      { name: 'eth1.200', id: 200, parent: 'eth1' },
    ],
    hosts: [{ address: '127.0.1.1', names: ['here'], line: 1 }],
  },
  libvirt: {
    ...{ running: true, version: '9.0.0', lockManager: '', tlsForced: false },
    networks: [{ name: 'default', active: true, bridge: 'virbr0' }],
  },
  provisions: { folders: ['/boot', '/etc/xen/scripts'], files: ['/boot/vmlinuz'] },
  security: { selinux: 'enforcing', apparmor: false, booleans: { virt_use_nfs: true, virt_use_samba: true } },
  packages: { qemu: '7.2', runningXen: '4.17' },
  clock: { daemon: 'chronyd', offset: 0 },
  usb: { devices: [] },
  pci: { functions: [] },
}
const base = (item: object): Scene => ({
  guest: {
    ...{
      memory: 256 * MIB,
      maxmem: 256 * MIB,
      vcpus: 1,
      maxvcpus: 1,
      kernel: '',
      ramdisk: '',
      firmware: '',
      emulator: '',
    },
    ...{ nvram: '', nvramTemplate: '', hugePages: false, hugePageSize: null, launchSecurity: '', nomigrate: false },
    ...{
      vnuma: false,
      nestedHvm: false,
      cpuMode: '',
      machine: '',
      arch: '',
      uuid: 'u1',
      autostart: false,
      running: true,
    },
    ...item,
  },
  has: nothing,
  live: {
    state: 'running',
    reason: 'booted',
    pid: 1,
    job: '',
    blockJobs: false,
    dropsCache: true,
    securityModels: ['dac'],
  },
  both,
  source: { platform: { name: 'here' }, libvirt: { hostUuid: '1' } },
  target: { platform: { name: 'there' }, libvirt: { hostUuid: '2' } },
})

interface Stage {
  readonly machine: string
  readonly offline: boolean
  readonly scene: Scene
  readonly plants: readonly Plant[]
}

const plant = (finds: string, change: Plant['with']): Plant => ({ finds, with: change })
const peripheral = (item: object) => has('peripherals', { type: '', model: '', source: '', role: '', ...item })

const KVM = base({ name: 'web1', configFile: '/etc/libvirt/qemu/web1.xml', toolstack: 'libvirt', type: 'kvm' })
const XL = base({ name: 'web1', configFile: '/etc/xen/web1.cfg', toolstack: 'xl', type: 'pv' })
const XM = base({ name: 'web1', configFile: '/etc/xen/web1', toolstack: 'xend', type: 'pv' })
/** Where disks lie concerns every toolstack. */
const STORAGE: readonly Plant[] = [
  plant('disk-stays-behind vda', disk('vda', '/local/1')),
  plant('image-left-on-source sda', disk('sda', '/local/2.iso', { readonly: true, device: 'cdrom' })),
  plant('share-not-mounted-on-target vdb', disk('vdb', '/a/1')),
  plant('share-differs-on-target vdc', disk('vdc', '/b/1')),
  plant('share-read-only-on-target vdd', disk('vdd', '/c/1')),
  plant('block-device-missing-on-target vde', disk('vde', '/dev/vg0/a', { type: 'block' })),
]
/** A target that mounts /a not at all, /b from elsewhere and /c for reading hurts only a guest with disks there. */
const odd = target({
  storage: {
    fileSystems: [
      ...without('/a').filter(({ point }) => point !== '/b' && point !== '/c'),
      mount('filer:/old', '/b', 'nfs4'),
      mount('filer:/c', '/c', 'nfs4', ['ro']),
    ],
    blockNames: [],
  },
})

const STAGES: readonly Stage[] = [
  {
    machine: 'kvm-host',
    offline: false,
    scene: odd(KVM),
    plants: [
      ...STORAGE,
      plant('guest-has-snapshots', live({ snapshots: [{ name: 'before' }] })),
      plant('guest-busy-with-job web1', live({ job: 'backup' })),
      plant('block-job-keeps-guest web1', live({ blockJobs: true })),
      plant('guest-stopped-by-disk-error web1', live({ state: 'paused', reason: 'ioerror' })),
      plant(
        'base-image-not-on-target vda, base.qcow2',
        live({ backings: [{ target: 'vda', path: '/local/base.qcow2' }] }),
      ),
      plant(
        'disk-cache-keeps-guest vdf',
        all(live({ dropsCache: false }), disk('vdf', '/e/1', { cache: 'writeback' })),
      ),
      plant('transient-disk-keeps-guest vdg', disk('vdg', '/e/1', { transient: true })),
      plant(
        'selinux-forbids-share-on-target vdh',
        all(disk('vdh', '/d/1'), target({ security: { booleans: { virt_use_nfs: true, virt_use_samba: false } } })),
      ),
      plant('security-driver-missing-on-target web1', live({ securityModels: ['apparmor', 'dac'] })),
      plant('lock-managers-differ', source({ libvirt: { lockManager: 'lockd' } })),
      plant('migration-has-to-be-encrypted', target({ libvirt: { tlsForced: true } })),
      plant('hosts-share-uuid', target({ libvirt: { hostUuid: '1' } })),
      plant('libvirt-does-not-run-on-target', target({ libvirt: { running: false } })),
      plant('libvirt-older-on-target', target({ libvirt: { version: '7.0.0' } })),
      plant('qemu-older-on-target', target({ packages: { qemu: '5.2' } })),
      plant('target-takes-no-connections', target({ network: { listening: [80] } })),
      plant(
        'target-name-leads-to-source',
        source({ network: { hosts: [{ address: '127.0.1.1', names: ['there', 'localhost'], line: 1 }] } }),
      ),
      plant('clocks-apart', target({ clock: { offset: 90 } })),
      plant('shared-folder-keeps-guest /srv', peripheral({ kind: 'filesystem', type: 'virtiofs', source: '/srv' })),
      plant('shared-memory-keeps-guest shmem ours', peripheral({ kind: 'shmem', source: 'ours', role: 'peer' })),
      plant(
        'persistent-memory-stays-behind memory /nv',
        peripheral({ kind: 'memory', model: 'nvdimm', source: '/nv' }),
      ),
      plant('hardware-tpm-stays-behind tpm', peripheral({ kind: 'tpm', type: 'passthrough', source: '/dev/tpm0' })),
      plant(
        'random-numbers-of-source rng /dev/hwrng',
        peripheral({ kind: 'rng', type: 'random', source: '/dev/hwrng' }),
      ),
      plant('encrypted-memory-keeps-guest', guest({ launchSecurity: 'sev' })),
      plant('huge-pages-short-on-target', all(guest({ hugePages: true }), target({ memory: { hugePages: [] } }))),
      plant('host-file-missing-on-target /boot/gone', guest({ kernel: '/boot/gone' })),
      plant('vdpa-interface-keeps-guest v0', nic('v0', { type: 'vdpa' })),
      plant('network-missing-on-target n0', nic('n0', { network: 'far' })),
      plant(
        'network-inactive-on-target n1',
        all(
          nic('n1', { network: 'default' }),
          target({ libvirt: { networks: [{ name: 'default', active: false, bridge: 'virbr0' }] } }),
        ),
      ),
      plant('bridge-missing-on-target n2', nic('n2', { bridge: 'br9' })),
      plant('openvswitch-missing-on-target n3', nic('n3', { virtualport: 'openvswitch' })),
      plant(
        'mac-address-taken-on-target n4',
        all(nic('n4', { mac: 'aa' }), target({ guests: { interfaces: [{ guest: 'other', mac: 'aa' }] } })),
      ),
      plant(
        'host-device-keeps-guest 0000:03:00.0',
        has('hostdevs', { ...HOSTDEV, sourceKind: 'pci', address: '0000:03:00.0' }),
      ),
      plant(
        'usb-device-missing-on-target 046d:c077',
        has('hostdevs', { ...HOSTDEV, sourceKind: 'usb', usbId: '046d:c077' }),
      ),
      plant('display-on-address-of-source spice', has('graphics', { ...SCREEN, type: 'spice', listen: '192.0.2.7' })),
      plant(
        'serial-port-of-source-given serial /dev/ttyS0',
        has('consoles', { kind: 'serial', type: 'dev', source: '/dev/ttyS0' }),
      ),
    ],
  },
  {
    machine: 'kvm-host',
    offline: false,
    scene: KVM,
    plants: [
      plant('target-called-localhost', target({ platform: { name: 'localhost.localdomain' } })),
      plant(
        'guest-name-taken-on-target',
        target({ guests: { all: [{ name: 'web1', uuid: 'u9', toolstack: 'libvirt', running: false }] } }),
      ),
      plant('target-has-too-little-memory', target({ memory: { total: 255 * MIB } })),
      plant(
        'bridge-narrower-on-target br0',
        all(nic('n5', { bridge: 'br0' }), target({ network: { bridges: [bridge('br0', 1500, 'eth0'), BRIDGES[1]] } })),
      ),
    ],
  },
  {
    machine: 'kvm-host',
    offline: false,
    scene: KVM,
    plants: [
      plant(
        'guest-uuid-taken-on-target',
        target({ guests: { all: [{ name: 'copy', uuid: 'u1', toolstack: 'libvirt', running: false }] } }),
      ),
      plant('target-memory-in-use', target({ memory: { available: 255 * MIB } })),
      plant(
        'bridge-in-another-vlan br1',
        all(
          nic('n6', { bridge: 'br1' }),
          target({ network: { bridges: [BRIDGES[0], bridge('br1', 1500, 'eth1.200')] } }),
        ),
      ),
    ],
  },
  {
    machine: 'kvm-host',
    offline: false,
    scene: KVM,
    plants: [
      plant(
        'hosts-run-different-hypervisors',
        target({
          platform: { hosts: 'xen' },
          xen: { totalMemory: 2 ** 40, freeMemory: 2 ** 40, toolstack: 'xl', xenstored: true },
        }),
      ),
      plant(
        'display-port-taken-on-target vnc 5901',
        all(
          has('graphics', { ...SCREEN, type: 'vnc', port: 5901 }),
          target({
            guests: {
              graphics: [{ guest: 'db1', port: 5901 }],
              all: [{ name: 'db1', uuid: 'u9', running: true, toolstack: 'libvirt' }],
            },
          }),
        ),
      ),
    ],
  },
  {
    machine: 'kvm-host',
    offline: true,
    scene: KVM,
    plants: [
      plant('tpm-state-left-behind tpm', peripheral({ kind: 'tpm', type: 'emulator' })),
      plant('firmware-settings-left-behind', guest({ nvram: '/var/lib/libvirt/qemu/nvram/web1.fd' })),
      plant('saved-state-left-behind', live({ saved: ['web1'] })),
      plant(
        'pci-device-missing-on-target 0000:03:00.0',
        has('hostdevs', { ...HOSTDEV, sourceKind: 'pci', address: '0000:03:00.0' }),
      ),
    ],
  },
  {
    machine: 'xen-dom0',
    offline: false,
    scene: odd(XL),
    plants: [
      ...STORAGE,
      plant('nested-guests-left-behind', guest({ nestedHvm: true })),
      plant('numa-guest-cannot-be-sent', guest({ vnuma: true })),
      plant('boot-file-missing-on-target /boot/gone', guest({ kernel: '/boot/gone' })),
      plant('host-file-missing-on-target /etc/xen/scripts/vif-own', nic('vif0', { script: 'vif-own' })),
      plant('openvswitch-missing-on-target vif1', nic('vif1', { script: '/opt/vif-openvswitch' })),
      plant('xen-older-on-target', target({ packages: { runningXen: '4.9' } })),
      plant('toolstacks-do-not-match', target({ xen: { toolstack: 'xend', xend: true } })),
      plant('target-takes-no-connections', target({ network: { listening: [16509] } })),
      plant(
        'host-device-keeps-guest 046d:c077',
        has('hostdevs', { ...HOSTDEV, sourceKind: 'usb', usbId: '046d:c077' }),
      ),
    ],
  },
  {
    machine: 'rhel5-xend-dom0',
    offline: false,
    scene: all(
      target({
        xen: {
          toolstack: 'xend',
          xendConfig: { 'xend-relocation-server': 'yes' },
          relocationHosts: [],
          freeMemory: 2 ** 40,
        },
      }),
      target({ network: { listening: [8002] } }),
      source({ xen: { freeMemory: 2 ** 40 } }),
    )(XM),
    plants: [
      plant('guest-marked-immovable', guest({ nomigrate: true })),
      plant('xend-admits-only-itself', target({ xen: { relocationHosts: ['^localhost$'] } })),
      plant('relocation-port-silent', target({ network: { listening: [22] } })),
      plant(
        'loop-devices-short-on-target',
        all(disk('xvda', '/d/1', { prefix: 'file' }), target({ storage: { loopCount: 0 } })),
      ),
      plant('shadow-memory-short-on-source', source({ xen: { freeMemory: MIB } })),
    ],
  },
  {
    machine: 'rhel5-xend-dom0',
    offline: false,
    scene: target({
      xen: {
        toolstack: 'xend',
        xendConfig: { 'xend-relocation-server': 'yes' },
        relocationHosts: [],
        freeMemory: 2 ** 40,
      },
      network: { listening: [8002] },
    })(source({ xen: { freeMemory: 2 ** 40 } })(XM)),
    plants: [plant('xend-does-not-receive', target({ xen: { xendConfig: { 'xend-port': '8000' } } }))],
  },
  {
    machine: 'rhel5-xend-dom0',
    offline: true,
    scene: target({ xen: { toolstack: 'xl', freeMemory: 2 ** 40 } })(XM),
    plants: [plant('setting-lost-on-target cpu_cap', has('unknownKeys', { key: 'cpu_cap', value: '5', xmOnly: true }))],
  },
]

const found = (stage: Stage, side: Side, plants: readonly Plant[]): string[] => {
  const hosts = hostsOf(side, all(...plants.map((one) => one.with))(stage.scene))
  return readiness('web1', rules, { ...hosts, offline: stage.offline, version: '1' })
    .findings.filter(({ outcome }) => outcome === 'problem')
    .map(({ rule, subject }) => `${rule} ${subject}`.trim())
    .sort()
}
const RUNS = { numRuns: 40 }

describe('faults planted in healthy pairs', (it) => {
  for (const [index, stage] of STAGES.entries()) {
    const name = `${stage.machine}, ${stage.offline ? 'shut down' : 'live'} (${index + 1})`

    it(`are found alone, and the pair without them is ready: ${name}`, async () => {
      const side = await machine(stage.machine)
      assert.equal(found(stage, side, []), [])
      for (const one of stage.plants) assert.equal(found(stage, side, [one]), [one.finds])
    })

    it(`are found together, just these: ${name}`, async () => {
      const side = await machine(stage.machine)
      fc.assert(
        fc.property(fc.subarray([...stage.plants]), (some) => {
          assert.equal(found(stage, side, some), some.map(({ finds }) => finds).sort())
        }),
        RUNS,
      )
    })
  }

  it('there is one for each rule that stands for a condition of a migration', () => {
    const planted = new Set(STAGES.flatMap(({ plants }) => plants.map(({ finds }) => finds.split(' ')[0])))
    const named = readCoverage('rules').conditions.flatMap(({ key, rules: ids }) => (key.startsWith('B') ? [] : ids))
    const open = [...new Set(named)].filter((id) => rules.find((rule) => rule.id === id)?.pair && !planted.has(id))
    assert.equal(open, [])
  })
})
