import { all, guest, has, live, source, target } from './plants.ts'
import {
  bridge,
  BRIDGES,
  disk,
  HOSTDEV,
  KVM,
  MIB,
  nic,
  odd,
  peripheral,
  plant,
  SCREEN,
  type Stage,
  STORAGE,
} from './scenes.ts'

/** What can stand in the way of a guest of libvirt and QEMU. */
export const KVM_STAGES: readonly Stage[] = [
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
]
