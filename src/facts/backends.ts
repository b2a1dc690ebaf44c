import { command, file, stat } from '../evidence/ask.ts'
import type { Evidence, Member } from '../evidence/evidence.ts'
import { locate } from '../evidence/locate.ts'
import { absentAs, chain, known, map, orGap, unknown } from '../evidence/result.ts'
import { at, baseName } from '../parse/guest/guest.ts'
import { type GuestLog, parseQemuLog, parseXlLog } from '../parse/guest-log.ts'
import { parseXlList } from '../parse/guest/xl-list.ts'
import { type BackendDevice, backendDevices, parseXenstore } from '../parse/xenstore.ts'
import { attributeOf, type Element, find, findAll, parseXml, textOf } from '../parse/xml.ts'
import type { Ask, Result, Unknown } from '../types.ts'
import { domainSchema, liveCpus, liveDomains, snapshotAsk, snapshotSchema, snapshotsOf } from './backends/live.ts'
import { defineFacts } from './fact-set.ts'
import { cpuSchema } from './guests/cpu.ts'
import { dom0Asks, mayBeDom0 } from './guests/dom0.ts'
import { guestAsks } from './guests/sources.ts'
import { bool, listOf, number, object, string, strings } from './schema.ts'

const XENSTORED = { backend: 'xenstore', if: { daemon: ['xenstored', 'oxenstored'] } } as const
const TAIL = { fromEnd: true, maxBytes: 32 << 10 } as const
const below = (kind: string): Ask => command(['xenstore-ls', '-f', `/local/domain/0/backend/${kind}`], XENSTORED)

const device = object(
  {
    guest: string('Name of the guest; its number where the name is not known'),
    domid: number('id', 'Its domain'),
    kind: string('vif, vbd, qdisk, pci'),
    id: string('Number of the device: 0, 51712'),
    state: string('initialising, initwait, initialised, connected, closing, closed: the half that dom0 serves'),
    hotplugStatus: string('What the hotplug script left: connected, error; "" where none ran'),
    hotplugError: string('Its message; "" without'),
    params: string('File or device behind a disk'),
    bridge: string('Bridge of a network interface'),
    script: string('The hotplug script'),
  },
  'One device of a running Xen guest',
)

const backing = object(
  {
    guest: string('Name of the guest'),
    configFile: string('File that tells it'),
    target: string('Its disk: vda'),
    path: string('The base image that this disk only holds the difference to'),
  },
  'One base image',
)

const log = object(
  {
    guest: string('Name of the guest'),
    file: string('The log'),
    started: string('When it was started last; "" where the end of the log does not show it'),
    ended: string('Why that run ended: shutdown, destroyed, crashed, failed, poweroff, crash …; "" while it runs'),
    error: string('The last complaint of that run; "" without'),
  },
  'The end of one log',
)

export const backends = defineFacts({
  name: 'backends',
  meaning: 'What runs behind the guests: devices of Xen in the xenstore, states in libvirt, saved guests, logs',
  asks: {
    ...dom0Asks,
    vif: below('vif'),
    vbd: below('vbd'),
    qdisk: below('qdisk'),
    pci: below('pci'),
    errors: command(['xenstore-ls', '-f', '/local/domain/0/error'], XENSTORED),
    xlList: guestAsks.xlList,
    qemu: guestAsks.qemuLive,
    snapshots: snapshotAsk,
    saved: stat('/var/lib/libvirt/qemu/save/*.save'),
    savedXen: stat('/var/lib/libvirt/libxl/save/*.save'),
    qemuLogs: file('/var/log/libvirt/qemu/*.log', TAIL),
    xlLogs: file('/var/log/xen/xl-*.log', TAIL),
  },
  about: {
    devices: listOf(device, 'Devices that dom0 serves to Xen guests'),
    errors: listOf(
      object({ path: string('Device in the xenstore'), message: string('The error') }, 'One error'),
      'Errors that back ends of dom0 have reported',
    ),
    domains: listOf(domainSchema, 'Guests that libvirt keeps running by QEMU'),
    cpus: listOf(cpuSchema, 'Processors of the guests that libvirt keeps running by QEMU, as they were started'),
    backings: listOf(backing, 'Base images below the disks of guests that libvirt keeps running'),
    snapshots: listOf(snapshotSchema, 'Snapshots of guests of QEMU that libvirt keeps a record of'),
    savedGuests: strings('Guests with a managed save: their next start resumes it'),
    logs: listOf(log, "What the ends of the guests' logs tell of their last runs"),
    xenstoreAnswers: bool('xenstored answered'),
  },
  parse(evidence, ask) {
    const names = map(
      evidence.stdout(ask.xlList),
      (text) => new Map(parseXlList(text).map((one) => [one.domid, one.name])),
    )
    const kinds = [ask.vif, ask.vbd, ask.qdisk, ask.pci].map((one) => subtree(evidence, one))
    const live = map(absentAs<readonly Member<string>[]>(evidence.texts(ask.qemu), []), (members) =>
      members.map(({ name, result }) => ({ name, result: map(result, parseXml) })),
    )
    const errors = map(subtree(evidence, ask.errors), (nodes) =>
      [...nodes]
        .filter(([path, message]) => path.endsWith('/error') && message !== '')
        .map(([path, message]) => locate({ path, message }, { ask: 'xenstore-ls /local/domain/0/error' })),
    )
    return {
      devices: known(
        kinds.flatMap((kind): (ReturnType<typeof named> | Unknown)[] =>
          kind.ok ? backendDevices(kind.value).map((one) => named(one, names)) : [kind],
        ),
      ),
      errors,
      domains: known(liveDomains(live)),
      cpus: known(liveCpus(live)),
      backings: known(backingsOf(live)),
      snapshots: known(snapshotsOf(evidence)),
      savedGuests: known(
        [ask.saved, ask.savedXen].flatMap((one): (string | Unknown)[] => {
          const members = absentAs(evidence.stats(one), [])
          return members.ok ? members.value.map(({ name }) => baseName(name).replace(/\.save$/, '')) : [members]
        }),
      ),
      logs: known([
        ...readLogs(evidence, ask.qemuLogs, parseQemuLog, /^(.*)\.log$/),
        ...readLogs(evidence, ask.xlLogs, parseXlLog, /^xl-(.*)\.log$/),
      ]),
      xenstoreAnswers: chain(evidence.output(ask.errors), ({ exit, stderr }) =>
        exit === 0 || /No such file/.test(stderr)
          ? known(true)
          : unknown('malformed', 'xenstore-ls', stderr.slice(0, 200)),
      ),
    }
  },
})

