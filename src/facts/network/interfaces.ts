import type { Evidence } from '../../evidence/evidence.ts'
import { locate } from '../../evidence/locate.ts'
import { basename, lookup, orNone, part, there } from '../../evidence/lookup.ts'
import { absentAs, all, chain, isUnknown, known, map, orGap } from '../../evidence/result.ts'
import { ip6Devices, parseRoutes } from '../../parse/routes.ts'
import type { Result, Unknown } from '../../types.ts'
import { asks } from './asks.ts'
import { activeNetworks } from './libvirt.ts'
import type { Infer } from '../schema.ts'
import { bool, nullable, number, object, string, strings } from '../schema.ts'

export const interfaceSchema = object(
  {
    name: string('eth0'),
    kind: string('physical, wireless, bridge, bond, vlan, vif (Xen), tap, or virtual for any other'),
    mtu: number('bytes', 'Largest packet'),
    state: string('operstate: up, down, unknown …'),
    mac: string('52:54:00:f2:9a:d8'),
    bridge: string('The Linux bridge whose port it is, or ""'),
    master: string('The bond, team or switch that it belongs to, or ""'),
    driver: string('e1000, virtio_net …; "" for what has none'),
    pciAddress: string('PCI address of the card behind it; "" for what has none'),
    routed: bool('IPv4 routes leave through it: it has an address of its own'),
    addressed6: bool('It has an IPv6 address that is not link-local'),
  },
  'One network interface',
)
export type Interface = Infer<typeof interfaceSchema>

export const bridgeSchema = object(
  {
    name: string('br0'),
    ports: strings('Interfaces in it'),
    guestPorts: strings('Those of guests: vif, tap, vnet'),
    uplinks: strings('Those that lead outside: neither of guests nor dummies'),
    stp: bool('Spanning tree is on'),
    forwardDelay: number('s', 'A new port is silent for twice this time'),
    mtu: number('bytes', 'Largest packet'),
    routed: bool('This host has an address on it, so that it can route for it'),
    network: nullable(string('Forward mode of the libvirt network that made it: nat, route, isolated …')),
  },
  'One Linux bridge',
)
export type Bridge = Infer<typeof bridgeSchema>

const trimmed = (result: Result<string>): Result<string> => map(result, (text) => text.trim())

/** Every interface; the names are known or nothing is. */
export function interfaces(evidence: Evidence): Result<readonly Interface[]> {
  const read = readers(evidence)
  return map(evidence.names(asks.names), (names) =>
    names
      .filter((name) => name !== 'bonding_masters')
      .map((name) => {
        const at = `/sys/class/net/${name}`
        const item = {
          name,
          kind: orGap(kindOf(name, read)),
          mtu: orGap(map(read.mtu(`${at}/mtu`), numberOf)),
          state: orGap(trimmed(read.state(`${at}/operstate`))),
          mac: orGap(trimmed(read.address(`${at}/address`))),
          bridge: orGap(bridgeOf(evidence, name)),
          master: orGap(absentAs(map(read.master(`${at}/master`), basename), '')),
          driver: orGap(absentAs(map(read.driver(`${at}/device/driver`), basename), '')),
          pciAddress: orGap(absentAs(map(read.device(`${at}/device`), pciOf), '')),
          routed: orGap(map(read.routes, (routes) => routes.some(({ device }) => device === name))),
          addressed6: orGap(map(read.ip6, (devices) => devices.includes(name))),
        }
        return locate(item, { ask: at, path: at })
      }),
  )
}

/** `../../../0000:00:03.0`; that of a virtio card is virtio0. */
const pciOf = (target: string): string => (/^[0-9a-f]{4,}:/.test(basename(target)) ? basename(target) : '')

function readers(evidence: Evidence) {
  return {
    uevent: lookup(evidence.texts(asks.uevents)),
    ueventMode: lookup(evidence.stats(asks.ueventModes)),
    mtu: lookup(evidence.texts(asks.mtus)),
    state: lookup(evidence.texts(asks.states)),
    address: lookup(evidence.texts(asks.addresses)),
    master: lookup(evidence.links(asks.masters)),
    device: lookup(evidence.links(asks.devices)),
    driver: lookup(evidence.links(asks.drivers)),
    tap: lookup(evidence.stats(asks.taps)),
    wireless: lookup(evidence.stats(asks.wireless)),
    phy: lookup(evidence.stats(asks.phys)),
    ports: lookup(evidence.lists(asks.ports)),
    routes: map(evidence.text(asks.routes), parseRoutes),
    ip6: absentAs(map(evidence.text(asks.ip6), ip6Devices), []),
  }
}

/** DEVTYPE of the uevent where the kernel gives one; the `device` link tells hardware and Xen's vif-1-0 from what is made of nothing. */
function kindOf(name: string, read: ReturnType<typeof readers>): Result<string> {
  const at = `/sys/class/net/${name}`
  // Before Linux 2.6.23 it could only be written to, and told nothing.
  const mode = read.ueventMode(`${at}/uevent`)
  const type =
    mode.ok && (mode.value.mode & 0o444) === 0
      ? map(mode, () => '')
      : absentAs(
          map(read.uevent(`${at}/uevent`), (text) => /^DEVTYPE=(\S+)/m.exec(text)?.[1] ?? ''),
          '',
        )
  const device = absentAs(map(read.device(`${at}/device`), basename), '')
  const marks = [`${at}/wireless`, `${at}/phy80211`, `${at}/tun_flags`]
  return map(
    all(
      type,
      device,
      there(read.wireless(marks[0]!)),
      there(read.phy(marks[1]!)),
      there(read.tap(marks[2]!)),
      there(read.ports(`${at}/brif`)),
    ),
    ([devtype, behind, wireless, phy, tap, bridge]) => {
      if (bridge || devtype === 'bridge') return 'bridge'
      if (wireless || phy || devtype === 'wlan') return 'wireless'
      if (tap) return 'tap'
      if (/^vif-\d+-\d+$/.test(behind)) return 'vif'
      if (devtype === 'bond' || devtype === 'vlan') return devtype
      return behind ? 'physical' : 'virtual'
    },
  )
}

