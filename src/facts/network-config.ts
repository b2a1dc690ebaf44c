import type { Evidence } from '../evidence/evidence.ts'
import { locate } from '../evidence/locate.ts'
import { basename, lookup, orNone } from '../evidence/lookup.ts'
import { absentAs, all, isUnknown, map, orGap } from '../evidence/result.ts'
import { type Ifcfg, isBackup, parseIfcfg, parseInterfaces } from '../parse/ifcfg.ts'
import { parseNetworkScripts } from '../parse/network-script.ts'
import type { Result, Unknown } from '../types.ts'
import { asks } from './network-asks.ts'
import type { Interface } from './network-interfaces.ts'
import type { Infer } from './schema.ts'
import { bool, nullable, object, string } from './schema.ts'

export const ifcfgSchema = object(
  {
    file: string('/etc/sysconfig/network-scripts/ifcfg-eth0'),
    name: string('What follows ifcfg- in its name'),
    device: string('DEVICE, or ""'),
    type: string('TYPE, or ""'),
    bridge: string('BRIDGE: the bridge that it is to be a port of, or ""'),
    bootproto: string('BOOTPROTO in lower case, or ""'),
    address: string('IPADDR, or ""'),
    hwaddr: string(
      'HWADDR in small letters: the card that it is for; "" without, or where MACADDR gives the card another one',
    ),
    onboot: bool('It comes up at boot'),
    networkManager: bool('NetworkManager may own it: not NM_CONTROLLED=no'),
  },
  'One file of the Red Hat network scripts',
)
export type IfcfgFile = Infer<typeof ifcfgSchema>

export const configuredPortSchema = object(
  {
    bridge: string('br0'),
    port: string('eth0'),
    file: string('Where it is written'),
    bridgeExists: bool('There is an interface of that name'),
    portExists: bool('There is an interface of that name'),
    joined: bool('It is in that bridge now'),
  },
  'An interface that a file puts into a bridge',
)
export type ConfiguredPort = Infer<typeof configuredPortSchema>

export const networkScriptSchema = object(
  {
    script: string('network-bridge'),
    arguments: string('netdev=eth1'),
    parentheses: bool('It stands in parentheses; otherwise xend ignores it'),
    exists: nullable(bool('The script is there; none where it lies outside /etc/xen/scripts')),
    executable: nullable(bool('It may be run; none where it lies outside /etc/xen/scripts')),
  },
  'One network-script of xend-config.sxp',
)

const MAC = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i
const NO = /^(no|n|false|0|off)$/i

/** Aliases (eth0:1), ranges and copies of editors are no interfaces of their own. */
const isInterface = (name: string): boolean => !isBackup(name) && !/:|-range\d+$/.test(name)

export function ifcfgFiles(evidence: Evidence): Result<readonly (IfcfgFile | Unknown)[]> {
  return map(orNone(evidence.texts(asks.ifcfg)), (members) =>
    members.flatMap(({ name: path, result }) => {
      const name = basename(path).slice('ifcfg-'.length)
      if (!isInterface(name) || name === 'lo') return []
      return [orGap(map(result, (text) => oneIfcfg(path, name, parseIfcfg(text))))]
    }),
  )
}

function oneIfcfg(path: string, name: string, { values, lines }: Ifcfg): IfcfgFile {
  const at = (key: string) => ({ ask: path, path, line: lines[key] })
  const item = {
    file: path,
    name,
    device: values['DEVICE'] ?? '',
    type: values['TYPE'] ?? '',
    bridge: values['BRIDGE'] ?? '',
    bootproto: (values['BOOTPROTO'] ?? '').toLowerCase(),
    address: values['IPADDR'] ?? values['IPADDR0'] ?? '',
    hwaddr: values['MACADDR'] || !MAC.test(values['HWADDR'] ?? '') ? '' : values['HWADDR']!.toLowerCase(),
    onboot: !NO.test(values['ONBOOT'] ?? 'yes'),
    networkManager: !NO.test(values['NM_CONTROLLED'] ?? 'yes'),
  }
  return locate(
    item,
    { ask: path, path },
    { device: at('DEVICE'), type: at('TYPE'), bridge: at('BRIDGE'), hwaddr: at('HWADDR') },
  )
}

interface Wish {
  readonly bridge: string
  readonly port: string
  readonly file: string
  readonly line: number | undefined
}

