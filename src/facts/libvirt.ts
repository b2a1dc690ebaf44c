import { command, file, list, stat } from '../evidence/ask.ts'
import { absentAs, all, chain, known, map, ranked } from '../evidence/result.ts'
import type { Ask } from '../types.ts'
import { parseShellVariables } from '../parse/key-value.ts'
import { listeningOn } from '../parse/proc-net-tcp.ts'
import { defineFacts } from './fact-set.ts'
import { dnsmasqAsks, wideDnsmasq } from './libvirt/dnsmasq.ts'
import { confReader, ignoredElements, problemsOf, readNetworks, readPools, runningDaemons } from './libvirt/sources.ts'
import { movingAsks, movingFacts, movingOf } from './libvirt/moving.ts'
import { bool, listOf, nullable, number, object, string, strings } from './schema.ts'

const LIBVIRTD_TCP_PORT = 16509

const network = object(
  {
    name: string('Name of the network'),
    configFile: string('File that defines it'),
    bridge: string('Its bridge; "" where libvirt makes none'),
    forward: string('nat, route, open, bridge, hostdev …; "" for an isolated network'),
    pf: string('Card whose virtual functions it gives out (<pf dev=…>); "" without'),
    dhcp: bool('libvirt serves addresses on it'),
    dns: bool('libvirt answers questions for names on it'),
    bootp: bool('It tells guests what to boot from the network'),
    addresses: strings("The host's addresses on it"),
    autostart: bool('It is started with libvirt'),
    active: bool('It is started now'),
  },
  'One virtual network',
)

const ignored = object(
  {
    network: string('Name of the network'),
    configFile: string('File that defines it'),
    element: string('<foward>'),
    meant: string('What was probably meant'),
  },
  'One element that libvirt reads over',
)

const pool = object(
  {
    name: string('Name of the pool'),
    configFile: string('File that defines it'),
    type: string('dir, fs, netfs, logical, disk, iscsi, rbd …'),
    path: string('Where its volumes appear on this host; "" without'),
    sourceHost: string('Server; "" for local pools'),
    sourceDevice: string('Device, or the target of iSCSI; "" without'),
    autostart: bool('It is started with libvirt'),
    active: bool('It is started now'),
  },
  'One storage pool',
)

const confProblem = object(
  {
    file: string('/etc/libvirt/qemu.conf'),
    line: number('line', 'Line in it'),
    key: string('Name of the setting; "" where the line itself cannot be read'),
    refused: string('Why libvirt does not take it; "" where it only does not know the name'),
    meant: string('The setting that was probably meant; "" where the name is known'),
  },
  'One line',
)

