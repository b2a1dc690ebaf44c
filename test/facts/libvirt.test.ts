import * as assert from 'uvu/assert'
import { placeOf } from '../../src/evidence/locate.ts'
import { libvirt } from '../../src/facts/libvirt.ts'
import { describe } from '../describe.ts'
import { evidence, type Given, matches, names, output, status, value } from '../evidence.ts'
import { flips } from '../never-flips.ts'

const ps = { command: ['ps', '-A', '-o', 'pid=', '-o', 'comm='] as const }
const NETWORK = `<!--
WARNING: THIS IS AN AUTO-GENERATED FILE.
-->

<network>
  <name>default</name>
  <forward mode='nat'/>
  <bridge name='virbr0' stp='on' delay='0'/>
  <ip address='192.168.122.1' netmask='255.255.255.0'>
    <dhcp><range start='192.168.122.2' end='192.168.122.254'/></dhcp>
  </ip>
</network>`
const POOL = `<pool type='netfs'><name>images</name><source><host name='filer'/></source><target><path>/srv/images</path></target></pool>`

const HOST: Given[] = [
  [ps, output('    1 systemd\n  305 libvirtd\n  310 dnsmasq\n  311 bash\n')],
  [{ stat: '/usr/sbin/libvirtd' }, status({})],
  [{ stat: '/usr/sbin/dnsmasq' }, status({})],
  [{ stat: '/run/libvirt/*-sock' }, matches('/run/libvirt/libvirt-sock')],
  [{ stat: '/run/libvirt/libvirt-sock' }, status({ type: 'socket' })],
  [{ command: ['virsh', '--version'] }, output('9.0.0\n')],
  [{ file: '/etc/libvirt/qemu/networks/*.xml' }, matches('/etc/libvirt/qemu/networks/default.xml')],
  ['/etc/libvirt/qemu/networks/default.xml', NETWORK],
  [{ list: '/etc/libvirt/qemu/networks/autostart' }, names()],
  [{ list: '/run/libvirt/network' }, names('default.xml', 'driver.pid')],
  [{ list: '/sys/class/net' }, names('lo', 'virbr0')],
  [{ file: '/etc/libvirt/storage/*.xml' }, matches('/etc/libvirt/storage/images.xml')],
  ['/etc/libvirt/storage/images.xml', POOL],
  [{ list: '/etc/libvirt/storage/autostart' }, names('images.xml')],
  [{ list: '/run/libvirt/storage' }, names()],
  ['/etc/libvirt/libvirtd.conf', '#listen_tcp = 1\nlisten_tcp = 1\nauth_tcp = "none" # for now\n'],
  ['/etc/libvirt/qemu.conf', 'vnc_listen = "0.0.0.0"\nvnc_password = "hunter2"\nmax_files = 65536\n'],
  [
    '/proc/net/tcp',
    '  sl  local_address rem_address   st tx_queue rx_queue\n   0: 0100007F:407D 00000000:0000 0A 00000000:00000000\n   1: 00000000:407D 00000000:0000 0A 00000000:00000000\n   2: 00000000:0016 00000000:0000 0A 00000000:00000000\n',
  ],
]

const WANTED: Given = [{ list: '/etc/systemd/system/*.wants' }, matches('/etc/systemd/system/multi-user.target.wants')]
const FOLDER = { list: '/etc/systemd/system/multi-user.target.wants' }
const conffiles = (conf: string, more: string): Given[] => [
  ['/etc/dnsmasq.conf', conf],
  [{ file: '/etc/dnsmasq.d/*' }, matches('/etc/dnsmasq.d/x')],
  ['/etc/dnsmasq.d/x', more],
]

const parse = (given: readonly Given[]) => libvirt.parse(evidence(libvirt, given))
const first = (given: readonly Given[], fact: 'networks' | 'pools') =>
  (value(parse(given)[fact]) as Record<string, unknown>[])[0]!
const without = (question: unknown): Given[] => HOST.filter(([one]) => JSON.stringify(one) !== JSON.stringify(question))

