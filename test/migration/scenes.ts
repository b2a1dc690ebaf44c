import { has, type Plant, type Scene, target } from './plants.ts'

export const MIB = 2 ** 20
export const nothing = {
  disks: [],
  interfaces: [],
  hostdevs: [],
  peripherals: [],
  consoles: [],
  graphics: [],
  unknownKeys: [],
}

export const DISK = {
  type: 'file',
  device: 'disk',
  readonly: false,
  shareable: false,
  transient: false,
  cache: 'none',
  prefix: '',
}
export const disk = (name: string, path: string, more: object = {}) =>
  has('disks', { ...DISK, target: name, path, ...more })
export const NIC = { type: 'bridge', bridge: '', network: '', virtualport: '', script: '', mac: '' }
export const nic = (name: string, more: object) => has('interfaces', { ...NIC, name, ...more })
export const HOSTDEV = { address: '', usbId: '', usbAddress: '', optional: false, standby: false }
export const SCREEN = { listen: '127.0.0.1', port: null }

/** What lies where, on both: images on a share, but for one folder that each host has by itself. */
export const mount = (device: string, point: string, type: string, options: readonly string[] = ['rw']) => ({
  ...{ device, point, type, options },
})
export const MOUNTS = [
  mount('/dev/vda', '/', 'ext4'),
  mount('filer:/a', '/a', 'nfs4'),
  mount('filer:/b', '/b', 'nfs4'),
  mount('filer:/c', '/c', 'nfs4'),
  mount('//filer/d', '/d', 'cifs'),
  mount('filer:/e', '/e', 'nfs4'),
]
export const IMAGES = ['/a/1', '/b/1', '/c/1', '/d/1', '/e/1', '/local/1', '/local/2.iso', '/local/base.qcow2']
export const without = (point: string) => MOUNTS.filter((one) => one.point !== point)
export const bridge = (name: string, mtu: number, uplink: string) => ({
  ...{ name, mtu, uplinks: [uplink], ports: [uplink], guestPorts: [], routed: false, network: null },
})
export const BRIDGES = [bridge('br0', 9000, 'eth0'), bridge('br1', 1500, 'eth1.100')]

export const both: Scene['both'] = {
  storage: {
    fileSystems: MOUNTS,
    realPaths: IMAGES.map((path) => ({ path, real: path })),
    blockNames: ['/dev/vg0/a'],
    loopDynamic: false,
    loopCount: 8,
    loopsInUse: [{ name: 'loop7', path: '/local/7' }],
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
export const base = (item: object): Scene => ({
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

export interface Stage {
  readonly machine: string
  readonly offline: boolean
  readonly scene: Scene
  readonly plants: readonly Plant[]
}

export const plant = (finds: string, change: Plant['with']): Plant => ({ finds, with: change })
export const peripheral = (item: object) => has('peripherals', { type: '', model: '', source: '', role: '', ...item })

export const KVM = base({ name: 'web1', configFile: '/etc/libvirt/qemu/web1.xml', toolstack: 'libvirt', type: 'kvm' })
export const XL = base({ name: 'web1', configFile: '/etc/xen/web1.cfg', toolstack: 'xl', type: 'pvh' })
export const XM = base({ name: 'web1', configFile: '/etc/xen/web1', toolstack: 'xend', type: 'pv' })
/** Where disks lie concerns every toolstack. */
export const STORAGE: readonly Plant[] = [
  plant('disk-stays-behind vda', disk('vda', '/local/1')),
  plant('image-left-on-source sda', disk('sda', '/local/2.iso', { readonly: true, device: 'cdrom' })),
  plant('share-not-mounted-on-target vdb', disk('vdb', '/a/1')),
  plant('share-differs-on-target vdc', disk('vdc', '/b/1')),
  plant('share-read-only-on-target vdd', disk('vdd', '/c/1')),
  plant('block-device-missing-on-target vde', disk('vde', '/dev/vg0/a', { type: 'block' })),
  plant('loop-device-differs-on-target vdo', disk('vdo', '/dev/loop7', { type: 'block' })),
]
/** A target that mounts /a not at all, /b from elsewhere and /c for reading hurts only a guest with disks there. */
export const odd = target({
  storage: {
    fileSystems: [
      ...without('/a').filter(({ point }) => point !== '/b' && point !== '/c'),
      mount('filer:/old', '/b', 'nfs4'),
      mount('filer:/c', '/c', 'nfs4', ['ro']),
    ],
    blockNames: [],
    loopsInUse: [],
  },
})
