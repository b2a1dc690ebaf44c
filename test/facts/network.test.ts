import * as assert from 'uvu/assert'
import { network } from '../../src/facts/network.ts'
import { describe } from '../describe.ts'
import { evidence, type Given, matches, names, output, status, target, value } from '../evidence.ts'
import { flips } from '../never-flips.ts'

const NET = '/sys/class/net'
const glob = (tail: string, kind: 'file' | 'link' | 'list' | 'stat' = 'file') =>
  ({ [kind]: `${NET}/*/${tail}` }) as unknown as { file: string }

/** A host with br0 over eth0 and a guest's tap, and libvirt's virbr0. */
const host: Given[] = [
  [{ list: NET }, names('br0', 'eth0', 'lo', 'virbr0', 'vnet0', 'bonding_masters')],
  [glob('uevent'), matches(...['br0', 'eth0', 'lo', 'virbr0', 'vnet0'].map((name) => `${NET}/${name}/uevent`))],
  [`${NET}/br0/uevent`, 'DEVTYPE=bridge\nINTERFACE=br0\nIFINDEX=3\n'],
  [`${NET}/virbr0/uevent`, 'DEVTYPE=bridge\nINTERFACE=virbr0\nIFINDEX=4\n'],
  [`${NET}/eth0/uevent`, 'INTERFACE=eth0\nIFINDEX=2\n'],
  [`${NET}/vnet0/uevent`, 'INTERFACE=vnet0\nIFINDEX=5\n'],
  [`${NET}/lo/uevent`, 'INTERFACE=lo\nIFINDEX=1\n'],
  [glob('mtu'), matches(`${NET}/virbr0/mtu`, `${NET}/br0/mtu`, `${NET}/eth0/mtu`, `${NET}/vnet0/mtu`)],
  [`${NET}/virbr0/mtu`, '1500\n'],
  [`${NET}/br0/mtu`, '1500\n'],
  [`${NET}/eth0/mtu`, '9000\n'],
  [`${NET}/vnet0/mtu`, '1500\n'],
  [glob('device', 'link'), matches(`${NET}/eth0/device`)],
  [{ link: `${NET}/eth0/device` }, target('../../../0000:00:03.0')],
  [glob('tun_flags', 'stat'), matches(`${NET}/vnet0/tun_flags`)],
  [{ stat: `${NET}/vnet0/tun_flags` }, status({})],
  [glob('brif', 'list'), matches(`${NET}/br0/brif`, `${NET}/virbr0/brif`)],
  [{ list: `${NET}/br0/brif` }, names('eth0', 'vnet0')],
  [{ list: `${NET}/virbr0/brif` }, names()],
  [glob('bridge/stp_state'), matches(`${NET}/br0/bridge/stp_state`)],
  [`${NET}/br0/bridge/stp_state`, '0\n'],
  [glob('bridge/forward_delay'), matches(`${NET}/br0/bridge/forward_delay`)],
  [`${NET}/br0/bridge/forward_delay`, '1500\n'],
  [
    '/proc/net/route',
    'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\nbr0\t00000000\t0202000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n',
  ],
  ['/proc/sys/net/ipv4/ip_forward', '0\n'],
  [{ file: '/run/libvirt/network/*.xml' }, matches('/run/libvirt/network/default.xml')],
  [
    '/run/libvirt/network/default.xml',
    "<networkstatus>\n<network>\n<name>default</name>\n<!-- <forward mode='route'/> -->\n<forward mode='nat'>\n<nat/></forward>\n<bridge name='virbr0' stp='on' delay='0'/>\n</network>\n</networkstatus>\n",
  ],
  ['/etc/hosts', '127.0.0.1\tlocalhost\n'],
]

const at = (given: readonly Given[], rest: 'absent' | 'not-recorded' = 'absent') =>
  network.parse(evidence(network, given, rest))
const list = (result: unknown) => value(result as never) as Record<string, unknown>[]

