import { commandOf, INFO } from './commands.ts'
import { modulesOf } from './convert.ts'
import type { Dump } from './dump.ts'
import { succeeded } from './dump.ts'
import { debs, installed, rpms } from './packages.ts'
import { programsOf } from './processes.ts'
import { infoOf } from './uname.ts'

/**
 * What an archive proves of paths that nobody copied. A path that none of these names is unknown: an archive lacks it since it was not
 * collected.
 */
export interface Proofs {
  /** Why a path cannot have been there. */
  absent(path: string): string | null
  /** Why it must have been there, whatever its mode and owner. */
  present(path: string): string | null
  /** Why there is nothing that a command could tell of. */
  lacking(argv: readonly string[]): string | null
  /** Contents that a command's output implies. */
  file(path: string): string | null
}

const NO_XEN = 'lscpu tells of no Xen'
const CONTAINER = ['/.dockerenv', '/run/.containerenv', '/run/systemd/container', '/proc/vz', '/proc/bc']
const XEN = ['/proc/xen/capabilities', '/sys/hypervisor/type', '/sys/hypervisor/uuid', '/sys/hypervisor/guest_type']

/** What only answers where systemd runs. */
const MANAGER = ['systemctl list-units', 'systemctl list-units --all', 'systemctl --no-pager --all list-units']

/** What the hypervisor says of itself, by what the toolstack calls it. */
const TOLD: Readonly<Record<string, string>> = {
  '/sys/hypervisor/version/major': 'xen_major',
  '/sys/hypervisor/version/minor': 'xen_minor',
  '/sys/hypervisor/version/extra': 'xen_extra',
  '/sys/hypervisor/properties/capabilities': 'xen_caps',
}

/** Programs, and the packages that always bring them. */
const BRINGS: Readonly<Record<string, RegExp>> = {
  '/usr/sbin/libvirtd': /^(libvirt-daemon|libvirt)$/,
  '/usr/libexec/qemu-kvm': /^qemu-kvm-core$/,
  '/usr/sbin/dnsmasq': /^(dnsmasq|dnsmasq-base)$/,
}

export function proofsOf(dump: Dump): Proofs {
  const programs = programsOf(dump)
  const packages = installed(dump)
  const vendor = /^Hypervisor vendor:\s*(\S+)/m
  const lscpu = english(succeeded(dump.output('lscpu')))
  const below = lscpu === null ? null : (vendor.exec(lscpu)?.[1] ?? '')
  const info = INFO.map((command) => succeeded(dump.output(command)) ?? '').find((text) => infoOf(text, 'xen_major'))
  const toolstack = info !== undefined
  const noXen = below !== null && below !== 'Xen' && !toolstack
  return {
    absent(path) {
      if (CONTAINER.includes(path) && (toolstack || (programs?.has('[kthreadd]') && isMachine(dump))))
        return 'the threads of the kernel were seen, and the system manager answered'
      if (XEN.includes(path) && noXen) return NO_XEN
      return dump.missed(path) ? 'it was looked for when the archive was made' : null
    },
    present(path) {
      if (programs?.has(path)) return 'it ran'
      const brings = BRINGS[path]
      return brings && [...packages].some((name) => brings.test(name)) ? 'its package is installed' : null
    },
    lacking(argv) {
      const [program] = argv
      if (argv.join(' ') === 'xl dmesg' && noXen) return `${NO_XEN}, so there is no ring of it`
      const others = program === 'rpm' ? debs(dump) : program === 'dpkg-query' ? rpms(dump) : null
      const own = program === 'rpm' ? 'rpm' : 'dpkg'
      if (others !== null && !packages.has(own)) return `${own} is not among the installed packages`
      return program === 'pkg' && succeeded(dump.output('uname -a'))?.startsWith('Linux ') ? 'this is Linux' : null
    },
    file(path) {
      if (path === '/proc/modules') return modules(dump)
      const told = info === undefined ? null : infoOf(info, TOLD[path] ?? '-')
      if (told !== null) return `${told}\n`
      if (path === '/sys/hypervisor/type' && (below === 'Xen' || toolstack)) return 'xen\n'
      if (path !== '/proc/xen/capabilities') return null
      // lscpu calls the control domain not virtualized; only that one can ask the hypervisor about itself.
      const control = toolstack || (below === 'Xen' && /^Virtualization type:\s*none$/m.test(lscpu!))
      return control ? 'control_d\n' : below === 'Xen' ? '\n' : null
    },
  }
}

/**
 * A container sees no threads of the kernel, unless it was given the machine's processes; then it cannot reach the system manager. Before
 * Linux 3 none was given them. OpenVZ's own kernels are told by their names.
 */
function isMachine(dump: Dump): boolean {
  const release = commandOf(['uname', '-r'], dump)
  if (release === null || /stab|vz/.test(release)) return false
  return (
    release.startsWith('2.') ||
    MANAGER.some((command) =>
      /^[\s●*]*\S+\.(service|mount|slice|device)\s/m.test(succeeded(dump.output(command)) ?? ''),
    )
  )
}

function modules(dump: Dump): string | null {
  const text = ['lsmod', 'lsmod | sort'].map((command) => succeeded(dump.output(command))).find((one) => one !== null)
  return text === undefined ? null : modulesOf(text!)
}

/** In other languages lscpu calls its vendor of hypervisors otherwise, and would seem to name none. */
const english = (lscpu: string | null): string | null =>
  lscpu !== null && /^Architecture:/m.test(lscpu) && /^CPU\(s\):/m.test(lscpu) ? lscpu : null
