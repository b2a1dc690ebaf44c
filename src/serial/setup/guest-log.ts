import { all, chain, known, map } from '../../evidence/result.ts'
import type { Result } from '../../types.ts'
import { type Fix, type Link, link } from './console-path.ts'
import type { HostFacts } from './host-facts.ts'

interface Owner {
  readonly name: string
  readonly toolstack: string
  readonly type: string
  readonly configFile: string
}

interface Kept {
  readonly type: string
  readonly source: string
  readonly log: string
}

/** Whether this host keeps what the guest writes: when it dies, its last words are there. */
export function logLink(facts: HostFacts, guest: Owner, consoles: Result<readonly Kept[]>): Link {
  const file = consoles.ok
    ? consoles.value.map((one) => (one.type === 'file' ? one.source : one.log)).find(Boolean)
    : undefined
  if (file !== undefined)
    return link('log', consoles, () => ({ state: 'ok', says: `what it writes is kept in ${file}` }))
  return guest.toolstack === 'libvirt' && !/^(pv|pvh)$/.test(guest.type)
    ? ofLibvirt(guest, consoles)
    : ofXenconsoled(facts, guest)
}

const inXml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll("'", '&apos;')

/** virtlogd writes it, beside the console that stays usable. */
function ofLibvirt({ name }: Owner, consoles: Result<readonly Kept[]>): Link {
  const fix = [
    {
      where: 'inside <serial>',
      editor: ['virsh', 'edit', name],
      lines: [`<log file='/var/log/libvirt/qemu/${inXml(name)}-serial0.log' append='on'/>`],
      interrupts: 'nothing before its next start',
    },
  ]
  return link('log', consoles, () => ({ state: 'missing', says: 'nobody keeps what it writes', fix }), fix)
}

/** xenconsoled keeps the console of Xen (hvc0); the device model of an HVM guest keeps none of its serial port. */
function ofXenconsoled(facts: HostFacts, guest: Owner): Link {
  const fix = guest.type === 'hvm' ? toFile(guest) : xenconsoledLines(facts)
  return link(
    'log',
    keeping(facts, guest),
    ([kept, runs, folder]) => {
      if (!runs) return { state: 'missing', says: 'xenconsoled does not run' }
      if (kept !== 'guest' && kept !== 'all')
        return { state: 'missing', says: `xenconsoled keeps ${kept === 'hv' ? 'the hypervisor only' : 'nothing'}`, fix }
      if (!folder)
        return { state: 'missing', says: 'the folder is not there that xenconsoled keeps consoles in', fix: [FOLDER] }
      return guest.type === 'hvm'
        ? {
            state: 'unknown',
            says: 'xenconsoled keeps what it writes to hvc0, and nobody what it writes to its serial port',
            fix,
          }
        : { state: 'ok', says: `what it writes is kept in /var/log/xen/console/guest-${guest.name}.log` }
    },
    fix,
  )
}

/** What xenconsoled is told to keep, whether it runs, and whether its folder is there, where that matters. */
const keeping = ({ xen }: HostFacts, { type }: Owner): Result<readonly [string, boolean, boolean]> =>
  chain(all(xen.consoleLog, xen.xenconsoled), ([kept, runs]): Result<readonly [string, boolean, boolean]> =>
    runs && (kept === 'guest' || kept === 'all') && type !== 'hvm'
      ? map(xen.consoleFolder, (folder) => [kept, runs, folder])
      : known([kept, runs, true]),
  )

/** A file cannot be typed at: with it goes the login on that port. */
const toFile = ({ name, configFile }: Owner): Fix[] => [
  {
    where: `${configFile || 'its configuration'} (the port cannot be typed at any more)`,
    lines: [`serial = "file:/var/log/xen/console/serial-${name.replace(/[^\w.-]/g, '-')}.log"`],
    interrupts: 'nothing before its next start',
  },
]

/** xenconsoled makes none. */
const FOLDER: Fix = { where: 'a shell of root', lines: ['mkdir -p /var/log/xen/console'], interrupts: 'nothing' }

/** Each distribution keeps the daemons' variables in a place of its own. */
function xenconsoledLines({ platform, xen }: HostFacts): Fix[] {
  const distribution = platform.distribution.ok ? platform.distribution.value : ''
  const interrupts = 'open consoles of guests: start xenconsoled anew, guests go on'
  if (platform.system.ok && platform.system.value === 'FreeBSD')
    return [{ where: '/etc/rc.conf', lines: ['XENCONSOLED_TRACE="guest"'], interrupts }]
  if (xen.toolstack.ok && xen.toolstack.value === 'xend' && /^(rhel|centos|ol|scientific)$/.test(distribution))
    return [{ where: '/etc/sysconfig/xend', lines: ['XENCONSOLED_LOG_GUESTS=yes'], interrupts }]
  // Its init script hands on these words alone.
  if (/^(debian|devuan|ubuntu)$/.test(distribution))
    return [FOLDER, { where: '/etc/default/xen', lines: ['XENCONSOLED_ARGS=--log=guest'], interrupts }]
  const where = /^(rhel|centos|ol|fedora|almalinux|rocky|sles|opensuse.*|suse)$/.test(distribution)
    ? '/etc/sysconfig/xencommons'
    : '/etc/default/xencommons'
  return [{ where, lines: ['XENCONSOLED_TRACE=guest'], interrupts }]
}
