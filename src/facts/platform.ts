import { command, file, stat } from '../evidence/ask.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { absentAs, all, chain, known, map, ranked } from '../evidence/result.ts'
import { parseColonTable, parseShellVariables } from '../parse/key-value.ts'
import type { Result } from '../types.ts'
import { defineFacts } from './fact-set.ts'
import { bool, string, strings } from './schema.ts'

const asks = {
  osRelease: file('/etc/os-release'),
  redhatRelease: file('/etc/redhat-release'),
  suseRelease: file('/etc/SuSE-release'),
  debianVersion: file('/etc/debian_version'),
  uname: command(['uname', '-srm']),
  name: command(['uname', '-n']),
  id: command(['id', '-u']),
  xenCapabilities: file('/proc/xen/capabilities'),
  hypervisorType: file('/sys/hypervisor/type'),
  guestType: file('/sys/hypervisor/guest_type'),
  hypervisorUuid: file('/sys/hypervisor/uuid'),
  cpuinfo: file('/proc/cpuinfo', { maxBytes: 8 << 20 }),
  lscpu: command(['lscpu']),
  product: file('/sys/class/dmi/id/product_name'),
  vendor: file('/sys/class/dmi/id/sys_vendor'),
  clocksources: file('/sys/devices/system/clocksource/clocksource0/available_clocksource'),
  dockerenv: stat('/.dockerenv'),
  containerenv: stat('/run/.containerenv'),
  systemdContainer: file('/run/systemd/container'),
  openvz: stat('/proc/vz'),
  openvzHost: stat('/proc/bc'),
  emulators: stat('/usr/bin/qemu-system-*'),
  qemuKvm: stat('/usr/libexec/qemu-kvm'),
  qemuKvmOld: stat('/usr/bin/qemu-kvm'),
  libvirtd: stat('/usr/sbin/libvirtd'),
  virtqemud: stat('/usr/sbin/virtqemud'),
  freebsdGuest: command(['sysctl', '-n', 'kern.vm_guest'], { if: { path: '/boot/loader.conf' } }),
  freebsdXen: stat('/dev/xen/privcmd'),
}

export const platform = defineFacts({
  name: 'platform',
  meaning: 'What this machine is: its system, what it serves, and what it runs under itself',
  asks,
  about: {
    system: string('Kernel as uname calls it: Linux, FreeBSD'),
    release: string('Kernel release, "6.1.0-56-amd64"'),
    arch: string('Machine as uname calls it: x86_64, i686, ia64, aarch64, amd64 (FreeBSD)'),
    name: string('Name that the machine gives itself, as `uname -n` tells it'),
    distribution: string(
      'ID of /etc/os-release, or of what stood in its place: debian, rhel, centos, sles, freebsd; "" where nothing tells',
    ),
    version: string('Release of the distribution: "12", "5.11"; "" where nothing tells'),
    hosts: string('What it serves: "xen" (a control domain), "kvm" (QEMU or libvirt is there), or ""'),
    under: string(
      'What it runs under: "" (bare metal), xen-dom0, xen-pv, xen-pvh, xen-hvm, kvm, qemu (emulated), container, or another hypervisor as lscpu names it',
    ),
    how: strings('What told `hosts` and `under`'),
    root: bool('The answers were gathered by root'),
  },
  parse(evidence, ask) {
    const under = underWhat(evidence)
    const hosts = whatItHosts(evidence)
    const how = map(all(under, hosts), ([a, b]) => [...new Set([a.how, b.how])].filter(Boolean))
    const uname = map(evidence.stdout(ask.uname), (text) => text.trim().split(/\s+/))
    return {
      system: map(uname, ([system]) => system ?? ''),
      release: map(uname, ([, release]) => release ?? ''),
      arch: map(uname, ([, , arch]) => arch ?? ''),
      name: map(evidence.stdout(ask.name), (text) => text.trim()),
      distribution: map(distribution(evidence), ({ id }) => id),
      version: map(distribution(evidence), ({ version }) => version),
      hosts: map(hosts, ({ is }) => is),
      under: map(under, ({ is }) => is),
      how,
      root: map(evidence.stdout(ask.id), (text) => text.trim() === '0'),
    }
  },
})

interface Told {
  readonly is: string
  readonly how: string
}

