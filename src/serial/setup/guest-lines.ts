import { isUnknown } from '../../evidence/result.ts'
import type { Unknown } from '../../types.ts'
import { gapText } from './console-path.ts'
import type { ConsoleLine } from './console-line.ts'
import { type HostFacts, settle, settleAll } from './host-facts.ts'

interface Guest {
  readonly name: string
  readonly toolstack: string
  readonly configFile: string
  readonly running: boolean
}

/** A place where a guest's console can be read now. */
interface Place {
  readonly type: string
  readonly source: string
  readonly what: string
  readonly listens: boolean
  readonly telnet: boolean
  readonly log: string
}

/** A file that is there already is read first: it takes nothing from anybody. */
export function guestLines(facts: HostFacts): ConsoleLine[] {
  const { all } = facts.guests
  if (facts.platform.hosts.ok && facts.platform.hosts.value === '') return []
  if (!all.ok) return [unknownLine('guests', all)]
  return all.value.flatMap((item): ConsoleLine[] => {
    const guest = settle(item, 'name', 'toolstack', 'configFile', 'running')
    if (isUnknown(guest)) return [unknownLine(nameOf(item), guest)]
    if (!guest.running) return [idle(guest)]
    const places = placesOf(facts, guest)
    if (isUnknown(places)) return [unknownLine(guest.name, places)]
    const log = xenconsoledLog(facts, guest.name)
    return places.length > 0
      ? places.map((place) => lineOf(guest, place, log))
      : log === undefined
        ? [{ ...idle(guest), what: 'no console is known', note: 'give it one: console check has the lines' }]
        : [logLine(guest.name, log, 'log of xenconsoled')]
  })
}

const nameOf = (item: unknown): string => {
  const name = (item as { name?: unknown }).name
  return typeof name === 'string' ? name : 'more guests'
}

const unknownLine = (guest: string, gap: Unknown): ConsoleLine => ({
  ...{ kind: 'unknown', guest, where: '?', what: 'console', heldBy: null, capture: null },
  note: gapText(gap),
})

const idle = ({ name }: Guest): ConsoleLine => ({
  ...{ kind: 'guest', guest: name, where: '', what: 'does not run', heldBy: null, capture: null },
  note: '',
})

/** A gap counts only where nothing is known of this guest. */
function placesOf({ terminals, platform }: HostFacts, { name, toolstack }: Guest): Place[] | Unknown {
  const ofXen = settleEach(terminals.xen, 'guest', 'kind', 'path')
  const ofLibvirt = settleEach(terminals.libvirt, 'guest', 'type', 'source', 'target', 'listens', 'telnet', 'log')
  const xen = ofXen.items
    .filter(({ guest }) => guest === name)
    .map(({ kind, path }): Place => ({
      ...{ type: kind === 'console' ? 'xen' : 'xen-serial', source: path, listens: false, telnet: false, log: '' },
      what: kind === 'console' ? 'terminal of xenconsoled' : 'terminal of its device model',
    }))
  const libvirt = ofLibvirt.items
    .filter(({ guest }) => guest === name)
    .map((one): Place => ({ ...one, what: `${one.type} of libvirt` }))
  const found = [...libvirt, ...xen.filter(({ source }) => !libvirt.some((one) => one.source === source))]
  const dom0 = platform.under.ok && platform.under.value === 'xen-dom0'
  const gap = toolstack === 'libvirt' ? (ofLibvirt.gap ?? (dom0 ? ofXen.gap : undefined)) : ofXen.gap
  return found.length === 0 && gap ? gap : found
}

function settleEach<T extends object, K extends keyof T>(
  list: Parameters<typeof settleAll<T, K>>[0],
  ...fields: K[]
): { items: Exclude<ReturnType<typeof settle<T, K>>, Unknown>[]; gap: Unknown | undefined } {
  if (!list.ok) return { items: [], gap: list }
  const all = list.value.map((item) => settle<T, K>(item, ...fields))
  return { items: all.filter((one) => !isUnknown(one)) as never, gap: all.find(isUnknown) as Unknown | undefined }
}

/** `/var/log/xen/console/guest-web1.log` */
function xenconsoledLog({ logs }: HostFacts, name: string): string | undefined {
  const files = logs.files.ok ? logs.files.value : []
  const wanted = `/var/log/xen/console/guest-${name}.log`
  return files.some((one) => !isUnknown(one) && one.path === wanted) ? wanted : undefined
}

const logLine = (guest: string, path: string, what: string): ConsoleLine => ({
  ...{
    kind: 'guest',
    guest,
    where: path,
    what,
    heldBy: null,
    capture: ['--file', `${sourceName(guest)}=${path}`],
    note: '',
  },
})

/** A name that `console capture` takes for a source. */
const sourceName = (guest: string): string => guest.replace(/[^\w.-]+/g, '-')

const ONE_READER = 'who has it open is alone with it: nobody else gets in meanwhile'
const SHARED = 'who else reads it gets some of the bytes, and this some of his'

function lineOf(guest: Guest, place: Place, xenLog: string | undefined): ConsoleLine {
  const { name } = guest
  const { type, source, what, log, telnet, listens } = place
  if (type === 'file') return logLine(name, source, 'file that QEMU writes')
  const line = { kind: 'guest' as const, guest: name, where: source, what, heldBy: null }
  const file = log !== '' ? log : type === 'xen' ? xenLog : undefined
  if (file !== undefined)
    return { ...line, capture: ['--file', `${sourceName(name)}=${file}`], note: 'its log takes nothing from anybody' }
  if (type === 'unix' || type === 'tcp')
    return listens
      ? { ...line, capture: [telnet ? '--telnet' : '--socket', `${sourceName(name)}=${source}`], note: ONE_READER }
      : { ...line, heldBy: 'what QEMU connects to', capture: null, note: 'to be read where QEMU connects to' }
  if (type === 'pty' && guest.toolstack === 'libvirt')
    return { ...line, capture: ['--', 'virsh', 'console', name], note: ONE_READER }
  if (type === 'xen' || type === 'xen-serial')
    return { ...line, capture: ['--tty', `${sourceName(name)}=${source}`], note: SHARED }
  return { ...line, capture: null, note: 'console capture does not read such a one' }
}
