import { command, file, list, stat } from '../evidence/ask.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { locate } from '../evidence/locate.ts'
import { absentAs, all, chain, known, map, ranked, unknown } from '../evidence/result.ts'
import { bootParameters, ownWords } from '../parse/boot-options.ts'
import { parseColonTable } from '../parse/key-value.ts'
import { parseProcessNames, runs } from '../parse/process-names.ts'
import { parseXendSettings, parseXlSettings, type Setting } from '../parse/toolstack-settings.ts'
import { type SettingProblem, xendProblems, xendServers, xlConfProblems } from '../parse/toolstack-problems.ts'
import { compareVersions } from '../parse/version.ts'
import { isSwitchedOn, parseDom0Mem, parseRefusedOptions, parseSerialOptions } from '../parse/xen-options.ts'
import type { Ask, Result, Unknown } from '../types.ts'
import { defineFacts } from './fact-set.ts'
import { inForce, loaderAsks, loaderSettings } from './freebsd-files.ts'
import { processAsks, processList } from './process-list.ts'
import { xenAbout } from './xen/about.ts'
import { consoleFolder, consoleLog, xenDaemonAsks, xenstoreDomain } from './xen/daemons.ts'

const SYSFS = '/sys/hypervisor'
/** xend's own default. */
const RELOCATION_PORT = 8002
const BALLOON = '/sys/devices/system/xen_memory/xen_memory0'
const XEND = '/etc/xen/xend-config.sxp'
const freebsd = { if: { path: '/boot/loader.conf' } }

const asks = {
  info: command(['xl', 'info']),
  oldInfo: command(['xm', 'info'], { if: { path: '/proc/xen/privcmd' }, backend: 'xenstore' }),
  log: command(['xl', 'dmesg']),
  major: file(`${SYSFS}/version/major`),
  minor: file(`${SYSFS}/version/minor`),
  extra: file(`${SYSFS}/version/extra`),
  caps: file(`${SYSFS}/properties/capabilities`),
  memory: file(`${BALLOON}/info/current_kb`),
  target: file(`${BALLOON}/target_kb`),
  ...processAsks,
  procXen: list('/proc/xen'),
  xlConf: file('/etc/xen/xl.conf'),
  xendConfig: file(XEND),
  xend: stat('/usr/sbin/xend'),
  ...loaderAsks,
  wired: command(['sysctl', '-n', 'vm.max_user_wired'], freebsd),
  ...xenDaemonAsks,
}