/** A path that is not there means that no guest has such a device; and only a control domain serves any. */
function subtree(evidence: Evidence, ask: Ask): Result<ReadonlyMap<string, string>> {
  const dom0 = mayBeDom0(evidence)
  if (dom0.ok && !dom0.value) return map(dom0, () => new Map<string, string>())
  return chain(evidence.output(ask), ({ exit, stdout, stderr }): Result<ReadonlyMap<string, string>> => {
    if (exit === 0) return known(parseXenstore(stdout))
    if (/No such file/.test(stderr)) return known(new Map<string, string>())
    const denied = /ermission denied/.test(stderr)
    return unknown(denied ? 'denied' : 'malformed', 'xenstore-ls', `exit ${exit}: ${stderr.trim().slice(0, 200)}`)
  })
}

function named(device: BackendDevice, names: Result<ReadonlyMap<number, string>>) {
  const guest = orGap(map(names, (list) => list.get(device.domid) ?? String(device.domid)))
  return locate({ ...device, guest }, { ask: `xenstore-ls /local/domain/0/backend/${device.kind}` })
}

/** `<disk …><source file='/srv/web1.qcow2'/><backingStore type='file'><source file='/srv/base.qcow2'/><backingStore/></backingStore>` */
function backingsOf(members: Result<readonly Member<Element>[]>) {
  if (!members.ok) return [members]
  return members.value.flatMap(({ name, result }): (ReturnType<typeof backingChain>[number] | Unknown)[] => {
    const read = map(result, (root) => {
      const domain = find(root, 'domain')
      return (domain ? findAll(domain, 'devices/disk') : []).flatMap((disk) =>
        backingChain(disk, textOf(domain, 'name'), name),
      )
    })
    return read.ok ? read.value : [read]
  })
}

function backingChain(disk: Element, guest: string, path: string) {
  const found = []
  for (let base = find(disk, 'backingStore'); base; base = find(base, 'backingStore')) {
    const source = attributeOf(base, 'source', 'file') || attributeOf(base, 'source', 'dev')
    const item = { guest, configFile: path, target: attributeOf(disk, 'target', 'dev'), path: source }
    if (source !== '') found.push(locate(item, at(path, base.line)))
  }
  return found
}

/** A log of which only the end was read has no line numbers. */
function readLogs(evidence: Evidence, ask: Ask, parse: (text: string) => GuestLog, pattern: RegExp) {
  const members = absentAs<readonly Member<string>[]>(evidence.texts(ask), [])
  if (!members.ok) return [members as Unknown]
  return members.value
    .filter(({ name }) => pattern.test(baseName(name)))
    .map(({ name, result }) =>
      orGap(
        map(result, (text) => {
          const { started, ended, error } = parse(text)
          const guest = pattern.exec(baseName(name))![1]!
          return locate({ guest, file: name, started, ended, error }, { ask: name, path: name })
        }),
      ),
    )
}
