import * as assert from 'uvu/assert'
import { network } from '../../src/facts/network.ts'
import { describe } from '../describe.ts'
import { evidence, type Given, matches, names, status, target, value } from '../evidence.ts'
import { flips } from '../never-flips.ts'

const at = (given: readonly Given[]) => network.parse(evidence(network, given))
const list = (result: Parameters<typeof value>[0]) => value(result) as Record<string, unknown>[]

describe('facts: network, its files', (it) => {
  it('reads what a network script of several bridges starts, and which cards it takes', () => {
    const body =
      '#!/bin/sh\n# netdev=eth9\nscript=/etc/xen/scripts/network-bridge.xen\n$script start vifnum=1 bridge=xenbr1 netdev=eth1\n$script start netdev=${netdev} vifnum=0\n'
    const given: Given[] = [
      ['/etc/xen/xend-config.sxp', "(network-script 'network-xen-multi-bridge netdev=eth0')\n"],
      [{ stat: '/etc/xen/scripts/*' }, matches('/etc/xen/scripts/network-xen-multi-bridge')],
      [{ stat: '/etc/xen/scripts/network-xen-multi-bridge' }, status({ mode: 0o755 })],
      [{ file: '/etc/xen/scripts/network-*' }, matches('/etc/xen/scripts/network-xen-multi-bridge')],
      ['/etc/xen/scripts/network-xen-multi-bridge', body],
    ]
    const [script] = list(at(given).networkScripts)
    assert.equal(script?.['cards'], ['eth0', 'eth1'])
    assert.is(script?.['lostHelper'], '/etc/xen/scripts/network-bridge.xen')
    assert.equal(flips(network, given), [])
  })

  it('finds misspelt settings of interfaces, and knows those that only look so', () => {
    const files: Given[] = [
      [{ list: '/sys/class/net' }, names('eth0')],
      [{ link: '/sys/class/net/*/device' }, matches('/sys/class/net/eth0/device')],
      [{ link: '/sys/class/net/eth0/device' }, target('../../../0000:00:03.0')],
      [
        { file: '/etc/sysconfig/network-scripts/ifcfg-*' },
        matches('/etc/sysconfig/network-scripts/ifcfg-eth0', '/etc/sysconfig/network-scripts/ifcfg-lo'),
      ],
      [
        '/etc/sysconfig/network-scripts/ifcfg-eth0',
        'DEVICE=eth0\nHWADDR=00:16:3E:49:E4:E0\nBRIGDE=br0\nonboot=yes\nIPV6ADDR=::1\nIPADDR0=192.0.2.1\nMASTER=bond0\n',
      ],
      ['/etc/sysconfig/network-scripts/ifcfg-lo', 'DEVICEE=lo\n'],
    ]
    const facts = at(files)
    assert.equal(
      list(facts.ifcfgOdd).map(({ key, nearest, line }) => [key, nearest, line]),
      [
        ['BRIGDE', 'BRIDGE', 3],
        ['onboot', 'ONBOOT', 4],
      ],
    )
    assert.equal(
      list(facts.ifcfg).map(({ hwaddr, master }) => [hwaddr, master]),
      [['00:16:3e:49:e4:e0', 'bond0']],
    )
    assert.is(list(facts.interfaces)[0]?.['pciAddress'], '0000:00:03.0')
    assert.equal(flips(network, files), [])
  })

  it('does not expect the address of a card that is given another', () => {
    const path = '/etc/sysconfig/network-scripts/ifcfg-eth0'
    const hwaddr = (text: string) =>
      list(
        at([
          [{ file: '/etc/sysconfig/network-scripts/ifcfg-*' }, matches(path)],
          [path, text],
        ]).ifcfg,
      )[0]?.['hwaddr']
    assert.is(hwaddr('HWADDR=00:16:3E:49:E4:E0\n'), '00:16:3e:49:e4:e0')
    assert.is(hwaddr('HWADDR=00:16:3E:49:E4:E0\nMACADDR=02:00:00:00:00:01\n'), '')
  })
})
