import * as assert from 'uvu/assert'
import { isBackup, parseIfcfg, parseInterfaces } from '../../src/parse/ifcfg.ts'
import { parseNetworkScripts } from '../../src/parse/network-script.ts'
import { ip6Devices, parseRoutes } from '../../src/parse/routes.ts'
import { describe } from '../describe.ts'

describe('parse: files of the network', (it) => {
  it('reads ifcfg as a shell would, with lines', () => {
    const { values, lines } = parseIfcfg('# Intel\nDEVICE="eth0"\nBRIDGE=br0 # LAN\nONBOOT=yes\n')
    assert.equal(values, { DEVICE: 'eth0', BRIDGE: 'br0', ONBOOT: 'yes' })
    assert.is(lines['BRIDGE'], 3)
  })

  it('knows copies of editors and packagers', () => {
    assert.is(isBackup('ifcfg-eth0.bak'), true)
    assert.is(isBackup('ifcfg-eth0~'), true)
    assert.is(isBackup('ifcfg-eth0.100'), false)
  })

  it('finds ports of bridges in /etc/network/interfaces', () => {
    const text =
      'auto br0\niface br0 inet dhcp\n    bridge_ports eth0 eth1\n\niface br1 inet static\n\tbridge-ports none\niface eth2 inet manual\n'
    assert.equal(parseInterfaces(text), [
      { bridge: 'br0', ports: ['eth0', 'eth1'], line: 3 },
      { bridge: 'br1', ports: [], line: 6 },
    ])
  })

  it('does not guess what a pattern of ports matches', () => {
    assert.equal(parseInterfaces('iface br0 inet manual\n bridge_ports regex eth.* noregex\n'), [])
    assert.equal(parseInterfaces('bridge_ports eth0\n'), [])
  })

  it('reads network-script with arguments, quotes and comments', () => {
    const text =
      "# (network-script network-nat)\n(network-script 'network-bridge netdev=eth1')\n(network-script network-xen-multi-bridge ) # mine\nnetwork-script network-bridge\n"
    assert.equal(parseNetworkScripts(text), [
      { script: 'network-bridge', arguments: 'netdev=eth1', parentheses: true, line: 2 },
      { script: 'network-xen-multi-bridge', arguments: '', parentheses: true, line: 3 },
      { script: 'network-bridge', arguments: '', parentheses: false, line: 4 },
    ])
  })

  it('reads routes that are up', () => {
    const text =
      'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n' +
      'eth0\t00000000\t0202000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n' +
      'br0\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n' +
      'tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000080\t0\t0\t0\n' +
      'eth1\t00000000\t00000000\t0000\t0\t0\t0\t00000000\t0\t0\t0\n'
    assert.equal(parseRoutes(text), [
      { device: 'eth0', isDefault: true },
      { device: 'br0', isDefault: false },
      { device: 'tun0', isDefault: false },
    ])
    assert.equal(parseRoutes(''), [])
  })

  it('leaves link-local addresses out', () => {
    const text =
      '00000000000000000000000000000001 01 80 10 80       lo\nfe80000000000000505400fffe123456 02 40 20 80     eth0\nfd000000000000000000000000000001 03 40 00 80      br0\n'
    assert.equal(ip6Devices(text), ['lo', 'br0'])
  })
})
