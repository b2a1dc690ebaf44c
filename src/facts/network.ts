import { absentAs, map, ranked } from '../evidence/result.ts'
import { defineFacts } from './fact-set.ts'
import { asks } from './network/asks.ts'
import { configuredPorts, configuredPortSchema, localhostNamed, portlessBridges } from './network/config.ts'
import { ifcfgFiles, ifcfgOdd, ifcfgOddSchema, ifcfgSchema } from './network/ifcfg.ts'
import { droppedBridges, unservedBridges } from './network/firewall.ts'
import {
  bridgeNames,
  bridgeNf,
  bridges,
  bridgeSchema,
  defaultRoutes,
  interfaces,
  interfaceSchema,
} from './network/interfaces.ts'
import { activeNetworks, networkSchema } from './network/libvirt.ts'
import { networkScripts, networkScriptSchema } from './network/xend.ts'
import { movingFacts, movingOf } from './network/moving.ts'
import { narrowPorts, narrowPortSchema } from './network/mtu.ts'
import { bool, listOf, number, strings } from './schema.ts'

export const network = defineFacts({
  name: 'network',
  meaning: 'Interfaces, bridges, and what of the firewall and of the configuration files guests meet',
  asks,
  about: {
    interfaces: listOf(interfaceSchema, 'All interfaces'),
    bridges: listOf(bridgeSchema, 'All Linux bridges'),
    bridgeNames: strings('All bridges, those of Open vSwitch too'),
    defaultRoutes: strings('Interfaces that the IPv4 default routes leave through'),
    ipForward: bool('This host routes IPv4'),
    ip6Forward: bool('This host routes IPv6'),
    bridgeNfIptables: bool('Bridged IPv4 packets are handed to the firewall of the host'),
    droppedBridges: strings('Bridges whose new packets the firewall drops, if they are handed to it'),
    natNetworks: listOf(networkSchema, 'Active libvirt networks'),
    unservedBridges: strings('Bridges of active NAT networks that no firewall rule names'),
    ifcfg: listOf(ifcfgSchema, 'Files of the Red Hat network scripts'),
    ifcfgOdd: listOf(ifcfgOddSchema, 'Settings in these files whose names are misspelt'),
    configuredPorts: listOf(configuredPortSchema, 'What configuration files put into bridges'),
    portlessBridges: strings('Bridges that /etc/network/interfaces makes without ports on purpose'),
    conntrackCount: number('count', 'Connections that the firewall follows'),
    conntrackMax: number('count', 'Connections that it can follow; 0 where it follows none'),
    networkScripts: listOf(networkScriptSchema, 'network-script of xend-config.sxp'),
    xend: bool('xend is installed: only then its configuration counts'),
    narrowPorts: listOf(narrowPortSchema, 'Ports that drop packets which their bridge or its guests may send'),
    localhostNamed: bool('/etc/hosts gives localhost an address'),
    ...movingFacts,
  },
  parse(evidence, ask) {
    const found = interfaces(evidence)
    const names = bridgeNames(evidence)
    const bridgeList = bridges(evidence, found)
    const isOn = (text: string): boolean => text.trim() !== '0'
    return {
      interfaces: found,
      bridges: bridgeList,
      bridgeNames: names,
      defaultRoutes: defaultRoutes(evidence),
      ipForward: map(evidence.text(ask.ipForward), isOn),
      ip6Forward: absentAs(map(evidence.text(ask.ip6Forward), isOn), false),
      bridgeNfIptables: bridgeNf(evidence),
      droppedBridges: droppedBridges(evidence, names),
      natNetworks: activeNetworks(evidence),
      unservedBridges: unservedBridges(evidence),
      ifcfg: ifcfgFiles(evidence),
      ifcfgOdd: ifcfgOdd(evidence),
      configuredPorts: configuredPorts(evidence, found),
      portlessBridges: portlessBridges(evidence),
      conntrackCount: absentAs(
        map(ranked(evidence.text(ask.conntrackCount), evidence.text(ask.oldConntrackCount)), countOf),
        0,
      ),
      conntrackMax: absentAs(
        map(ranked(evidence.text(ask.conntrackMax), evidence.text(ask.oldConntrackMax)), countOf),
        0,
      ),
      networkScripts: networkScripts(evidence),
      xend: evidence.exists(ask.xendProgram),
      narrowPorts: narrowPorts(bridgeList, found),
      localhostNamed: localhostNamed(evidence),
      ...movingOf(evidence),
    }
  },
})

function countOf(text: string): number {
  const value = Number(text.trim())
  if (text.trim() === '' || !Number.isFinite(value)) throw new Error(`not a number: ${text.slice(0, 40)}`)
  return value
}
