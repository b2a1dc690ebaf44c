import { list } from '../evidence/ask.ts'
import type { CommandOutput, Evidence, Member } from '../evidence/evidence.ts'
import { locate } from '../evidence/locate.ts'
import { absentAs, chain, isUnknown, known, map, orGap, ranked, unknown } from '../evidence/result.ts'
import { readConsole } from '../parse/guest/console.ts'
import { parseXlList, parseXmList } from '../parse/guest/xl-list.ts'
import { domainOf } from '../parse/guest/xml.ts'
import { findAll, parseXml, textOf } from '../parse/xml.ts'
import type { Ask, Result, Unknown } from '../types.ts'
import { defineFacts } from './fact-set.ts'
import { dom0Asks, mayBeDom0 } from './guests/dom0.ts'
import { consoleSchema } from './guests/schema.ts'
import { guestAsks } from './guests/sources.ts'
import type { Infer } from './schema.ts'
import { listOf, number, object, string, strings } from './schema.ts'

const XENSTORED = { backend: 'xenstore', if: { daemon: ['xenstored', 'oxenstored'] } } as const
/** One name a line: 0, 1, 2. Domain 0 has no console of this kind. */
const domains = { command: ['xenstore-list', '/local/domain'] } as const
/** The node alone: beside it stands the password of VNC. */
const node = (path: string): Ask => ({
  each: domains,
  pick: '^[1-9][0-9]*$',
  ask: { command: ['xenstore-read', `/local/domain/{}/${path}`] },
  ...XENSTORED,
})

const asks = {
  ...dom0Asks,
  devices: list('/sys/class/tty'),
  devicesOfFreebsd: list('/dev', { if: { path: '/boot/loader.conf' } }),
  qemuLive: guestAsks.qemuLive,
  qemuLiveOld: guestAsks.qemuLiveOld,
  libxlLive: guestAsks.libxlLive,
  libxlLiveOld: guestAsks.libxlLiveOld,
  xlList: guestAsks.xlList,
  xmList: guestAsks.xmList,
  console: node('console/tty'),
  serial: node('serial/0/tty'),
} as const satisfies Readonly<Record<string, Ask>>

const xenSchema = object(
  {
    guest: string('Name of the guest; its number where the name is not known'),
    domid: number('id', 'Its domain'),
    kind: string('console (hvc0 in the guest, held by xenconsoled) or serial (ttyS0, held by the device model)'),
    path: string('/dev/pts/1'),
  },
  'One pseudo-terminal of a running Xen guest',
)

export const terminals = defineFacts({
  name: 'terminals',
  meaning:
    'Serial ports, and the terminals and sockets at which consoles of running guests can be read; none is opened',
  asks,
  about: {
    ports: strings(
      'Serial ports beside those of console.ports: /dev/ttyUSB0, /dev/ttyACM0, /dev/ttyAMA0; on FreeBSD /dev/cuau0, /dev/cuaU0',
    ),
    libvirt: listOf(consoleSchema, 'Consoles of guests that libvirt keeps running, as they are now'),
    xen: listOf(xenSchema, 'Pseudo-terminals of running Xen guests'),
  },
  parse(evidence, ask) {
    const live = [ask.qemuLive, ask.qemuLiveOld, ask.libxlLive, ask.libxlLiveOld]
    return {
      ports: ranked(
        named(evidence, ask.devices, /^tty(USB|ACM|AMA|MSM|LP|PS|SC|mxc|SAC)\d+$/),
        named(evidence, ask.devicesOfFreebsd, /^cua[uU]\d+$/),
      ),
      libvirt: known(onePerPlace(live.flatMap((one) => consolesOf(evidence, one)))),
      xen: chain(mayBeDom0(evidence), (dom0) => (dom0 ? xenTerminals(evidence) : known([]))),
    }
  },
})

const named = (evidence: Evidence, folder: Ask, pattern: RegExp): Result<readonly string[]> =>
  map(evidence.names(folder), (names) => names.filter((name) => pattern.test(name)).map((name) => `/dev/${name}`))

type Console = ReturnType<typeof readConsole>

/** `<domstatus …><domain …><devices><serial type='pty'><source path='/dev/pts/0'/>` */
function consolesOf(evidence: Evidence, ask: Ask): (Console | Unknown)[] {
  const members = absentAs<readonly Member<string>[]>(evidence.texts(ask), [])
  if (!members.ok) return [members]
  return members.value.flatMap(({ name, result }): (Console | Unknown)[] => {
    const read = map(result, (text) => {
      const domain = domainOf(parseXml(text))
      const owner = { guest: textOf(domain, 'name'), configFile: name }
      if (owner.guest === 'Domain-0') return []
      return ['serial', 'console'].flatMap((kind) =>
        findAll(domain, `devices/${kind}`).map((device) => readConsole(device, owner)),
      )
    })
    return read.ok ? read.value : [read]
  })
}

/** The first <console> is the first <serial> once more, and /var/run is /run. */
function onePerPlace(consoles: readonly (Console | Unknown)[]): (Console | Unknown)[] {
  const seen = new Set<string>()
  return consoles.filter((one) => {
    if (isUnknown(one)) return true
    const key = `${one.guest}\n${one.type}\n${one.source}`
    return one.source === '' || seen.has(key) ? false : Boolean(seen.add(key))
  })
}

type Terminal = Infer<typeof xenSchema>

function xenTerminals(evidence: Evidence) {
  const running = ranked(map(evidence.stdout(asks.xlList), parseXlList), map(evidence.stdout(asks.xmList), parseXmList))
  const names = map(running, (list) => new Map(list.map(({ domid, name }) => [String(domid), name])))
  return known(
    (['console', 'serial'] as const).flatMap((kind): (Terminal | Unknown)[] => {
      const outputs = evidence.outputs(asks[kind])
      if (!outputs.ok) return [outputs]
      return outputs.value.flatMap(({ name: domid, result }): (Terminal | Unknown)[] => {
        const path = chain(result, pathOf)
        if (!path.ok) return [path]
        if (path.value === '') return []
        const guest = orGap(map(names, (list) => list.get(domid) ?? domid))
        const item = { guest, domid: Number(domid), kind, path: path.value }
        return [
          locate(item, { ask: `xenstore-read /local/domain/${domid}/${kind === 'serial' ? 'serial/0' : kind}/tty` }),
        ]
      })
    }),
  )
}

/** `/dev/pts/1`; "" where the guest has no such node: `xenstore-read: couldn't read path /local/domain/2/serial/0/tty`. */
function pathOf({ exit, stdout, stderr }: CommandOutput): Result<string> {
  if (exit === 0) return known(/^\/dev\/\S+$/.exec(stdout.trim())?.[0] ?? '')
  if (/couldn't read path|No such file/.test(stderr)) return known('')
  return unknown('malformed', 'xenstore-read', `exit ${exit}: ${stderr.trim().slice(0, 200)}`)
}
