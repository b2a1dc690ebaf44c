import { all, guest, has, source, target } from './plants.ts'
import { disk, HOSTDEV, MIB, nic, odd, plant, type Stage, STORAGE, XL, XM } from './scenes.ts'

/** What can stand in the way of guests of xl and xend. */
export const XEN_STAGES: readonly Stage[] = [
  {
    machine: 'xen-dom0',
    offline: false,
    scene: odd(XL),
    plants: [
      ...STORAGE,
      plant('pv-guest-writes-not-tracked', guest({ type: 'pv' })),
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
      plant('relocation-ports-differ', source({ xen: { relocationPort: 8010 } })),
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
