import { command, file, link, list, stat } from '../../evidence/ask.ts'
import type { Evidence, Member } from '../../evidence/evidence.ts'
import { locate } from '../../evidence/locate.ts'
import { absentAs, all, isUnknown, known, map, orGap, ranked, unknown } from '../../evidence/result.ts'
import { at, baseName, type Definition, type Guest } from '../../parse/guest/guest.ts'
import { either } from '../../parse/guest/pairs.ts'
import { guestOfSxp } from '../../parse/guest/sxp.ts'
import { guestOfXl, isGuestConfig } from '../../parse/guest/xl.ts'
import { guestOfDomain, parseXlList, parseXmList, type XlDomain } from '../../parse/guest/xl-list.ts'
import { domainOf, guestOfXml } from '../../parse/guest/xml.ts'
import { parseSxp } from '../../parse/sxp.ts'
import { parseXlConfig } from '../../parse/xl/config.ts'
import { parseXml } from '../../parse/xml.ts'
import type { Ask, Result, Unknown } from '../../types.ts'
import { dom0Asks, mayBeDom0 } from './dom0.ts'
import { namedPaths } from './paths.ts'

const SMALL = { maxBytes: 256 << 10 }
const XENSTORED = { backend: 'xenstore', if: { daemon: ['xenstored', 'oxenstored'] } } as const
export const guestAsks = {
  ...dom0Asks,
  xlFiles: file('/etc/xen/*', SMALL),
  xlMoreFiles: file('/etc/xen/vm/*', SMALL),
  xlAuto: file('/etc/xen/auto/*', SMALL),
  xlAutoLinks: link('/etc/xen/auto/*'),
  xlFilesOfFreebsd: file('/usr/local/etc/xen/*.cfg', SMALL),
  xl: stat('/usr/sbin/xl'),
  xlOfFreebsd: stat('/usr/local/sbin/xl'),
  xend: stat('/usr/sbin/xend'),
  xendDomains: file('/var/lib/xend/domains/*/config.sxp'),
  qemu: file('/etc/libvirt/qemu/*.xml'),
  qemuAutostart: list('/etc/libvirt/qemu/autostart'),
  qemuAutostartLinks: link('/etc/libvirt/qemu/autostart/*.xml'),
  qemuLive: file('/run/libvirt/qemu/*.xml'),
  qemuLiveOld: file('/var/run/libvirt/qemu/*.xml'),
  libxl: file('/etc/libvirt/libxl/*.xml'),
  libxlAutostart: list('/etc/libvirt/libxl/autostart'),
  libxlAutostartLinks: link('/etc/libvirt/libxl/autostart/*.xml'),
  libxlLive: file('/run/libvirt/libxl/*.xml'),
  libxlLiveOld: file('/var/run/libvirt/libxl/*.xml'),
  xlList: command(['xl', 'list', '-l'], XENSTORED),
  xmList: command(['xm', 'list'], XENSTORED),
  paths: {
    each: namedPaths as { command: readonly [string, ...string[]] },
    ask: { command: ['ls', '-ldnskL', '{}'] },
    timeoutMs: 4000,
  },
  // Only old SELinux leaves the labels of images to the administrator.
  labels: {
    each: namedPaths as { command: readonly [string, ...string[]] },
    ask: { command: ['ls', '-dLZ', '{}'] },
    if: { path: '/selinux/enforce' },
    timeoutMs: 4000,
  },
} as const satisfies Readonly<Record<string, Ask>>

export interface SyntaxError {
  readonly file: string
  readonly line: number
  readonly message: string
  readonly python: boolean
  readonly toolstack: Guest['toolstack']
}

/** One guest, and what is known of it beside its definition. */
export interface Found {
  readonly definition: Definition
  readonly running: boolean | Unknown
  readonly autostart: boolean | Unknown
}

export interface Guests {
  readonly found: readonly Found[]
  readonly errors: readonly SyntaxError[]
  /** Sources that could not be read. */
  readonly gaps: readonly Unknown[]
}

/** Every guest that this machine has a definition of, or runs. */
export function readGuests(evidence: Evidence): Guests {
  const qemu = readLibvirt(evidence, guestAsks.qemu, guestAsks.qemuAutostart, [
    guestAsks.qemuLive,
    guestAsks.qemuLiveOld,
  ])
  const parts = [qemu, ...xenGuests(evidence)]
  return {
    found: parts.flatMap(({ found }) => found),
    errors: parts.flatMap(({ errors }) => errors),
    gaps: parts.flatMap(({ gaps }) => gaps),
  }
}