function numberOf(text: string): number {
  const value = Number(text.trim())
  if (text.trim() === '' || !Number.isFinite(value)) throw new Error(`not a number: ${text.slice(0, 40)}`)
  return value
}

/** Bridges with their ports, by the folders that the kernel keeps for them. */
function portLists(evidence: Evidence) {
  return map(orNone(evidence.lists(asks.ports)), (members) =>
    members.map(({ name, result }) => ({ bridge: part(name, 4), ports: result })),
  )
}

function bridgeOf(evidence: Evidence, name: string): Result<string> {
  return chain(portLists(evidence), (lists) => {
    const mine = lists.find(({ ports }) => ports.ok && ports.value.includes(name))
    if (mine) return known(mine.bridge)
    const gap = lists.find(({ ports }) => !ports.ok)?.ports
    return gap && !gap.ok ? gap : known('')
  })
}

export function bridges(evidence: Evidence, found: Result<readonly Interface[]>): Result<readonly Bridge[]> {
  const stp = lookup(evidence.texts(asks.stp))
  const delay = lookup(evidence.texts(asks.delays))
  const networks = activeNetworks(evidence)
  return map(all(portLists(evidence), found), ([lists, interfaces]) =>
    lists.map(({ bridge: name, ports }) => {
      const at = `/sys/class/net/${name}`
      const own = interfaces.find((one) => one.name === name)
      const kindly = map(ports, (members) => members.map((port) => guestPort(port, interfaces)))
      const pick = (wanted: Port) =>
        orGap(map(kindly, (list) => list.filter(({ is }) => isUnknown(is) || is === wanted).map(nameOrGap)))
      const item = {
        name,
        ports: orGap(ports),
        guestPorts: pick('guest'),
        uplinks: pick('uplink'),
        stp: orGap(map(stp(`${at}/bridge/stp_state`), (text) => text.trim() !== '0')),
        forwardDelay: orGap(map(delay(`${at}/bridge/forward_delay`), (text) => numberOf(text) / 100)),
        mtu: own?.mtu ?? missing(at),
        routed: own?.routed ?? missing(at),
        network: orGap(networkOf(networks, name)),
      }
      return locate(item, { ask: at, path: at })
    }),
  )
}

type Port = 'guest' | 'uplink' | 'neither'

const nameOrGap = ({ name, is }: { name: string; is: Port | Unknown }): string | Unknown => (isUnknown(is) ? is : name)

const missing = (at: string): Unknown => orGap<never>(lookup<never>(known([]))(at)) as Unknown

/** QEMU's taps are vnet0 or tap1.0, containers' are veth; libvirt parks a dummy virbr0-nic in its bridges. */
function guestPort(name: string, interfaces: readonly Interface[]): { name: string; is: Port | Unknown } {
  const port = interfaces.find((one) => one.name === name)
  const kind = port?.kind ?? missing(name)
  if (isUnknown(kind)) return { name, is: kind }
  if (kind === 'vif' || kind === 'tap') return { name, is: /^virbr.*-nic$/.test(name) ? 'neither' : 'guest' }
  return { name, is: /^(dummy|pdummy|veth|ve-|vb-|virbr.*-nic$|lxc|lo$)/.test(name) ? 'neither' : 'uplink' }
}

function networkOf(networks: ReturnType<typeof activeNetworks>, bridge: string): Result<string | null> {
  return chain(networks, (list) => {
    const mine = list.find((network) => !isUnknown(network) && network.bridge === bridge)
    if (mine && !isUnknown(mine)) return isUnknown(mine.mode) ? mine.mode : known(mine.mode)
    const gap = list.find(isUnknown)
    return gap && isUnknown(gap) ? gap : known(null)
  })
}

/** Names of all bridges. Open vSwitch has its own list, which is asked for where its database is there. */
export function bridgeNames(evidence: Evidence): Result<readonly (string | Unknown)[]> {
  const linux = map(portLists(evidence), (lists) => lists.map(({ bridge }) => bridge))
  const ovs = chain(evidence.exists(asks.ovsSocket), (there): Result<string[]> =>
    there ? map(evidence.stdout(asks.ovsBridges), (text) => text.split('\n').filter(Boolean)) : known([]),
  )
  return map(linux, (names) => [...new Set([...names, ...(ovs.ok ? ovs.value : [])]), ...(ovs.ok ? [] : [ovs])])
}

export const defaultRoutes = (evidence: Evidence): Result<string[]> =>
  map(evidence.text(asks.routes), (text) => [
    ...new Set(
      parseRoutes(text)
        .filter(({ isDefault }) => isDefault)
        .map(({ device }) => device),
    ),
  ])

/** The setting exists only while br_netfilter is loaded. */
export const bridgeNf = (evidence: Evidence): Result<boolean> =>
  absentAs(
    map(evidence.text(asks.bridgeNf), (text) => text.trim() === '1'),
    false,
  )