export const xen = defineFacts({
  name: 'xen',
  meaning: 'The Xen hypervisor below this control domain, and the toolstack in it',
  asks,
  about: xenAbout,
  parse(evidence, ask) {
    const info = map(ranked(evidence.stdout(ask.info), evidence.stdout(ask.oldInfo)), parseColonTable)
    const field = (name: string) => map(info, (table) => required(table[name], name))
    const mebibytes = (name: string) => map(field(name), (text) => finite(text) * 2 ** 20)
    const version = ranked(sysfsVersion(evidence), field('xen_version'))
    const caps = map(ranked(evidence.text(ask.caps), field('xen_caps')), words)
    const line = map(field('xen_commandline'), (text) => text.trim())
    const own = map(line, ownWords)
    const parameters = map(own, bootParameters)
    const dom0Mem = map(own, dom0MemParts)
    const names = map(processList(evidence), parseProcessNames)
    const daemon = (...wanted: string[]) => map(names, (found) => runs(found, ...wanted))
    const settings = located(evidence, ask.xendConfig, parseXendSettings)
    const balloon = autoballoon(evidence)
    const loader = map(loaderSettings(evidence), inForce)
    const size = (kind: string) => map(dom0Mem, (parts) => parts.findLast((part) => part.kind === kind)?.bytes ?? null)
    return {
      version,
      caps,
      virtCaps: map(field('virt_caps'), words),
      hvm: map(caps, (found) => found.some((cap) => cap.startsWith('hvm-'))),
      hap: chain(all(version, field('virt_caps')), ([number, text]) =>
        words(text).includes('hap')
          ? known(true)
          : compareVersions(number, '4.13') >= 0
            ? known(false)
            : unknown('unsupported', 'xl info', 'Xen tells it since 4.13'),
      ),
      commandLine: line,
      words: own,
      parameters,
      serial: map(parameters, parseSerialOptions),
      consoles: map(parameters, (set) => ('console' in set ? set['console']!.split(',') : [])),
      syncConsole: map(own, (set) => isSwitchedOn(set, 'sync_console')),
      dom0MemSet: map(parameters, (set) => 'dom0_mem' in set),
      dom0MemParts: dom0Mem,
      dom0Mem: size(''),
      dom0MemMin: size('min'),
      dom0MemMax: size('max'),
      totalMemory: mebibytes('total_memory'),
      freeMemory: mebibytes('free_memory'),
      cpus: map(field('nr_cpus'), finite),
      maxCpuId: map(field('max_cpu_id'), finite),
      nodes: map(field('nr_nodes'), finite),
      scheduler: field('xen_scheduler'),
      dom0Memory: map(evidence.text(ask.memory), (text) => finite(text) * 1024),
      dom0Target: map(evidence.text(ask.target), (text) => finite(text) * 1024),
      refused: refused(evidence),
      biosDisabled: saidAtStart(evidence, /VMX disabled by BIOS|SVM Extension is disabled in BIOS/),
      tscHz: map(evidence.stdout(ask.log), tscHz),
      tscScaling: saidAtStart(evidence, /^\(XEN\).* - TSC (?:Scaling|Rate MSR)/m),
      toolstack: toolstack(evidence, names),
      xendInstalled: evidence.exists(ask.xend),
      xend: xendRuns(names, evidence),
      xenstored: daemon('xenstored', 'oxenstored'),
      xenstoreDomain: xenstoreDomain(evidence),
      xenconsoled: daemon('xenconsoled'),
      procXen: absentAs(evidence.names(ask.procXen), []),
      autoballoon: balloon,
      xlSettings: located(evidence, ask.xlConf, parseXlSettings),
      xendSettings: settings,
      xendConfig: map(settings, (found) => Object.fromEntries(found.map(({ key, value }) => [key, value]))),
      relocationPort: map(settings, (found) =>
        Number(found.find(({ key }) => key === 'xend-relocation-port')?.value ?? RELOCATION_PORT),
      ),
      relocationHosts: map(settings, (found) =>
        (found.find(({ key }) => key === 'xend-relocation-hosts-allow')?.value ?? '').split(' ').filter(Boolean),
      ),
      xendServers: map(settings, (found) =>
        xendServers(found).map((one) => locate(one, { ask: XEND, path: XEND, line: one.line })),
      ),
      configProblems: map(
        all(
          problems(evidence, ask.xlConf, 'xl', xlConfProblems),
          problems(evidence, ask.xendConfig, 'xend', xendProblems),
        ),
        (lists) => lists.flat(),
      ),
      consoleLog: consoleLog(evidence),
      consoleFolder: consoleFolder(evidence),
      loader,
      maxWired: map(evidence.stdout(ask.wired), finite),
    }
  },
})

const words = (text: string): string[] => text.split(/\s+/).filter(Boolean)
const CUT = 'the log has lost its beginning'

function required(value: string | undefined, name: string): string {
  if (value === undefined) throw new Error(`no ${name}`)
  return value
}

function finite(text: string): number {
  if (text.trim() === '' || !Number.isFinite(Number(text))) throw new Error(`not a number: ${text.slice(0, 40)}`)
  return Number(text)
}

/** Readable by everybody, and there without a toolstack: 4, 17, ".7". */
const sysfsVersion = (evidence: Evidence): Result<string> =>
  map(
    all(evidence.text(asks.major), evidence.text(asks.minor), evidence.text(asks.extra)),
    ([major, minor, extra]) => `${major.trim()}.${minor.trim()}${extra.trim()}`,
  )