/** os-release everywhere since 2012; before it each family had its own file: `Red Hat Enterprise Linux Server release 5.11 (Tikanga)`. */
function distribution(evidence: Evidence): Result<{ id: string; version: string }> {
  const modern = map(evidence.text(asks.osRelease), (text) => {
    const { ID = '', VERSION_ID = '' } = parseShellVariables(text)
    return { id: ID, version: VERSION_ID }
  })
  const redhat = map(evidence.text(asks.redhatRelease), (text) => ({
    id: /^Red Hat/.test(text) ? 'rhel' : (/^\w+/.exec(text)?.[0].toLowerCase() ?? ''),
    version: /release (\d+(?:\.\d+)?)/.exec(text)?.[1] ?? '',
  }))
  const suse = map(evidence.text(asks.suseRelease), (text) => ({
    id: /Enterprise/.test(text) ? 'sles' : 'opensuse',
    version: [/VERSION *= *(\S+)/, /PATCHLEVEL *= *(\S+)/].flatMap((part) => part.exec(text)?.[1] ?? []).join('.'),
  }))
  const debian = map(evidence.text(asks.debianVersion), (text) => ({ id: 'debian', version: text.trim() }))
  const uname = map(evidence.stdout(asks.uname), (text) => {
    const [system = '', release = ''] = text.trim().split(/\s+/)
    return system === 'FreeBSD'
      ? { id: 'freebsd', version: /^\d+(\.\d+)?/.exec(release)?.[0] ?? '' }
      : { id: '', version: '' }
  })
  return ranked(modern, redhat, suse, debian, uname)
}

/** A container is nearer than the hypervisor below it. */
function underWhat(evidence: Evidence): Result<Told> {
  return chain(container(evidence), (found) => (found ? known(found) : ranked(xen(evidence), notXen(evidence))))
}

function container(evidence: Evidence): Result<Told | null> {
  const marks = [asks.dockerenv, asks.containerenv, asks.systemdContainer].map((mark) => evidence.exists(mark))
  // OpenVZ shows /proc/vz in both, /proc/bc on its host only.
  const openvz = map(
    all(evidence.exists(asks.openvz), evidence.exists(asks.openvzHost)),
    ([guest, host]) => guest && !host,
  )
  const yes = [...marks, openvz].find((mark) => mark.ok && mark.value)
  if (yes?.ok) return { ...yes, value: { is: 'container', how: `${yes.from[0]?.path ?? ''} is there` } }
  return map(all(...marks, openvz), () => null)
}

/** `absent` where no Xen is below. `control_d` in /proc/xen/capabilities is the control domain, whatever DMI says. */
function xen(evidence: Evidence): Result<Told> {
  const capabilities = map(evidence.text(asks.xenCapabilities), (text) => text.includes('control_d'))
  if (capabilities.ok && capabilities.value)
    return map(capabilities, () => ({ is: 'xen-dom0', how: '/proc/xen/capabilities says control_d' }))
  const type = map(evidence.text(asks.hypervisorType), (text) => text.trim())
  if (type.ok && type.value === 'xen')
    return chain(capabilitiesOrUuid(evidence, capabilities), (dom0) => (dom0 ? known(dom0) : guest(evidence)))
  if (!type.ok && type.gap !== 'absent') return type
  if (capabilities.ok)
    return map(capabilities, () => ({ is: 'xen-pv', how: '/proc/xen is there and grants no control' }))
  return capabilities
}

/** Without xenfs, the all-zero UUID of domain 0 tells it. */
function capabilitiesOrUuid(evidence: Evidence, capabilities: Result<boolean>): Result<Told | null> {
  if (capabilities.ok) return map(capabilities, () => null)
  if (capabilities.gap !== 'absent') return capabilities
  return map(evidence.text(asks.hypervisorUuid), (uuid) =>
    /^[0-]+$/.test(uuid.trim()) ? { is: 'xen-dom0', how: '/sys/hypervisor/uuid is that of domain 0' } : null,
  )
}

/** guest_type since Linux 4.13; before, an HVM guest is one whose DMI says so, and a PV guest has no DMI. */
function guest(evidence: Evidence): Result<Told> {
  const modern = map(evidence.text(asks.guestType), (text) => ({
    is: `xen-${text.trim().toLowerCase()}`,
    how: `/sys/hypervisor/guest_type says ${text.trim()}`,
  }))
  const dmi = map(absentAs(evidence.text(asks.product), ''), (product) =>
    /HVM domU/.test(product)
      ? { is: 'xen-hvm', how: 'DMI says HVM domU' }
      : { is: 'xen-pv', how: '/sys/hypervisor/type says xen, and there is no DMI' },
  )
  return ranked(modern, dmi)
}