/** From ifcfg files of Red Hat and of SUSE (`BRIDGE_PORTS='eth0'`), and from Debian's interfaces. */
export function configuredPorts(
  evidence: Evidence,
  found: Result<readonly Interface[]>,
): Result<readonly (ConfiguredPort | Unknown)[]> {
  const redhat = wishes(evidence, asks.ifcfg, (text, file) => {
    const { values, lines } = parseIfcfg(text)
    const port = values['DEVICE'] || basename(file).slice('ifcfg-'.length)
    return values['BRIDGE'] && !NO.test(values['ONBOOT'] ?? 'yes')
      ? [{ bridge: values['BRIDGE'], port, file, line: lines['BRIDGE'] }]
      : []
  })
  const suse = wishes(evidence, asks.suseIfcfg, (text, file) => {
    const { values, lines } = parseIfcfg(text)
    const bridge = basename(file).slice('ifcfg-'.length)
    const ports = (values['BRIDGE_PORTS'] ?? '').split(/\s+/).filter(Boolean)
    return ports.map((port) => ({ bridge, port, file, line: lines['BRIDGE_PORTS'] }))
  })
  const debian = wishes(evidence, asks.interfacesD, debianWishes)
  const main = map(absentAs(evidence.text(asks.interfaces), ''), (text) =>
    debianWishes(text, '/etc/network/interfaces'),
  )
  return map(all(redhat, suse, debian, main, found), ([a, b, c, d, interfaces]) =>
    [...a, ...b, ...c, ...d].map((wish) => (isUnknown(wish) ? wish : onePort(wish, interfaces))),
  )
}

const debianWishes = (text: string, file: string): Wish[] =>
  parseInterfaces(text).flatMap(({ bridge, ports, line }) => ports.map((port) => ({ bridge, port, file, line })))

function wishes(
  evidence: Evidence,
  ask: (typeof asks)['ifcfg' | 'suseIfcfg' | 'interfacesD'],
  read: (text: string, file: string) => Wish[],
): Result<(Wish | Unknown)[]> {
  return map(orNone(evidence.texts(ask)), (members) =>
    members
      .filter(({ name }) => isInterface(basename(name)))
      .flatMap(({ name, result }): (Wish | Unknown)[] => (result.ok ? read(result.value, name) : [result])),
  )
}

function onePort({ bridge, port, file, line }: Wish, interfaces: readonly Interface[]): ConfiguredPort {
  const one = interfaces.find(({ name }) => name === port)
  const item = {
    bridge,
    port,
    file,
    bridgeExists: interfaces.some(({ name }) => name === bridge),
    portExists: one !== undefined,
    joined: one === undefined ? false : isUnknown(one.bridge) ? one.bridge : one.bridge === bridge,
  }
  return locate(item, { ask: file, path: file, line })
}

/** `bridge_ports none`: whoever wrote it wants no way out. */
export function portlessBridges(evidence: Evidence): Result<readonly (string | Unknown)[]> {
  const lone = (text: string) => parseInterfaces(text).flatMap(({ bridge, ports }) => (ports.length ? [] : [bridge]))
  const main = map(absentAs(evidence.text(asks.interfaces), ''), lone)
  return map(all(main, orNone(evidence.texts(asks.interfacesD))), ([list, files]) => [
    ...list,
    ...files.flatMap(({ result }): (string | Unknown)[] => (result.ok ? lone(result.value) : [result])),
  ])
}

/** Scripts are looked up in /etc/xen/scripts unless they have a path. */
export function networkScripts(evidence: Evidence) {
  const scripts = lookup(evidence.stats(asks.xenScripts))
  return map(absentAs(evidence.text(asks.xend), ''), (text) =>
    parseNetworkScripts(text).map(({ script, arguments: words, parentheses, line }) => {
      const path = script.startsWith('/') ? script : `/etc/xen/scripts/${script}`
      const foreign = !/^\/etc\/xen\/scripts\/[^/]+$/.test(path)
      const status = scripts(path)
      const item = {
        script,
        arguments: words,
        parentheses,
        exists: foreign
          ? null
          : orGap(
              absentAs<boolean | null>(
                map(status, () => true),
                false,
              ),
            ),
        executable: foreign
          ? null
          : orGap(
              absentAs<boolean | null>(
                map(status, ({ mode }) => (mode & 0o100) !== 0),
                false,
              ),
            ),
      }
      return locate(item, { ask: '/etc/xen/xend-config.sxp', path: '/etc/xen/xend-config.sxp', line })
    }),
  )
}

/** `127.0.0.1 localhost`: the address comes first, and a line that has lost it names nothing. */
export const localhostNamed = (evidence: Evidence): Result<boolean> =>
  map(evidence.text(asks.hosts), (text) =>
    text
      .split('\n')
      .map((line) => line.replace(/#.*$/, '').trim().split(/\s+/))
      .some(([address, ...names]) => /^(127\.|::1$)/.test(address!) && names.some((name) => /^localhost/.test(name))),
  )
