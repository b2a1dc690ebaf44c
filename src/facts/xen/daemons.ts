import { file, stat } from '../../evidence/ask.ts'
import type { Evidence } from '../../evidence/evidence.ts'
import { absentAs, all, chain, known, map, unknown } from '../../evidence/result.ts'
import { parseShellVariables } from '../../parse/key-value.ts'
import { parseCalls } from '../../parse/processes.ts'
import type { Ask, Result } from '../../types.ts'
import { callAsks, processCalls } from '../process-list.ts'

const CONSOLES = '/var/log/xen/console'

/** Each distribution keeps the daemons' variables in its own place (FreeBSD in rc.conf), and no machine has two of them that disagree. */
export const xenDaemonAsks = {
  ...callAsks,
  xencommons: file('/etc/default/xencommons'),
  sysconfigXencommons: file('/etc/sysconfig/xencommons'),
  defaultXen: file('/etc/default/xen'),
  sysconfigXend: file('/etc/sysconfig/xend'),
  rcConf: file('/etc/rc.conf'),
  launchXenstore: file('/etc/xen/scripts/launch-xenstore'),
  consoles: stat(CONSOLES),
}

function daemonVariables(evidence: Evidence): Result<Readonly<Record<string, string>>> {
  const read = (ask: Ask) => absentAs(map(evidence.text(ask), parseShellVariables), {})
  const { xencommons, sysconfigXencommons, defaultXen, sysconfigXend, rcConf } = xenDaemonAsks
  const sets = all(read(xencommons), read(sysconfigXencommons), read(defaultXen), read(sysconfigXend), read(rcConf))
  return map(sets, (found) => Object.assign({}, ...found))
}

/**
 * What the daemon that runs was started with (`xenconsoled --log=guest`) counts, since Debian's init script takes XENCONSOLED_ARGS and
 * never looks at XENCONSOLED_TRACE. Where none runs, what the next one is told: `XENCONSOLED_TRACE=guest`, or on Red Hat 5
 * `XENCONSOLED_LOG_GUESTS=yes` and `XENCONSOLED_LOG_HYPERVISOR=yes`.
 */
export const consoleLog = (evidence: Evidence): Result<string> =>
  chain(daemonArgv(evidence), (argv) =>
    argv ? known(logOf(argv) ?? 'none') : map(daemonVariables(evidence), configuredLog),
  )

/** xenconsoled makes no folder: without it, it writes nothing, and Debian ships none. */
export const consoleFolder = (evidence: Evidence): Result<boolean> =>
  chain(daemonArgv(evidence), (argv) => {
    const own = /--log-dir[= ](\S+)/.exec(argv?.join(' ') ?? '')?.[1]
    return own === undefined || own.replace(/\/+$/, '') === CONSOLES
      ? evidence.exists(xenDaemonAsks.consoles)
      : unknown('unsupported', 'ps', `xenconsoled writes to ${own}`)
  })

/** null where no xenconsoled runs. */
const daemonArgv = (evidence: Evidence): Result<readonly string[] | null> =>
  map(processCalls(evidence), (text) => {
    const daemon = parseCalls(text).find(({ argv }) => /(^|\/)xenconsoled$/.test(argv[0] ?? ''))
    return daemon?.argv ?? null
  })

function configuredLog(set: Readonly<Record<string, string>>): string {
  const told = set['XENCONSOLED_TRACE'] || logOf((set['XENCONSOLED_ARGS'] ?? '').split(/\s+/))
  if (told) return told
  const [guests, hypervisor] = ['GUESTS', 'HYPERVISOR'].map((of) => set[`XENCONSOLED_LOG_${of}`] === 'yes')
  return guests ? (hypervisor ? 'all' : 'guest') : hypervisor ? 'hv' : 'none'
}

/** `--log=guest` or `--log guest`; the last one counts. */
const logOf = (argv: readonly string[]): string | undefined =>
  /^.*--log[= ](none|guest|hv|all)\b/.exec(argv.join(' '))?.[1]

/** `[ "$XENSTORETYPE" = "" ] && XENSTORETYPE=daemon`: newer versions put `domain` there. Without the script there is a daemon only. */
export const xenstoreDomain = (evidence: Evidence): Result<boolean> =>
  map(
    all(daemonVariables(evidence), absentAs(evidence.text(xenDaemonAsks.launchXenstore), '')),
    ([set, script]) =>
      (set['XENSTORETYPE'] || /^\s*\[ "\$XENSTORETYPE" = "" \] && XENSTORETYPE=(\w+)/m.exec(script)?.[1]) === 'domain',
  )