/** lscpu asks the processor itself; the clock and DMI are what remains without it. */
function notXen(evidence: Evidence): Result<Told> {
  const lscpu = map(evidence.stdout(asks.lscpu), (text) => {
    const vendor = parseColonTable(text)['Hypervisor vendor']
    if (vendor === undefined) throw new Error('names no hypervisor')
    return { is: vendor.toLowerCase(), how: `lscpu says ${vendor}` }
  })
  if (lscpu.ok) return lscpu
  const freebsd = map(evidence.stdout(asks.freebsdGuest), (text) => text.trim())
  if (freebsd.ok) return freebsdUnder(evidence, freebsd.value)
  return chain(evidence.text(asks.cpuinfo), (cpuinfo) =>
    /^flags\s*:.*\bhypervisor\b/m.test(cpuinfo)
      ? virtualized(evidence)
      : known({ is: '', how: 'no hypervisor flag in /proc/cpuinfo' }),
  )
}

/** `kern.vm_guest` is "none", "xen", "kvm" …; a dom0 says xen too and has /dev/xen/privcmd. */
function freebsdUnder(evidence: Evidence, guestOf: string): Result<Told> {
  const how = `kern.vm_guest is ${guestOf}`
  if (guestOf !== 'xen') return known({ is: guestOf === 'none' ? '' : guestOf, how })
  return map(evidence.exists(asks.freebsdXen), (dom0) => ({ is: dom0 ? 'xen-dom0' : 'xen-hvm', how }))
}

function virtualized(evidence: Evidence): Result<Told> {
  const clock = map(evidence.text(asks.clocksources), (text) => {
    if (!text.includes('kvm-clock')) throw new Error('no kvm-clock')
    return { is: 'kvm', how: 'the kernel offers kvm-clock' }
  })
  if (clock.ok) return clock
  return map(
    all(absentAs(evidence.text(asks.vendor), ''), absentAs(evidence.text(asks.product), '')),
    ([vendor, product]) => {
      const dmi = `${vendor.trim()} ${product.trim()}`.trim()
      const is = /VMware/.test(dmi)
        ? 'vmware'
        : /Microsoft/.test(dmi)
          ? 'microsoft'
          : /VirtualBox/.test(dmi)
            ? 'oracle'
            : /QEMU/.test(dmi)
              ? 'qemu'
              : 'unknown'
      return { is, how: `the hypervisor flag in /proc/cpuinfo; DMI says ${dmi || 'nothing'}` }
    },
  )
}

/** A control domain serves Xen. Else QEMU or libvirt on the disk makes a KVM host: the modules load themselves on every laptop. */
function whatItHosts(evidence: Evidence): Result<Told> {
  const under = underWhat(evidence)
  if (under.ok && under.value.is === 'xen-dom0') return map(under, ({ how }) => ({ is: 'xen', how }))
  if (!under.ok) return under
  if (under.value.is.startsWith('xen-pv')) return known({ is: '', how: '' }, ...under.from)
  const emulators = map(all(evidence.stats(asks.emulators), evidence.stdout(asks.uname)), ([found, uname]) =>
    found.some(({ name }) => emulates(name, uname.trim().split(/\s+/)[2] ?? '')),
  )
  const programs = [asks.qemuKvm, asks.qemuKvmOld, asks.libvirtd, asks.virtqemud].map((ask) => evidence.exists(ask))
  const yes = [emulators, ...programs].find((program) => program.ok && program.value)
  if (yes?.ok)
    return { ...yes, value: { is: 'kvm', how: `${yes.from[0]?.path ?? '/usr/bin/qemu-system-*'} is installed` } }
  return map(all(emulators, ...programs), () => ({ is: '', how: 'neither Xen nor QEMU nor libvirt is here' }))
}

/** An emulator of another architecture, as developers have it for boards, makes no KVM host. */
function emulates(path: string, arch: string): boolean {
  const target = path.slice(path.lastIndexOf('-') + 1)
  const own = /^(x86_64|amd64|i\d86)$/.test(arch) ? ['x86_64', 'i386'] : [arch.replace(/^ppc64le$/, 'ppc64')]
  return own.includes(target)
}
