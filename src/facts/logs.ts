import { file, stat } from '../evidence/ask.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { locate } from '../evidence/locate.ts'
import { orNone, pick } from '../evidence/lookup.ts'
import { absentAs, all, chain, isUnknown, known, map } from '../evidence/result.ts'
import { parseShellVariables } from '../parse/key-value.ts'
import type { Ask, Result, Unknown } from '../types.ts'
import { defineFacts } from './fact-set.ts'
import type { Infer } from './schema.ts'
import { bool, listOf, number, object, string } from './schema.ts'

const fileSchema = object({ path: string('/var/log/xen/xl-web1.log'), size: number('bytes', 'Its size') }, 'One file')

type LogFile = Infer<typeof fileSchema>

const asks = {
  journal: stat('/var/log/journal'),
  conf: file('/etc/systemd/journald.conf'),
  confD: file('/etc/systemd/journald.conf.d/*.conf'),
  messages: stat('/var/log/messages'),
  syslog: stat('/var/log/syslog'),
  system: stat('/var/log/*'),
  xen: stat('/var/log/xen/*'),
  xenConsole: stat('/var/log/xen/console/*'),
  xenOld: stat('/var/log/xend*.log'),
  qemu: stat('/var/log/libvirt/qemu/*'),
  libxl: stat('/var/log/libvirt/libxl/*'),
  libvirt: stat('/var/log/libvirt/*.log'),
  dumps: stat('/var/lib/xen/dump/*'),
  oldDumps: stat('/var/lib/xen/dumps/*'),
  qemuDumps: stat('/var/lib/libvirt/qemu/dump/*'),
} as const

export const logs = defineFacts({
  name: 'logs',
  meaning: 'Which logs there are, and whether they outlive a crash',
  asks,
  about: {
    kept: bool('Messages of the system outlive a reboot: a journal on disk, or a syslog that writes files'),
    storage: string('Storage= of journald: auto where nothing is said'),
    files: listOf(fileSchema, 'Logs of Xen, libvirt and their guests'),
    huge: listOf(fileSchema, 'Logs of more than 1 GiB, those of the system too'),
    dumps: listOf(fileSchema, 'Memory dumps of guests'),
  },
  parse(evidence) {
    const guests = found(evidence, [asks.xen, asks.xenConsole, asks.xenOld, asks.qemu, asks.libxl, asks.libvirt])
    const everything = found(evidence, [
      ...[asks.system, asks.xen, asks.xenConsole, asks.qemu, asks.libxl],
      ...[asks.libvirt],
    ])
    return {
      kept: kept(evidence),
      storage: storage(evidence),
      files: guests,
      huge: pick(everything, ({ size }) => (isUnknown(size) ? size : size > HUGE)),
      dumps: found(evidence, [asks.dumps, asks.oldDumps, asks.qemuDumps]),
    }
  },
})

const HUGE = 2 ** 30

/** Sparse tables by user number: their size says nothing. */
const TABLES = /\/(lastlog|faillog|tallylog|[bw]tmp)$/

function found(evidence: Evidence, globs: readonly Ask[]) {
  const lists = all(...globs.map((glob) => orNone(evidence.stats(glob))))
  return map(lists, (members) =>
    members.flat().flatMap(({ name: path, result }): (LogFile | Unknown)[] => {
      if (!result.ok) return [result]
      const { type, size } = result.value
      return type === 'file' && !TABLES.test(path) ? [locate({ path, size: size ?? 0 }, { ask: path, path })] : []
    }),
  )
}

/** Drop-ins come after the main file, in the order of their names. */
function storage(evidence: Evidence): Result<string> {
  const main = absentAs(evidence.text(asks.conf), '')
  return chain(all(main, orNone(evidence.texts(asks.confD))), ([text, members]) =>
    map(all(...members.map(({ result }) => result)), (texts) =>
      [text, ...texts]
        .map((one) => parseShellVariables(one)['Storage']?.toLowerCase() ?? '')
        .reduce((last, next) => next || last, 'auto'),
    ),
  )
}

/** With Storage=auto the journal is kept where /var/log/journal exists. */
function kept(evidence: Evidence): Result<boolean> {
  const syslog = [asks.messages, asks.syslog].map((ask) => evidence.exists(ask))
  const yes = syslog.find((result) => result.ok && result.value)
  if (yes) return yes
  return chain(all(...syslog, storage(evidence)), (values) => {
    const mode = values.at(-1)
    if (mode === 'persistent') return known(true)
    return mode === 'auto' ? evidence.exists(asks.journal) : known(false)
  })
}
