import { nearest } from './nearest.ts'

/** A setting in an ifcfg file that is like a known one, and is none. */
export interface OddKey {
  readonly key: string
  readonly value: string
  readonly nearest: string
  readonly line: number
}

/** What an interface cannot do without, and what is misspelt by hand. */
const MATTERS =
  'DEVICE BRIDGE BOOTPROTO IPADDR NETMASK PREFIX GATEWAY ONBOOT HWADDR MACADDR MASTER SLAVE NM_CONTROLLED BONDING_OPTS'.split(
    ' ',
  )

/** Others that the scripts or NetworkManager read, as far as they are like one of these. */
const OTHERS =
  'LLADDR IPV6ADDR SRCADDR DEVICETYPE DEVTYPE GATEWAYDEV BRIDGE_PORTS BRIDGE_UUID BRIDGING_OPTS TEAM_MASTER MASTER_UUID NETWORK VLAN ROUTER PORTNAME PEERNAME BRIDGE_MACADDR'.split(
    ' ',
  )

/** `onboot=yes`, `IPADR=192.0.2.7`: the name of a shell variable counts with its case. A number may follow it. */
export function oddKeys(values: Readonly<Record<string, string>>, lines: Readonly<Record<string, number>>): OddKey[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const name = key.replace(/_?\d+$/, '')
    if (name.length < 4 || MATTERS.includes(name) || OTHERS.includes(name)) return []
    const meant = nearest(name, MATTERS, 2)
    return meant === null ? [] : [{ key, value, nearest: meant, line: lines[key] ?? 1 }]
  })
}