export const libvirt = defineFacts({
  name: 'libvirt',
  meaning: 'libvirt on this host: its daemons, its networks and pools, and its settings',
  asks: {
    processes: command(['ps', '-A', '-o', 'pid=', '-o', 'comm=']),
    libvirtd: stat('/usr/sbin/libvirtd'),
    virtqemud: stat('/usr/sbin/virtqemud'),
    virtxend: stat('/usr/sbin/virtxend'),
    version: command(['virsh', '--version']),
    sockets: stat('/run/libvirt/*-sock'),
    dnsmasq: stat('/usr/sbin/dnsmasq'),
    dnsmasqBin: stat('/usr/bin/dnsmasq'),
    dnsmasqLocal: stat('/usr/local/sbin/dnsmasq'),
    ...dnsmasqAsks,
    networks: file('/etc/libvirt/qemu/networks/*.xml'),
    networkAutostart: list('/etc/libvirt/qemu/networks/autostart'),
    networkStatus: list('/run/libvirt/network'),
    networkStatusOld: list('/var/lib/libvirt/network'),
    interfaces: list('/sys/class/net'),
    pools: file('/etc/libvirt/storage/*.xml'),
    poolAutostart: list('/etc/libvirt/storage/autostart'),
    poolStatus: list('/run/libvirt/storage'),
    libvirtdConf: file('/etc/libvirt/libvirtd.conf'),
    proxyConf: file('/etc/libvirt/virtproxyd.conf'),
    virtqemudConf: file('/etc/libvirt/virtqemud.conf'),
    qemuConf: file('/etc/libvirt/qemu.conf'),
    libxlConf: file('/etc/libvirt/libxl.conf'),
    ...movingAsks,
    guestsConf: file('/etc/sysconfig/libvirt-guests'),
    guestsDefault: file('/etc/default/libvirt-guests'),
    tcp: file('/proc/net/tcp', { maxBytes: 4 << 20 }),
    tcp6: file('/proc/net/tcp6', { maxBytes: 4 << 20 }),
  },
  about: {
    installed: bool('libvirtd or one of the split daemons is on the disk'),
    daemons: strings("libvirt's daemons that run: libvirtd, or virtqemud, virtnetworkd and so on"),
    running: bool('A daemon that manages guests runs, or is started by its socket when it is needed'),
    version: string('Release of the tools: "9.0.0"'),
    sockets: strings('Names of the sockets in /run/libvirt'),
    networks: listOf(network, 'Its virtual networks'),
    ignoredElements: listOf(ignored, 'Elements in definitions of networks that libvirt reads over'),
    startedNetworks: strings('Networks that are started, also those without a definition in /etc'),
    pools: listOf(pool, 'Its storage pools'),
    dnsmasq: bool('dnsmasq, which serves the networks, is installed'),
    dnsmasqRuns: bool('A process of that name runs'),
    wideDnsmasq: bool('A dnsmasq of the system is started at boot and takes port 53 of all addresses'),
    listenTcp: bool('listen_tcp is on: connections without encryption'),
    authTcp: string('Who may connect by TCP: sasl (the default), none …'),
    tcpListeners: strings('Addresses on which something accepts connections at port 16509, not counting loopback'),
    authUnixRw: string('Who may connect by the writable UNIX socket: polkit, none …; "" for the default'),
    unixSockRwPerms: string('Permissions of that socket as set; "" for the default'),
    onShutdown: string(
      'What libvirt-guests does with guests when the host goes down: suspend, shutdown; "" where not set',
    ),
    vncListen: string('Address of guests\' VNC consoles that name none; "127.0.0.1" is the default'),
    vncTls: bool('VNC consoles are encrypted'),
    vncPassword: bool('VNC consoles that have no password of their own get one'),
    spiceListen: string('The same for SPICE'),
    spicePassword: bool('The same for SPICE'),
    qemuUser: string('User that QEMU runs as, as set; "" for the default'),
    securityDriver: string('As set; "" for the default'),
    confProblems: listOf(
      confProblem,
      "Lines of libvirt's configuration that it refuses, or whose name it does not know",
    ),
    maxFiles: nullable(number('count', 'max_files of QEMU as set; none for the default')),
    ...movingFacts,
  },
  parse(evidence, ask) {
    const processes = chain(evidence.stdout(ask.processes), runningDaemons)
    const daemons = map(processes, (names) => names.filter((name) => name !== 'dnsmasq'))
    const programs = [ask.libvirtd, ask.virtqemud, ask.virtxend].map((one) => evidence.exists(one))
    const present = programs.find((one) => one.ok && one.value)
    const sockets = map(absentAs(evidence.stats(ask.sockets), []), (found) =>
      found.map(({ name, result }) => (result.ok ? name.slice(name.lastIndexOf('/') + 1) : result)),
    )
    const qemu = confReader(evidence, ask.qemuConf)
    const daemon = confReader(evidence, ask.libvirtdConf)
    const is = (one: Ask) => map(evidence.stat(one), () => true)
    const on = (value: ReturnType<typeof qemu>) => map(value, (text) => text === '1')
    const listeners = map(
      all(absentAs(evidence.text(ask.tcp), ''), absentAs(evidence.text(ask.tcp6), '')),
      ([four, six]) => listeningOn(`${four}\n${six}`, LIBVIRTD_TCP_PORT),
    )
    return {
      installed: present ?? map(all(...programs), () => false),
      daemons,
      running: map(all(daemons, sockets), ([names, found]) => manages(names) || found.some(isManagerSocket)),
      version: map(evidence.stdout(ask.version), (text) => text.trim()),
      sockets,
      networks: readNetworks(evidence, ask),
      ignoredElements: ignoredElements(evidence, ask.networks),
      startedNetworks: map(
        all(absentAs(evidence.names(ask.networkStatus), []), absentAs(evidence.names(ask.networkStatusOld), [])),
        (lists) => [...new Set(lists.flat())].flatMap((name) => /^(.+)\.xml$/.exec(name)?.[1] ?? []),
      ),
      pools: readPools(evidence, ask),
      dnsmasq: ranked(is(ask.dnsmasq), is(ask.dnsmasqBin), is(ask.dnsmasqLocal), known(false)),
      dnsmasqRuns: map(processes, (names) => names.includes('dnsmasq')),
      wideDnsmasq: wideDnsmasq(evidence),
      listenTcp: on(daemon('listen_tcp')),
      authTcp: map(daemon('auth_tcp'), (text) => text || 'sasl'),
      tcpListeners: listeners,
      authUnixRw: daemon('auth_unix_rw'),
      unixSockRwPerms: daemon('unix_sock_rw_perms'),
      onShutdown: map(
        all(absentAs(evidence.text(ask.guestsConf), ''), absentAs(evidence.text(ask.guestsDefault), '')),
        (texts) => parseShellVariables(texts.join('\n'))['ON_SHUTDOWN'] ?? '',
      ),
      vncListen: map(qemu('vnc_listen'), (text) => text || '127.0.0.1'),
      vncTls: on(qemu('vnc_tls')),
      vncPassword: map(qemu('vnc_password'), (text) => text !== ''),
      spiceListen: map(qemu('spice_listen'), (text) => text || '127.0.0.1'),
      spicePassword: map(qemu('spice_password'), (text) => text !== ''),
      qemuUser: qemu('user'),
      securityDriver: qemu('security_driver'),
      confProblems: problemsOf(evidence, [
        ask.libvirtdConf,
        ask.proxyConf,
        ask.virtqemudConf,
        ask.qemuConf,
        ask.libxlConf,
      ]),
      ...movingOf(evidence, { daemon, split: confReader(evidence, ask.virtqemudConf), qemu }),
      maxFiles: map(qemu('max_files'), (text) => (/^\d+$/.test(text) ? Number(text) : null)),
    }
  },
})

const manages = (daemons: readonly string[]): boolean =>
  daemons.some((name) => ['libvirtd', 'virtqemud', 'virtxend', 'virtlxcd', 'virtvboxd'].includes(name))

const isManagerSocket = (name: unknown): boolean =>
  name === 'libvirt-sock' || name === 'virtqemud-sock' || name === 'virtxend-sock'
