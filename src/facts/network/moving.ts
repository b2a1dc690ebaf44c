import type { Evidence } from '../../evidence/evidence.ts'
import { locate } from '../../evidence/locate.ts'
import { absentAs, all, map } from '../../evidence/result.ts'
import { listeningPorts } from '../../parse/proc-net-tcp.ts'
import { bool, listOf, number, object, string, strings } from '../schema.ts'
import { asks } from './asks.ts'

const vlan = object(
  { name: string('eth0.100'), id: number('id', 'Its number'), parent: string('eth0') },
  'One VLAN interface',
)

const hostLine = object(
  { address: string('192.0.2.7'), names: strings('Names that it is known by'), line: number('line', 'Its line') },
  'One line of /etc/hosts',
)

export const movingFacts = {
  openVswitch: bool('Open vSwitch runs here'),
  listening: listOf(number('port', ''), 'TCP ports at which something accepts connections, not counting loopback'),
  vlans: listOf(vlan, 'VLAN interfaces'),
  hosts: listOf(hostLine, '/etc/hosts'),
}

export const movingOf = (evidence: Evidence) => ({
  openVswitch: evidence.exists(asks.ovsSocket),
  listening: map(all(evidence.text(asks.tcp), absentAs(evidence.text(asks.tcp6), '')), (texts) =>
    listeningPorts(texts.join('\n')),
  ),
  vlans: map(absentAs(evidence.text(asks.vlans), ''), parseVlans),
  hosts: map(absentAs(evidence.text(asks.hosts), ''), parseHosts),
})

/** `eth0.100      | 100  | eth0`, below two lines of titles. */
const parseVlans = (text: string) =>
  [...text.matchAll(/^(\S+)\s*\|\s*(\d+)\s*\|\s*(\S+)\s*$/gm)].map(([, name, id, parent]) =>
    locate(
      { name: name!, id: Number(id), parent: parent! },
      { ask: '/proc/net/vlan/config', path: '/proc/net/vlan/config' },
    ),
  )

/** `192.0.2.7  xen1.example.com xen1   # the old one` */
const parseHosts = (text: string) =>
  text.split('\n').flatMap((raw, index) => {
    const [address, ...names] = raw.replace(/#.*/, '').trim().split(/\s+/)
    if (!address || names.length === 0) return []
    const line = index + 1
    return [locate({ address, names, line }, { ask: '/etc/hosts', path: '/etc/hosts', line })]
  })
