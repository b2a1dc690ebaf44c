import type { Contents } from '../../archive/contents.ts'
import { dateOf } from './dates.ts'
import type { Dump } from './dump.ts'
import { bugtoolName } from './mangle.ts'

const MOST_OUTPUT = 16 << 20
/** What xen-bugtool copies whole. */
const WHOLE = new Set(['/etc/modprobe.d/*', '/etc/modprobe.d/*.conf', '/etc/sysconfig/network-scripts/ifcfg-*'])
/** Outputs whose file is not called after the command. */
const LABELS: Readonly<Record<string, string>> = {
  'ps wwwaxf -eo pid,tty,stat,time,nice,psr,pcpu,pmem,nwchan,wchan:25,args': 'process-tree.out',
  'installed-rpms': 'rpm-qa.out',
}

/** `<system-status-inventory><inventory-entry …`: what XenServer and XCP-ng call a status report. That comes last; outputs are told by their names. */
export function isBugReport(contents: Contents): boolean {
  if (['/xl-info.out', '/xenstore-ls-f.out'].some((path) => contents.look(path) !== null)) return true
  const read = contents.read('/inventory.xml', { maxBytes: MOST_OUTPUT, fromEnd: false })
  return 'bytes' in read && read.bytes.includes('system-status-inventory')
}

export function bugReport(from: string, contents: Contents, packed: boolean): Dump {
  return {
    label: `bug report ${from}`,
    at: dateOf([], contents, packed ? ['/inventory.xml'] : []),
    files: contents,
    output(command) {
      const read = contents.read(`/${LABELS[command] ?? bugtoolName(command)}`, {
        maxBytes: MOST_OUTPUT,
        fromEnd: false,
      })
      return 'bytes' in read ? { text: read.bytes.toString('utf8'), exit: null } : null
    },
    whole: (path) => WHOLE.has(path),
    missed: () => false,
  }
}
