import type { Evidence } from '../../evidence/evidence.ts'
import { locate } from '../../evidence/locate.ts'
import { basename, orNone } from '../../evidence/lookup.ts'
import { absentAs, all, isUnknown, map } from '../../evidence/result.ts'
import { parseIfcfg, parseInterfaces } from '../../parse/ifcfg.ts'
import type { Result, Unknown } from '../../types.ts'
import { asks } from './asks.ts'
import { isInterface, NO } from './ifcfg.ts'
import type { Interface } from './interfaces.ts'
import type { Infer } from '../schema.ts'
import { bool, object, string } from '../schema.ts'

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

/** `127.0.0.1 localhost`: the address comes first, and a line that has lost it names nothing. */
export const localhostNamed = (evidence: Evidence): Result<boolean> =>
  map(evidence.text(asks.hosts), (text) =>
    text
      .split('\n')
      .map((line) => line.replace(/#.*$/, '').trim().split(/\s+/))
      .some(([address, ...names]) => /^(127\.|::1$)/.test(address!) && names.some((name) => /^localhost/.test(name))),
  )
