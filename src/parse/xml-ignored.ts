import { nearest } from './nearest.ts'
import { type Element, find, findAll } from './xml.ts'

/** An element that libvirt reads over, the one around it, and what was probably meant. */
export interface IgnoredElement {
  readonly element: string
  readonly inside: string
  readonly meant: string
  readonly line: number
}

const DOMAIN = new Set(
  (
    'name uuid genid title description metadata memory currentMemory maxMemory memoryBacking memtune vcpu vcpus iothreads ' +
    'iothreadids defaultiothread cputune numatune blkiotune throttlegroups resource sysinfo bootloader bootloader_args os idmap ' +
    'features cpu clock pm perf on_poweroff on_reboot on_crash on_lockfailure devices seclabel keywrap launchSecurity ' +
    'backenddomain domainbackup domainsnapshot'
  ).split(' '),
)
const DEVICES = new Set(
  (
    'emulator disk controller lease filesystem interface smartcard serial parallel console channel input tpm graphics sound ' +
    'audio video hostdev redirdev redirfilter hub watchdog memballoon rng nvram panic shmem memory iommu vsock crypto pstore'
  ).split(' '),
)
const NETWORK = new Set(
  (
    'name uuid title description metadata forward bridge mtu domain mac ip route dns bandwidth virtualport vlan portgroup port ' +
    'connections'
  ).split(' '),
)
/** These set up the card of an `<interface>`; a `<hostdev>` knows nothing of networks. */
const OF_INTERFACES = ['mac', 'vlan', 'virtualport']
const MOST_SLIPS = 2

/** `<vcpus>2</vcpus>` for `<vcpu>`, `<mac/>` inside `<hostdev>`: no error is printed, and the setting is not there. */
export function ignoredOfDomain(domain: Element): IgnoredElement[] {
  const devices = find(domain, 'devices')
  const hostdevs = devices ? findAll(devices, 'hostdev') : []
  return [
    ...domain.children.flatMap((one) => (isPlainVcpus(one) ? [ignored(one, domain, '<vcpu>')] : [])),
    ...misspelt(domain, DOMAIN),
    ...(devices ? misspelt(devices, DEVICES) : []),
    ...hostdevs.flatMap((hostdev) =>
      hostdev.children
        .filter(({ name }) => OF_INTERFACES.includes(name))
        .map((one) => ignored(one, hostdev, "<interface type='hostdev'>")),
    ),
  ]
}

export const ignoredOfNetwork = (network: Element): IgnoredElement[] => misspelt(network, NETWORK)

/** With `<vcpu id='0'/>` in it, it is the newer list of processors that can be plugged in. */
const isPlainVcpus = ({ name, children }: Element): boolean => name === 'vcpus' && children.length === 0

/** Names with a colon belong to others than libvirt, and what is like nothing may be newer than this list. */
const misspelt = (parent: Element, known: ReadonlySet<string>): IgnoredElement[] =>
  parent.children.flatMap((one) => {
    if (known.has(one.name) || one.name.includes(':')) return []
    const meant = nearest(one.name, known, MOST_SLIPS)
    return meant === null ? [] : [ignored(one, parent, `<${meant}>`)]
  })

const ignored = ({ name, line }: Element, parent: Element, meant: string): IgnoredElement => ({
  ...{ element: `<${name}>`, inside: `<${parent.name}>`, meant, line },
})
