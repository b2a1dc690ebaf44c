import { command, file, isGlob } from '../evidence/ask.ts'
import type { CommandOutput, Evidence, Tail } from '../evidence/evidence.ts'
import { map, unknown } from '../evidence/result.ts'
import type { Ask, Result, Unknown } from '../types.ts'
import type { LogKind } from './signature.ts'

/** A log that hosts keep: how it is asked for, whose messages it holds, and how its file names the guest that it is about. */
interface LogSource {
  readonly kind: LogKind
  readonly ask: Ask
  readonly guest?: RegExp
  /** The first line of a ring that has not lost its beginning. */
  readonly begins?: RegExp
}

/** The end of a guest's log; a host may have hundreds of them. */
const GUEST_TAIL = { fromEnd: true, maxBytes: 32 << 10 } as const
const TAIL = { fromEnd: true, maxBytes: 1 << 20 } as const
const JOURNAL = [
  'journalctl',
  '--boot',
  '--no-pager',
  '--quiet',
  '--output=short-iso',
  '--priority=warning',
  '--lines=5000',
] as const

const SOURCES: readonly LogSource[] = [
  { kind: 'kernel', ask: command(['dmesg']), begins: /\bLinux version |Copyright \(c\) .* The FreeBSD Project/ },
  { kind: 'xen', ask: command(['xl', 'dmesg']), begins: /^\(XEN\)\s+(?:\[[^\]]*\]\s*)?Xen version /m },
  { kind: 'system', ask: command([...JOURNAL], { if: { path: '/run/systemd/journal/socket' } }) },
  { kind: 'system', ask: file('/var/log/messages', TAIL) },
  { kind: 'system', ask: file('/var/log/syslog', TAIL) },
  { kind: 'system', ask: file('/var/log/kern.log', TAIL) },
  { kind: 'xend', ask: file('/var/log/xen/xend.log', TAIL) },
  { kind: 'xend', ask: file('/var/log/xen/xend-debug.log', TAIL) },
  { kind: 'hotplug', ask: file('/var/log/xen/xen-hotplug.log', TAIL) },
  { kind: 'xenstored', ask: file('/var/log/xen/xenstored*.log', TAIL) },
  { kind: 'libxl', ask: file('/var/log/xen/xl-*.log', GUEST_TAIL), guest: /\/xl-(.+)\.log$/ },
  { kind: 'qemu', ask: file('/var/log/xen/qemu-dm-*.log', GUEST_TAIL), guest: /\/qemu-dm-(.+)\.log$/ },
  { kind: 'console', ask: file('/var/log/xen/console/guest-*.log', GUEST_TAIL), guest: /\/guest-(.+)\.log$/ },
  {
    kind: 'libxl',
    ask: file('/var/log/libvirt/libxl/*.log', GUEST_TAIL),
    guest: /\/libxl\/(?!libxl-driver)(.+)\.log$/,
  },
  { kind: 'qemu', ask: file('/var/log/libvirt/qemu/*.log', GUEST_TAIL), guest: /\/qemu\/(.+)\.log$/ },
  { kind: 'libvirt', ask: file('/var/log/libvirt/*.log', TAIL) },
]

/** What a check asks for when it is to look through the host's logs. */
export const logAsks: readonly Ask[] = SOURCES.map(({ ask }) => ask)

/** One log of a host, or the gap in its place. */
export interface HostLog {
  /** `/var/log/messages`, `dmesg` */
  readonly name: string
  readonly path?: string
  readonly kind: LogKind
  /** "guest web1" where the log is about one guest. */
  readonly of: string
  readonly tail: Result<Tail>
}

/** All logs that the answers hold. Those that are `absent` are left out: there is nothing in them; the same with a journal that nobody keeps. */
export function hostLogs(evidence: Evidence): HostLog[] {
  return SOURCES.flatMap((source): HostLog[] => {
    const { kind, ask, begins } = source
    if ('command' in ask) {
      if (saysNoXen(evidence.output(ask))) return []
      const output = evidence.output(ask)
      const cut = output.ok && output.value.truncated === true
      const tail = map(evidence.stdout(ask), (text) => ({
        text,
        whole: !cut && (begins === undefined || begins.test(text)),
      }))
      return [{ name: ask.command.slice(0, 2).join(' '), kind, of: '', tail }]
    }
    if (!('file' in ask)) return []
    if (!isGlob(ask.file)) return [{ name: ask.file, path: ask.file, kind, of: '', tail: evidence.tail(ask) }]
    const members = evidence.tails(ask)
    if (!members.ok) return [{ name: ask.file, kind, of: '', tail: members }]
    return members.value.map(({ name, result }) => ({
      name,
      path: name,
      kind,
      of: guestOf(name, source),
      tail: result,
    }))
  }).filter(({ tail }) => tail.ok || (tail.gap !== 'absent' && tail.gap !== 'withheld'))
}

/** xl where no hypervisor is: `ERROR:  Can't find hypervisor information in sysfs!`; there is no ring to read. */
const saysNoXen = (output: Result<CommandOutput>): boolean =>
  output.ok &&
  output.value.exit !== 0 &&
  /hypervisor information|privileged command interface/.test(output.value.stderr)

function guestOf(path: string, { guest }: LogSource): string {
  const name = guest?.exec(path)?.[1]
  return name === undefined ? '' : `guest ${name}`
}

/** Why silence proves nothing: the log was not read, or not from its beginning. */
export const partly = (log: HostLog): Unknown =>
  log.tail.ok ? unknown('too-big', log.name, 'only its end was looked through') : log.tail