/** On a host that does not run Xen, its guests are no guests: the files wait for another boot. */
function xenGuests(evidence: Evidence): Guests[] {
  const dom0 = mayBeDom0(evidence)
  if (!dom0.ok) return [{ found: [], errors: [], gaps: [dom0] }]
  if (!dom0.value) return []
  const libxl = readLibvirt(evidence, guestAsks.libxl, guestAsks.libxlAutostart, [
    guestAsks.libxlLive,
    guestAsks.libxlLiveOld,
  ])
  const running = runningDomains(evidence)
  const parts = [readXlFiles(evidence, running), readXend(evidence, running), libxl]
  const complete = parts.every(({ gaps }) => gaps.length === 0)
  return [...parts, ...(complete ? [transientDomains(running, parts)] : [])]
}

/** The files of a glob, but for those that are called something else. Gaps of single files stay apart; what is no readable text (a folder, an image) is no definition. */
function filesOf(
  evidence: Evidence,
  ask: Ask,
  except = /^$/,
): { files: { name: string; text: string }[]; gaps: Unknown[] } {
  const members = absentAs<readonly Member<string>[]>(evidence.texts(ask), [])
  if (!members.ok) return { files: [], gaps: [members] }
  const files: { name: string; text: string }[] = []
  const gaps: Unknown[] = []
  for (const { name, result } of members.value.filter((one) => !except.test(baseName(one.name))))
    if (result.ok) files.push({ name, text: result.value })
    else if (result.gap !== 'malformed' && result.gap !== 'too-big') gaps.push(result)
  return { files, gaps }
}

const stem = (path: string): string => baseName(path).replace(/\.xml$/, '')

/** A persistent definition in /etc; the copy in /run tells that it runs, and is all that there is of a transient guest. */
function readLibvirt(evidence: Evidence, ask: Ask, auto: Ask, liveAsks: readonly [Ask, Ask]): Guests {
  const { files, gaps } = filesOf(evidence, ask)
  const autostart = absentAs(evidence.names(auto), [])
  const live = liveAsks.map((one) => absentAs(evidence.texts(one), []))
  const names = map(all(live[0]!, live[1]!), (lists) => new Set(lists.flat().map(({ name }) => stem(name))))
  const isLive = (name: string): boolean | Unknown =>
    live.some((one) => one.ok && one.value.some((member) => stem(member.name) === name))
      ? true
      : orGap(map(names, () => false))
  const errors: SyntaxError[] = []
  const found = files.flatMap(({ name, text }) => {
    const read = readXml(text, name)
    if ('message' in read) errors.push(read)
    return 'message' in read
      ? []
      : [
          {
            definition: read,
            running: isLive(stem(name)),
            autostart: orGap(map(autostart, (list) => list.includes(baseName(name)))),
          },
        ]
  })
  if (gaps.length > 0) return { found, errors, gaps }
  if (!names.ok) return { found, errors, gaps: [names] }
  const known = new Set([...files.map(({ name }) => stem(name)), 'Domain-0'])
  const only = new Map<string, Member<string>>()
  for (const member of live.flatMap((one) => (one.ok ? one.value : [])))
    if (!known.has(stem(member.name)) && !only.has(stem(member.name))) only.set(stem(member.name), member)
  for (const { name, result } of only.values()) {
    const read = result.ok ? readXml(result.value, name) : result
    if (isUnknown(read)) gaps.push(read)
    else if (!('message' in read)) found.push({ definition: read, running: true, autostart: false })
  }
  return { found, errors, gaps }
}

function readXml(text: string, path: string): Definition | SyntaxError {
  try {
    return guestOfXml(domainOf(parseXml(text)), path)
  } catch (error) {
    const { message } = error as Error
    const line = Number(/^line (\d+)/.exec(message)?.[1] ?? 1)
    return locate({ file: path, line, message, python: false, toolstack: 'libvirt' as const }, at(path, line))
  }
}

/** Names of running domains, from the toolstack that is there. Domain 0 is among them. */
function runningDomains(evidence: Evidence): Result<readonly XlDomain[]> {
  const dom0 = mayBeDom0(evidence)
  if (dom0.ok && !dom0.value) return map(dom0, () => [])
  const xl = map(evidence.stdout(guestAsks.xlList), parseXlList)
  const xm = map(evidence.stdout(guestAsks.xmList), parseXmList)
  return ranked(xl, xm)
}

const runs = (running: Result<readonly XlDomain[]>, name: string): boolean | Unknown =>
  orGap(map(running, (domains) => domains.some((domain) => domain.name === name)))

function readXend(evidence: Evidence, running: Result<readonly XlDomain[]>): Guests {
  const { files, gaps } = filesOf(evidence, guestAsks.xendDomains)
  const found = files.flatMap(({ name, text }) => {
    const read = map(known(text), () => guestOfSxp(parseSxp(text), name))
    if (!read.ok) gaps.push(unknown('malformed', name, read.detail))
    if (!read.ok || read.value.guest.name === 'Domain-0') return []
    const autostart = /\(on_xend_start\s+start\)/.test(text)
    return [{ definition: read.value, running: runs(running, read.value.guest.name), autostart }]
  })
  return { found, errors: [], gaps }
}

