import { file } from '../../evidence/ask.ts'
import type { Evidence } from '../../evidence/evidence.ts'
import { absentAs, all, map } from '../../evidence/result.ts'
import { parseShellVariables } from '../../parse/key-value.ts'
import type { Ask, Result } from '../../types.ts'

/** Each distribution keeps the daemons' variables in its own place (FreeBSD in rc.conf), and no machine has two of them that disagree. */
export const xenDaemonAsks = {
  xencommons: file('/etc/default/xencommons'),
  sysconfigXencommons: file('/etc/sysconfig/xencommons'),
  defaultXen: file('/etc/default/xen'),
  sysconfigXend: file('/etc/sysconfig/xend'),
  rcConf: file('/etc/rc.conf'),
  launchXenstore: file('/etc/xen/scripts/launch-xenstore'),
}

function daemonVariables(evidence: Evidence): Result<Readonly<Record<string, string>>> {
  const read = (ask: Ask) => absentAs(map(evidence.text(ask), parseShellVariables), {})
  const { xencommons, sysconfigXencommons, defaultXen, sysconfigXend, rcConf } = xenDaemonAsks
  const sets = all(read(xencommons), read(sysconfigXencommons), read(defaultXen), read(sysconfigXend), read(rcConf))
  return map(sets, (found) => Object.assign({}, ...found))
}

/** `XENCONSOLED_TRACE=guest`; on Red Hat 5 `XENCONSOLED_LOG_GUESTS=yes` and `XENCONSOLED_LOG_HYPERVISOR=yes`. */
export const consoleLog = (evidence: Evidence): Result<string> =>
  map(daemonVariables(evidence), (set) => {
    const trace = set['XENCONSOLED_TRACE']
    if (trace) return trace
    const [guests, hypervisor] = ['GUESTS', 'HYPERVISOR'].map((of) => set[`XENCONSOLED_LOG_${of}`] === 'yes')
    return guests ? (hypervisor ? 'all' : 'guest') : hypervisor ? 'hv' : 'none'
  })

/** `[ "$XENSTORETYPE" = "" ] && XENSTORETYPE=daemon`: newer versions put `domain` there. Without the script there is a daemon only. */
export const xenstoreDomain = (evidence: Evidence): Result<boolean> =>
  map(
    all(daemonVariables(evidence), absentAs(evidence.text(xenDaemonAsks.launchXenstore), '')),
    ([set, script]) =>
      (set['XENSTORETYPE'] || /^\s*\[ "\$XENSTORETYPE" = "" \] && XENSTORETYPE=(\w+)/m.exec(script)?.[1]) === 'domain',
  )