const dom0MemParts = (own: readonly string[]) => {
  const word = own.findLast((one) => one.startsWith('dom0_mem='))
  return word === undefined ? [] : parseDom0Mem(word.slice('dom0_mem='.length))
}

/** The hypervisor's log begins with its version; the ring drops the oldest lines first. */
const isWhole = (log: string): boolean => /^\(XEN\)\s+(?:\[[^\]]*\]\s*)?Xen version /m.test(log)

const saidAtStart = (evidence: Evidence, pattern: RegExp): Result<boolean> =>
  chain(evidence.stdout(asks.log), (text) =>
    pattern.test(text) ? known(true) : isWhole(text) ? known(false) : unknown('malformed', 'xl dmesg', CUT),
  )

/** `(XEN) Detected 2596.130 MHz processor.` */
function tscHz(log: string): number {
  const found = /^\(XEN\).*Detected (\d+\.\d+) MHz processor/m.exec(log)?.[1]
  if (found === undefined) throw new Error(isWhole(log) ? 'no frequency' : CUT)
  return Math.round(Number(found) * 1e6)
}

function refused(evidence: Evidence): Result<readonly (ReturnType<typeof parseRefusedOptions>[number] | Unknown)[]> {
  return map(evidence.stdout(asks.log), (text) => {
    const found = parseRefusedOptions(text)
    return isWhole(text) ? found : [...found, unknown('malformed', 'xl dmesg', CUT)]
  })
}

function located(evidence: Evidence, ask: Ask, parse: (text: string) => Setting[]): Result<readonly Setting[]> {
  const settings = map(evidence.text(ask), (text, [from]) =>
    parse(text).map((one) => locate(one, { ask: from!.ask, path: from!.path, line: one.line })),
  )
  return absentAs<readonly Setting[]>(settings, [])
}

const problems = (evidence: Evidence, ask: Ask, toolstack: string, find: (text: string) => SettingProblem[]) =>
  absentAs(
    map(evidence.text(ask), (text, [from]) =>
      find(text).map((one) =>
        locate({ ...one, file: from!.path!, toolstack }, { ask: from!.ask, path: from!.path, line: one.line }),
      ),
    ),
    [],
  )

/** Unset is "auto": on, unless dom0_mem was given. xl reads `1` as on, `0` as off. */
function autoballoon(evidence: Evidence): Result<string> {
  return chain(located(evidence, asks.xlConf, parseXlSettings), (settings) => {
    const one = settings.findLast(({ key }) => key === 'autoballoon')
    if (!one) return known('auto')
    const value = one.value === '1' ? 'on' : one.value === '0' ? 'off' : one.value
    return known(value, { ask: '/etc/xen/xl.conf', path: '/etc/xen/xl.conf', line: one.line })
  })
}

/** xend is a Python script: its process may bear either name. */
function xendRuns(names: Result<readonly string[]>, evidence: Evidence): Result<boolean> {
  return chain(all(names, evidence.exists(asks.xend)), ([found, installed]) => {
    if (runs(found, 'xend')) return known(true)
    const python = installed && found.some((name) => /^python/.test(name))
    return python ? unknown('unsupported', 'ps', 'a Python process could be xend') : known(false)
  })
}

/** xl refuses to work beside xend, so where xend runs it rules. */
function toolstack(evidence: Evidence, names: Result<readonly string[]>): Result<string> {
  const info = evidence.output(asks.info)
  const xl: Result<boolean> =
    info.ok || ['denied', 'malformed', 'timeout', 'too-big'].includes(info.gap)
      ? known(true)
      : info.gap === 'absent'
        ? known(false)
        : info
  return chain(all(xl, evidence.exists(asks.xend)), ([hasXl, hasXend]) => {
    if (!hasXend) return known(hasXl ? 'xl' : '')
    if (!hasXl) return known('xend')
    return map(xendRuns(names, evidence), (running) => (running ? 'xend' : 'xl'))
  })
}