describe('facts: network', (it) => {
  it('tells kinds of interfaces by what the kernel says, not by their names', () => {
    const kinds = Object.fromEntries(list(at(host).interfaces).map(({ name, kind }) => [name, kind]))
    assert.equal(kinds, { br0: 'bridge', eth0: 'physical', lo: 'virtual', virbr0: 'bridge', vnet0: 'tap' })
  })

  it('knows which PCI device an interface is', () => {
    const addresses = list(at(host).interfaces).map(({ name, pciAddress }) => `${name} ${pciAddress}`)
    assert.ok(addresses.includes('eth0 0000:00:03.0') && addresses.includes('br0 '))
  })

  it("knows a backend of Xen by its device, and a frontend for the guest's own card", () => {
    const one = (device: string) =>
      list(
        at([
          [{ list: NET }, names('x')],
          [glob('device', 'link'), matches(`${NET}/x/device`)],
          [{ link: `${NET}/x/device` }, target(device)],
        ]).interfaces,
      )[0]!['kind']
    assert.is(one('../../../vif-1-0'), 'vif')
    assert.is(one('../../vif-0'), 'physical')
  })

  it('knows kinds on kernels whose uevent can only be written to', () => {
    const old: Given[] = [
      [{ list: NET }, names('eth0', 'xenbr0')],
      [glob('uevent'), matches(`${NET}/eth0/uevent`, `${NET}/xenbr0/uevent`)],
      [`${NET}/eth0/uevent`, { gap: 'denied' }],
      [`${NET}/xenbr0/uevent`, { gap: 'denied' }],
      [glob('uevent', 'stat'), matches(`${NET}/eth0/uevent`, `${NET}/xenbr0/uevent`)],
      [{ stat: `${NET}/eth0/uevent` }, status({ mode: 0o200 })],
      [{ stat: `${NET}/xenbr0/uevent` }, status({ mode: 0o200 })],
      [glob('device', 'link'), matches(`${NET}/eth0/device`)],
      [{ link: `${NET}/eth0/device` }, target('../../../0000:00:03.0')],
      [glob('brif', 'list'), matches(`${NET}/xenbr0/brif`)],
      [{ list: `${NET}/xenbr0/brif` }, names('eth0')],
    ]
    assert.equal(
      list(at(old).interfaces).map(({ kind }) => kind),
      ['physical', 'bridge'],
    )
    assert.equal(flips(network, old), [])
  })

  it('counts connections under their old name too', () => {
    const [v4, now] = ['/proc/sys/net/ipv4/netfilter/ip_conntrack_', '/proc/sys/net/netfilter/nf_conntrack_']
    const counts = (...given: Given[]) => {
      const { conntrackCount, conntrackMax } = at(given)
      return [value(conntrackCount), value(conntrackMax)]
    }
    assert.equal(counts([`${v4}count`, '7\n'], [`${v4}max`, '65536\n']), [7, 65_536])
    assert.equal(counts([`${now}count`, '8\n'], [`${now}max`, '262144\n']), [8, 262_144])
    assert.equal(counts(), [0, 0])
  })

  it('sorts the ports of a bridge', () => {
    const [br0, virbr0] = list(at(host).bridges)
    assert.equal(br0!['uplinks'], ['eth0'])
    assert.equal(br0!['guestPorts'], ['vnet0'])
    assert.is(br0!['forwardDelay'], 15)
    assert.is(br0!['routed'], true)
    assert.is(br0!['network'], null)
    assert.is(virbr0!['network'], 'nat')
    assert.equal(virbr0!['ports'], [])
  })

  it('knows all bridges where there is no Open vSwitch, and says so where its list was not given', () => {
    assert.equal(value(at(host).bridgeNames), ['br0', 'virbr0'])
    const socket: Given = [{ stat: '/var/run/openvswitch/db.sock' }, status({ type: 'socket' })]
    const asked = { command: ['ovs-vsctl', '--timeout=5', 'list-br'] as const }
    assert.equal(value(at([...host, socket, [asked, output('ovsbr0\n')]]).bridgeNames), ['br0', 'virbr0', 'ovsbr0'])
    const partly = value(at([...host, socket, [asked, { gap: 'timeout' }]]).bridgeNames) as { gap?: string }[]
    assert.is(partly.at(-1)?.gap, 'timeout')
  })

  it('judges no firewall that it has not seen', () => {
    const nf: Given = [{ stat: '/sys/module/nf_tables' }, status({ type: 'dir' })]
    const nft = { command: ['nft', 'list', 'ruleset'] as const }
    assert.equal(
      value(
        at([
          ...host,
          nf,
          [nft, output('table ip f {\n chain c {\n type filter hook forward priority 0; policy drop;\n }\n}\n')],
        ]).droppedBridges,
      ),
      ['br0', 'virbr0'],
    )
    assert.is(value(at([...host, nf, [nft, { gap: 'denied' }]]).droppedBridges), 'denied')
    assert.is(value(at(host).droppedBridges), 'withheld')
  })

  it('takes an iptables-save that prints the other filter for no answer', () => {
    const tables: Given = [{ stat: '/proc/net/ip_tables_names' }, status({})]
    const save = (text: string): Given => [{ command: ['iptables-save'] }, output(text)]
    assert.is(
      value(
        at([...host, tables, save('# Warning: iptables-legacy tables present, use iptables-legacy-save to see them\n')])
          .droppedBridges,
      ),
      'malformed',
    )
  })

  it('finds the NAT network that no rule serves', () => {
    const nf: Given = [{ stat: '/sys/module/nf_tables' }, status({ type: 'dir' })]
    const rules = (text: string): Given => [{ command: ['nft', 'list', 'ruleset'] }, output(text)]
    assert.equal(value(at([...host, nf, rules('')]).unservedBridges), ['virbr0'])
    assert.equal(value(at([...host, nf, rules('oifname "virbr0" masquerade')]).unservedBridges), [])
  })

  it('reads bridges that files ask for, with file and line', () => {
    const files: Given[] = [
      [
        { file: '/etc/sysconfig/network-scripts/ifcfg-*' },
        matches('/etc/sysconfig/network-scripts/ifcfg-eth0', '/etc/sysconfig/network-scripts/ifcfg-eth0.bak'),
      ],
      [
        '/etc/sysconfig/network-scripts/ifcfg-eth0',
        'DEVICE=eth0\nHWADDR=52:54:00:AB:00:01\nBRIDGE=br7\nBOOTPROTO=DHCP\nNM_CONTROLLED="no"\n',
      ],
      ['/etc/sysconfig/network-scripts/ifcfg-eth0.bak', 'DEVICE=eth9\nBRIDGE=br9\n'],
      ['/etc/network/interfaces', 'iface br0 inet dhcp\n bridge_ports eth0\n'],
    ]
    const facts = at([...host, ...files])
    assert.equal(
      list(facts.configuredPorts).map(({ bridge, port, joined, bridgeExists }) => [bridge, port, joined, bridgeExists]),
      [
        ['br7', 'eth0', false, false],
        ['br0', 'eth0', true, true],
      ],
    )
    assert.equal(
      list(facts.ifcfg).map(({ bootproto, networkManager, hwaddr }) => [bootproto, networkManager, hwaddr]),
      [['dhcp', false, '52:54:00:ab:00:01']],
    )
  })

  it('looks network scripts up where xend does, and nowhere else', () => {
    const script = (text: string) =>
      list(
        at([
          ['/etc/xen/xend-config.sxp', text],
          [{ stat: '/etc/xen/scripts/*' }, matches('/etc/xen/scripts/network-bridge')],
          [{ stat: '/etc/xen/scripts/network-bridge' }, status({ mode: 0o644 })],
        ]).networkScripts,
      )[0]
    assert.equal(script('(network-script network-bridge)'), {
      script: 'network-bridge',
      arguments: '',
      parentheses: true,
      exists: true,
      executable: false,
      cards: [],
      lostHelper: '',
    })
    assert.is(script('(network-script my-bridge)')?.['exists'], false)
    assert.is(script('(network-script /bin/true)')?.['exists'], null)
  })

  it('wants the address before the name of localhost', () => {
    const named = (text: string) => value(at([['/etc/hosts', text]]).localhostNamed)
    assert.is(named('127.0.0.1 localhost.localdomain localhost\n'), true)
    assert.is(named('::1 localhost6 localhost\n'), true)
    assert.is(named('localhost.localdomain localhost\n'), false)
    assert.is(named('# 127.0.0.1 localhost\n'), false)
  })

  it('finds the port that is narrower than what sends to it', () => {
    const mtus = (br0: string, eth0: string, vnet0: string) =>
      value(
        at([
          ...host,
          [`${NET}/br0/mtu`, br0],
          [`${NET}/eth0/mtu`, eth0],
          [`${NET}/vnet0/mtu`, vnet0],
          [{ list: `${NET}/virbr0/brif` }, names()],
        ]).narrowPorts,
      )
    assert.equal(mtus('1400', '1400', '1500'), [
      { bridge: 'br0', port: 'eth0', mtu: 1400, other: 'vnet0', otherMtu: 1500 },
    ])
    assert.equal(mtus('9000', '9000', '1500'), [
      { bridge: 'br0', port: 'vnet0', mtu: 1500, other: 'br0', otherMtu: 9000 },
    ])
    assert.equal(mtus('1500', '9000', '1500'), [])
    assert.equal(mtus('1500', '1500', '1500'), [])
  })

  it('knows bridges that are to have no ports', () => {
    const facts = at([
      [
        '/etc/network/interfaces',
        'iface vmbr1 inet static\n bridge-ports none\niface br0 inet dhcp\n bridge_ports eth0\n',
      ],
    ])
    assert.equal(value(facts.portlessBridges), ['vmbr1'])
    assert.is(value(facts.conntrackMax), 0)
    assert.is(value(at([['/proc/sys/net/netfilter/nf_conntrack_max', '262144\n']]).conntrackMax), 262_144)
  })

  it('knows nothing of a machine that answered nothing', () => {
    for (const [name, result] of Object.entries(at([], 'not-recorded'))) assert.is(value(result), 'not-recorded', name)
  })

  it('changes no fact when any one answer is taken away', () => {
    const nf: Given[] = [
      [{ stat: '/sys/module/nf_tables' }, status({ type: 'dir' })],
      [{ command: ['nft', 'list', 'ruleset'] }, output('')],
      ['/etc/network/interfaces', 'iface br0 inet dhcp\n bridge_ports eth0\n'],
    ]
    assert.equal(flips(network, [...host, ...nf]), [])
  })
})