/** Examples, backups, and what else lies in /etc/xen. */
const NO_GUEST =
  /^(xl|xm)example|^(xend-|xend$|xl\.conf$|oxenstored|cpupool|qemu-ifup|README)|\.(sxp|xml|sh|py|txt|html|md|lock|swp|bak|old|orig|save|rpm\w+|dpkg-\w+|ucf-\w+|disabled|sample|example)$|~$|^\./

function readXlFiles(evidence: Evidence, running: Result<readonly XlDomain[]>): Guests {
  const used = readsXlFiles(evidence)
  if (!used.ok || !used.value) return { found: [], errors: [], gaps: used.ok ? [] : [used] }
  const toolstack = toolstackOf(evidence)
  const own = [guestAsks.xlFiles, guestAsks.xlMoreFiles, guestAsks.xlFilesOfFreebsd].map((ask) =>
    filesOf(evidence, ask, NO_GUEST),
  )
  const auto = filesOf(evidence, guestAsks.xlAuto, NO_GUEST)
  const files = own.flatMap((part) => part.files)
  const gaps = own.flatMap((part) => part.gaps)
  const started = (text: string): boolean | Unknown =>
    auto.files.some((one) => one.text === text) || (auto.gaps[0] ?? false)
  const candidates = files.map((one) => ({ ...one, autostart: started(one.text) }))
  if (gaps.length === 0) {
    const targets = evidence.links(guestAsks.xlAutoLinks)
    for (const one of auto.files.filter(({ text }) => !files.some((file) => file.text === text))) {
      const name = realName(one.name, targets)
      if (isUnknown(name)) gaps.push(name)
      else candidates.push({ name, text: one.text, autostart: true })
    }
  }
  const errors: SyntaxError[] = []
  const found = candidates.flatMap(({ name, text, autostart }): Found[] => {
    const config = parseXlConfig(text)
    if (!isGuestConfig(config)) return []
    for (const { line, message, python } of config.errors)
      errors.push(locate({ file: name, line, message, python, toolstack }, at(name, line)))
    if (config.errors.some(({ python }) => !python)) return []
    if (config.errors.length > 0) gaps.push(unknown('malformed', name, `line ${config.errors[0]!.line} is Python`))
    if (config.errors.length > 0) return []
    const definition = guestOfXl(config, name, toolstack)
    return [{ definition, running: runs(running, definition.guest.name), autostart }]
  })
  return { found, errors, gaps: [...gaps, ...auto.gaps] }
}

/** Files that are left in /etc/xen mean nothing where no toolstack is that could read them. */
function readsXlFiles(evidence: Evidence): Result<boolean> {
  const signs = [
    mayBeDom0(evidence),
    ...[guestAsks.xl, guestAsks.xlOfFreebsd, guestAsks.xend].map((ask) => evidence.exists(ask)),
  ]
  return signs.find((sign) => sign.ok && sign.value) ?? signs.find((sign) => !sign.ok) ?? known(false)
}

/** xl where it is installed; its absence beside xend makes the files xend's. */
function toolstackOf(evidence: Evidence): Guest['toolstack'] {
  const [xl, xend] = [evidence.exists(guestAsks.xl), evidence.exists(guestAsks.xend)]
  return orGap(map(all(xl, xend), ([hasXl, hasXend]) => (hasXend && !hasXl ? 'xend' : 'xl')))
}

/** `/etc/xen/auto/web1.cfg` → what it is a link to; itself where it is none. */
function realName(name: string, links: Result<readonly Member<string>[]>): string | Unknown {
  const members = absentAs(links, [])
  if (!members.ok) return members
  const link = members.value.find((member) => member.name === name)?.result
  if (link === undefined || (!link.ok && link.gap === 'malformed')) return name
  if (!link.ok) return link
  const parts = link.value.startsWith('/') ? [] : name.split('/').slice(1, -1)
  for (const part of link.value.split('/'))
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  return `/${parts.join('/')}`
}

/** Domains that run from a file which is somewhere else. */
function transientDomains(running: Result<readonly XlDomain[]>, parts: readonly Guests[]): Guests {
  const gap = { found: [], errors: [], gaps: [] }
  if (!running.ok) return running.gap === 'absent' ? gap : { ...gap, gaps: [running] }
  const names = new Set(parts.flatMap(({ found }) => found.map(({ definition }) => definition.guest.name)))
  const found = running.value
    .filter(({ domid, name }) => domid !== 0 && name !== '' && !names.has(name))
    .map((domain) => ({ definition: guestOfDomain(domain), running: true, autostart: false }))
  return { ...gap, found }
}

/** Whether a guest has its devices in use, now or after the next boot. */
export const isActive = ({ running, autostart }: Found): boolean | Unknown => either(running, autostart)