describe('facts: libvirt', (it) => {
  it('knows which daemons run', () => {
    const facts = parse(HOST)
    assert.equal(value(facts.daemons), ['libvirtd'])
    assert.is(value(facts.running), true)
    assert.is(value(facts.dnsmasqRuns), true)
  })

  it('knows no daemons where /proc hides them', () => {
    assert.is(value(parse([[ps, output('  311 bash\n')]]).running), 'denied')
    assert.is(value(parse([[ps, output('    1 systemd\n')]]).running), false)
  })

  it('takes a socket for a daemon that systemd starts', () => {
    const facts = parse([
      [ps, output('    1 systemd\n')],
      [{ stat: '/run/libvirt/*-sock' }, matches('/run/libvirt/virtqemud-sock')],
      [{ stat: '/run/libvirt/virtqemud-sock' }, status({ type: 'socket' })],
    ])
    assert.is(value(facts.running), true)
    assert.equal(value(facts.daemons), [])
  })

  it('knows the card of a pool, and elements that libvirt reads over', () => {
    const text =
      "<network>\n<name>pool</name>\n<forward mode='hostdev'>\n<pf dev='eth3'/></forward>\n<brigde/></network>"
    const facts = libvirt.parse(
      evidence(libvirt, [
        [{ file: '/etc/libvirt/qemu/networks/*.xml' }, matches('/etc/libvirt/qemu/networks/pool.xml')],
        ['/etc/libvirt/qemu/networks/pool.xml', text],
      ]),
    )
    const [net] = value(facts.networks) as Record<string, unknown>[]
    assert.equal([net!['pf'], net!['forward'], placeOf(net!, 'pf')?.line], ['eth3', 'hostdev', 4])
    const [one] = value(facts.ignoredElements) as Record<string, unknown>[]
    assert.equal([one!['element'], one!['meant'], placeOf(one!)?.line], ['<brigde>', '<bridge>', 5])
  })

  it('reads networks with their state', () => {
    const { name, bridge, forward, dhcp, autostart, active } = first(HOST, 'networks')
    assert.equal(value(parse(HOST).startedNetworks), ['default'])
    assert.equal([name, bridge, forward, dhcp, autostart, active], ['default', 'virbr0', 'nat', true, false, true])
  })

  it('calls a network inactive only where its bridge is missing', () => {
    const noBridge: Given[] = [...without({ list: '/sys/class/net' }), [{ list: '/sys/class/net' }, names('lo')]]
    assert.is(first(noBridge, 'networks')['active'], false)
    const noStatus = first(without({ list: '/run/libvirt/network' }), 'networks')['active']
    assert.is((noStatus as { gap: string }).gap, 'absent')
  })

  it('reads pools, and does not guess where there is no folder for their status', () => {
    const { type, path, autostart, active, sourceHost } = first(HOST, 'pools')
    assert.equal([type, path, autostart, active, sourceHost], ['netfs', '/srv/images', true, false, 'filer'])
    const unknown = first(without({ list: '/run/libvirt/storage' }), 'pools')['active']
    assert.is((unknown as { gap: string }).gap, 'absent')
  })

  it('reads settings, and never a password', () => {
    const facts = parse(HOST)
    assert.is(value(facts.listenTcp), true)
    assert.is(value(facts.authTcp), 'none')
    assert.is(value(facts.vncListen), '0.0.0.0')
    assert.is(value(facts.vncPassword), true)
    assert.is(value(facts.maxFiles), 65536)
    assert.not(JSON.stringify(facts).includes('hunter2'))
    assert.is(value(parse([]).authTcp), 'sasl')
  })

  it('knows what becomes of guests when the host goes down, and whether a network tells what to boot', () => {
    assert.is(value(parse(HOST).onShutdown), '')
    const set = (path: string): Given => [path, '#ON_SHUTDOWN=shutdown\nON_SHUTDOWN=suspend\n']
    assert.is(value(parse([...HOST, set('/etc/sysconfig/libvirt-guests')]).onShutdown), 'suspend')
    assert.is(value(parse([...HOST, set('/etc/default/libvirt-guests')]).onShutdown), 'suspend')
    const network = (text: string) =>
      first([...HOST, ['/etc/libvirt/qemu/networks/default.xml', text]], 'networks')['bootp']
    assert.is(network(NETWORK), false)
    assert.is(network(NETWORK.replace('<dhcp>', "<dhcp><bootp file='pxelinux.0'/>")), true)
  })

  it('finds a dnsmasq of the system that takes port 53 everywhere', () => {
    const wide = (conf: string, more = '', started: Given = WANTED) =>
      value(
        parse([...HOST, started, [FOLDER, names('sshd.service', 'dnsmasq.service')], ...conffiles(conf, more)])
          .wideDnsmasq,
      )
    assert.is(wide('# bind-interfaces\ninterface=eth0\n'), true)
    assert.is(wide('interface=lo\nbind-interfaces\n'), false)
    assert.is(wide('', 'bind-dynamic # for libvirt\n'), false)
    assert.is(wide('port=0\n'), false)
    assert.is(wide('', '', [{ list: '/etc/nothing' }, names()]), false)
    const given = [...HOST, WANTED, [FOLDER, names('dnsmasq.service')] as Given, ...conffiles('', 'x\n')]
    assert.is(value(parse(given).wideDnsmasq), true)
    assert.equal(flips(libvirt, given), [])
    assert.is(value(parse([...given, ['/etc/dnsmasq.d/x', { gap: 'denied' }]]).wideDnsmasq), 'malformed')
  })

  it('finds who listens to the network, not to loopback and not on another port', () => {
    assert.equal(value(parse(HOST).tcpListeners), ['0.0.0.0'])
    const six = '   0: 00000000000000000000000000000000:407D 00000000000000000000000000000000:0000 0A 0\n'
    assert.equal(value(parse([['/proc/net/tcp6', six]]).tcpListeners), ['::'])
  })

  it('says nothing else when any one answer is missing', () => {
    assert.equal(flips(libvirt, HOST), [])
    assert.equal(flips(libvirt, []), [])
  })
})
