import type { Evidence, Member } from '../../evidence/evidence.ts'
import { locate } from '../../evidence/locate.ts'
import { absentAs, chain, known, map, orGap, unknown } from '../../evidence/result.ts'
import { at, baseName } from '../../parse/guest/guest.ts'
import { parseLibvirtConf, readLibvirtConf } from '../../parse/libvirt-conf.ts'
import { type ConfProblem, confProblems } from '../../parse/libvirt-keys.ts'
import { attributeOf, type Element, find, findAll, parseXml, textOf } from '../../parse/xml.ts'
import { ignoredOfNetwork } from '../../parse/xml-ignored.ts'
import type { Ask, Result, Unknown } from '../../types.ts'

/** The kernel cuts names to 15 characters, which all of these keep. */
const DAEMONS =
  /^(libvirtd|virt(qemu|xen|lxc|vbox|network|storage|secret|nodedev|nwfilter|interface|proxy|log|lock)d|dnsmasq)$/

/** `  305 libvirtd`. Where process 1 is not in the list, /proc hides the processes of other users. */
export function runningDaemons(text: string): Result<string[]> {
  const lines = text.split('\n').map((line) => line.trim())
  if (!lines.some((line) => line.startsWith('1 ')))
    return unknown('denied', 'ps', 'processes of other users are hidden')
  const names = lines.map((line) => line.replace(/^\d+\s+/, ''))
  return known([...new Set(names.filter((name) => DAEMONS.test(name)))])
}

/** Reads one file once; then gives settings of it, with their lines: "" where one is commented out, or the file is not there. */
export function confReader(evidence: Evidence, ask: Ask): (key: string) => Result<string> {
  const path = 'file' in ask ? ask.file : ''
  const settings = map(absentAs(evidence.text(ask), ''), parseLibvirtConf)
  return (key) =>
    chain(settings, (found) => {
      const setting = found.get(key)
      return setting ? known(setting.value, at(path, setting.line)) : known('')
    })
}

type ConfLine = ConfProblem & { readonly file: string }

/** What libvirt refuses or does not know in each of its files that is there. */
export function problemsOf(evidence: Evidence, asks: readonly Ask[]) {
  return known(
    asks.flatMap((ask): (ConfLine | Unknown)[] => {
      const text = absentAs(evidence.text(ask), '')
      if (!text.ok) return [text]
      const file = 'file' in ask ? ask.file : ''
      return confProblems(file, readLibvirtConf(text.value)).map((one) => locate({ file, ...one }, at(file, one.line)))
    }),
  )
}

const stem = (path: string): string => baseName(path).replace(/\.xml$/, '')

type Asks<K extends string> = Readonly<Record<K, Ask>>

/** Whether a name has a status file: then it is started. Old releases keep none, so a folder that is not there tells nothing. */
function started(evidence: Evidence, asks: readonly Ask[]): (name: string) => boolean | Unknown {
  const found = asks.map((ask) => evidence.names(ask))
  return (name) => {
    if (found.some((one) => one.ok && one.value.includes(`${name}.xml`))) return true
    const gap = found.find((one) => !one.ok && one.gap !== 'absent') ?? (found.some((one) => one.ok) ? null : found[0]!)
    return gap === null ? false : (gap as Unknown)
  }
}

interface Defined {
  readonly root: Element
  readonly path: string
}

/** The definitions of a glob; what cannot be read is a gap among them. */
function definitions(evidence: Evidence, ask: Ask): (Defined | Unknown)[] {
  const members = absentAs<readonly Member<string>[]>(evidence.texts(ask), [])
  if (!members.ok) return [members]
  return members.value.map(({ name, result }) => orGap(map(result, (text) => ({ root: parseXml(text), path: name }))))
}

export function readNetworks(
  evidence: Evidence,
  ask: Asks<'networks' | 'networkAutostart' | 'networkStatus' | 'networkStatusOld' | 'interfaces'>,
) {
  const isStarted = started(evidence, [ask.networkStatus, ask.networkStatusOld])
  const interfaces = evidence.names(ask.interfaces)
  const autostart = absentAs(evidence.names(ask.networkAutostart), [])
  const items = definitions(evidence, ask.networks).map((defined) => {
    if (!('root' in defined)) return defined
    const { root, path } = defined
    const name = textOf(root, 'name') || stem(path)
    const bridge = attributeOf(root, 'bridge', 'name')
    const item = {
      name,
      configFile: path,
      bridge,
      forward: find(root, 'forward') ? attributeOf(root, 'forward', 'mode') || 'nat' : '',
      pf: attributeOf(root, 'forward/pf', 'dev'),
      dhcp: findAll(root, 'ip/dhcp').length > 0,
      dns: findAll(root, 'ip').length > 0 && attributeOf(root, 'dns', 'enable') !== 'no',
      bootp: findAll(root, 'ip/dhcp/bootp').length > 0 || root.children.some(({ name }) => /(^|:)options$/.test(name)),
      addresses: findAll(root, 'ip').map((ip) => ip.attributes['address'] ?? ''),
      autostart: orGap(map(autostart, (names) => names.includes(baseName(path)))),
      active: isActive(isStarted(name), bridge, interfaces),
    }
    const lines = { bridge: 'bridge', forward: 'forward', pf: 'forward/pf' }
    const places = Object.entries(lines).flatMap(([field, where]) => {
      const element = find(root, where)
      return element ? [[field, at(path, element.line)] as const] : []
    })
    return locate(item, at(path, root.line), Object.fromEntries(places))
  })
  return known(items)
}

interface IgnoredOfNetwork {
  readonly network: string
  readonly configFile: string
  readonly element: string
  readonly meant: string
}

export function ignoredElements(evidence: Evidence, ask: Ask): Result<readonly (IgnoredOfNetwork | Unknown)[]> {
  const items = definitions(evidence, ask).flatMap((defined): (IgnoredOfNetwork | Unknown)[] => {
    if (!('root' in defined)) return [defined]
    const { root, path } = defined
    const network = textOf(root, 'name') || stem(path)
    return ignoredOfNetwork(root).map(({ element, meant, line }) =>
      locate({ network, configFile: path, element, meant }, at(path, line)),
    )
  })
  return known(items)
}

/**
 * Without its bridge a network cannot be started. With the bridge and no status it may be left over, or be that of a libvirt
 * that keeps its status elsewhere.
 */
function isActive(status: boolean | Unknown, bridge: string, interfaces: Result<readonly string[]>): boolean | Unknown {
  if (bridge === '') return status
  if (!interfaces.ok) return interfaces
  if (!interfaces.value.includes(bridge)) return false
  return status === false
    ? unknown('malformed', '/run/libvirt/network', `bridge ${bridge} is there, its status is not`)
    : status
}

export function readPools(evidence: Evidence, ask: Asks<'pools' | 'poolAutostart' | 'poolStatus'>) {
  const isStarted = started(evidence, [ask.poolStatus])
  const autostart = absentAs(evidence.names(ask.poolAutostart), [])
  const items = definitions(evidence, ask.pools).map((defined) => {
    if (!('root' in defined)) return defined
    const { root, path } = defined
    const name = textOf(root, 'name') || stem(path)
    const item = {
      name,
      configFile: path,
      type: root.attributes['type'] ?? '',
      path: textOf(root, 'target/path'),
      sourceHost: attributeOf(root, 'source/host', 'name'),
      sourceDevice: attributeOf(root, 'source/device', 'path'),
      autostart: orGap(map(autostart, (names) => names.includes(baseName(path)))),
      active: isStarted(name),
    }
    return locate(item, at(path, root.line))
  })
  return known(items)
}
