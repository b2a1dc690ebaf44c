import { command, file, list, stat } from '../evidence/ask.ts'
import type { Evidence, Member } from '../evidence/evidence.ts'
import { locate } from '../evidence/locate.ts'
import { absentAs, all, chain, known, map, orGap, ranked, unknown } from '../evidence/result.ts'
import { at } from '../parse/guest/guest.ts'
import { parseProcessNames } from '../parse/process-names.ts'
import { parseSaveconfig, parseTgtConf, parseTgtShow, type TgtConf, type TgtServed } from '../parse/tgt.ts'
import type { Result } from '../types.ts'
import { defineFacts } from './fact-set.ts'
import { bool, listOf, number, object, string } from './schema.ts'

const SERVES = { if: { daemon: ['tgtd'] } } as const

const asks = {
  tgtd: stat('/usr/sbin/tgtd'),
  processes: command(['ps', '-ww', '-axo', 'pid,ppid,state,wchan:40,comm'], { if: { path: '/proc/self/stat' } }),
  conf: file('/etc/tgt/targets.conf'),
  confFolder: file('/etc/tgt/conf.d/*.conf'),
  show: command(['tgtadm', '--lld', 'iscsi', '--op', 'show', '--mode', 'target'], SERVES),
  rcLocal: file('/etc/rc.local', SERVES),
  saved: file('/etc/target/saveconfig.json'),
  savedDebian: file('/etc/rtslib-fb-target/saveconfig.json'),
  kernel: list('/sys/kernel/config/target/iscsi'),
}

const target = object(
  {
    name: string('iqn.2010-05.example:disk1'),
    server: string('tgt (tgtd), or lio (the kernel)'),
    file: string('File that defines it; "" where none does'),
    configured: bool('It is made anew at boot'),
    running: bool('It is served now'),
    open: bool('Everybody may log in, without a password'),
  },
  'One disk that this host lends to others',
)

const lun = object(
  {
    target: string('Name of its target'),
    lun: number('number', 'Its number'),
    path: string('File or device behind it; "" without'),
    ready: bool('It is online and has a disk behind it'),
  },
  'One disk that tgtd serves',
)

const problem = object(
  {
    file: string('/etc/tgt/targets.conf'),
    line: number('line', 'Line in it'),
    key: string('Name of the setting; "" where the line itself is the matter'),
    refused: string('Why the file cannot be read; "" where only the name is not known'),
    meant: string('The setting that was probably meant; "" where the line cannot be read'),
  },
  'One line',
)

export const iscsi = defineFacts({
  name: 'iscsi',
  meaning: 'Disks that this host lends to other machines by iSCSI',
  asks,
  about: {
    targets: listOf(target, 'Targets that tgtd or the kernel serves, or is to serve'),
    luns: listOf(lun, 'Disks that tgtd serves now, without the controllers'),
    confProblems: listOf(
      problem,
      "Lines of tgtd's configuration that it does not take, or whose name it does not know",
    ),
  },
  parse(evidence) {
    const files = confFiles(evidence)
    const served = tgtServed(evidence)
    return {
      targets: map(all(tgtTargets(evidence, files, served), lioTargets(evidence)), (lists) => lists.flat()),
      luns: map(served, (targets) =>
        targets.flatMap(({ name, luns }) => luns.map((one) => locate({ target: name, ...one }, { ask: 'tgtadm' }))),
      ),
      confProblems: map(files, (confs) =>
        confs.flatMap(({ name, conf }) =>
          conf.problems.map((one) => locate({ file: name, ...one }, at(name, one.line))),
        ),
      ),
    }
  },
})

interface ConfFile {
  readonly name: string
  readonly conf: TgtConf
}

/** targets.conf and, as it says, the files of a folder. */
function confFiles(evidence: Evidence): Result<readonly ConfFile[]> {
  const main = absentAs(
    map(evidence.text(asks.conf), (text, [from]) => [{ name: from!.path!, conf: parseTgtConf(text) }]),
    [],
  )
  const folder = chain(absentAs<readonly Member<string>[]>(evidence.texts(asks.confFolder), []), (members) => {
    const gap = members.find(({ result }) => !result.ok)?.result
    if (gap && !gap.ok) return gap
    return known(members.flatMap(({ name, result }) => (result.ok ? [{ name, conf: parseTgtConf(result.value) }] : [])))
  })
  return map(all(main, folder), ([a, b]) =>
    a.some(({ conf }) => conf.includes.some((path) => path.startsWith('/etc/tgt/conf.d/'))) ? [...a, ...b] : a,
  )
}

function tgtServed(evidence: Evidence): Result<readonly TgtServed[]> {
  const names = map(evidence.stdout(asks.processes), parseProcessNames)
  const running = chain(names, (found) =>
    found.includes('tgtd') ? map(evidence.stdout(asks.show), parseTgtShow) : known([]),
  )
  return chain(evidence.exists(asks.tgtd), (installed) => (installed ? running : known([])))
}

/** What is left over of a tgt that is gone defines nothing. */
function tgtTargets(evidence: Evidence, files: Result<readonly ConfFile[]>, shown: Result<readonly TgtServed[]>) {
  return map(all(evidence.exists(asks.tgtd), files, shown), ([installed, confs, running]) => {
    const defined = confs.flatMap(({ name: path, conf }) => conf.targets.map((one) => ({ ...one, path })))
    const elsewhere = confs.some(({ conf }) => conf.includes.some((path) => !path.startsWith('/etc/tgt/conf.d/')))
    const [named, served] = [new Set(defined.map(({ name }) => name)), new Map(running.map((one) => [one.name, one]))]
    const fromFiles = (installed ? defined : []).map(({ name, path, line, open }) => {
      const now = served.get(name)
      const item = { name, server: 'tgt', file: path, configured: true, running: now !== undefined }
      return locate({ ...item, open: now?.open ?? open }, at(path, line))
    })
    const others = running.filter(({ name }) => !named.has(name))
    return [
      ...fromFiles,
      ...others.map(({ name, open }) => {
        const configured = elsewhere
          ? unknown('unsupported', '/etc/tgt/targets.conf', 'it includes files from elsewhere')
          : orGap(map(absentAs(evidence.text(asks.rcLocal), ''), (text) => text.includes(name)))
        return locate({ name, server: 'tgt', file: '', configured, running: true, open }, { ask: 'tgtadm' })
      }),
    ]
  })
}

/** The kernel keeps its targets in configfs, and a service makes them anew at boot from saveconfig.json. */
function lioTargets(evidence: Evidence) {
  const saved = absentAs(
    map(ranked(evidence.text(asks.saved), evidence.text(asks.savedDebian)), (text, [from]) =>
      parseSaveconfig(text).map((one) => ({ ...one, file: from!.path! })),
    ),
    [],
  )
  const running = map(absentAs(evidence.names(asks.kernel), []), (names) =>
    names.filter((name) => /^(iqn|eui|naa)\./.test(name)),
  )
  return map(all(saved, running), ([defined, now]) => [
    ...defined.map(({ name, open, file: path }) => {
      const item = { name, server: 'lio', file: path, configured: true, running: now.includes(name), open }
      return locate(item, { ask: path, path })
    }),
    ...now
      .filter((name) => !defined.some((one) => one.name === name))
      .map((name) => {
        const open = unknown('unsupported', '/sys/kernel/config/target/iscsi', 'its rights are not read')
        const item = { name, server: 'lio', file: '', configured: false, running: true, open }
        return locate(item, { ask: '/sys/kernel/config/target/iscsi' })
      }),
  ])
}
