import { command, file } from '../evidence/ask.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { absentAs, all, chain, known, map, unknown } from '../evidence/result.ts'
import { type Package, parseDpkg, parsePkg, parseRpm, upstream } from '../parse/package-list.ts'
import type { Ask, Result } from '../types.ts'
import { defineFacts } from './fact-set.ts'
import { bool, listOf, nullable, object, string, strings } from './schema.ts'

const DPKG = [
  'xen*',
  'libxen*',
  'qemu*',
  'libvirt*',
  'dnsmasq*',
  'bridge-utils',
  'virtinst',
  'ovmf',
  'openvswitch-switch',
]
/** rpm knows no patterns without walking through its whole database. */
const RPM = [
  'xen',
  'xen-libs',
  'xen-hypervisor',
  'xen-runtime',
  'xen-tools',
  'xen-dom0-tools',
  'kernel-xen',
  'kmod-xenpv',
  'kvm',
]
  .concat(['qemu-kvm', 'qemu', 'qemu-kvm-core', 'qemu-x86', 'libvirt', 'libvirt-daemon', 'libvirt-client', 'dnsmasq'])
  .concat(['bridge-utils', 'edk2-ovmf', 'qemu-ovmf-x86_64', 'virtio-win', 'xen-ia64-guest-firmware'])
const FORMAT = '${db:Status-Abbrev} ${Package} ${Version}\\n'

const asks = {
  dpkg: command(['dpkg-query', '-W', '-f', FORMAT, ...DPKG], { if: { path: '/var/lib/dpkg/status' } }),
  rpm: command(['rpm', '-q', '--nosignature', '--qf', '%{NAME} %{VERSION}-%{RELEASE}\\n', ...RPM], {
    if: { path: '/var/lib/rpm' },
    timeoutMs: 20_000,
  }),
  major: file('/sys/hypervisor/version/major'),
  minor: file('/sys/hypervisor/version/minor'),
  hypervisorType: file('/sys/hypervisor/type'),
  pkg: command(['pkg', 'info', '-x', '^(xen|qemu|libvirt|dnsmasq)'], { if: { path: '/var/db/pkg/local.sqlite' } }),
} as const

const packageSchema = object(
  { name: string('xen-utils-4.17'), version: string('4.17.7+13-g2445b30a44-0+deb12u1') },
  'One installed package',
)

export const packages = defineFacts({
  name: 'packages',
  meaning: 'Installed packages that have to do with virtualization; no others are looked for',
  asks,
  about: {
    all: listOf(packageSchema, 'Packages for virtualization'),
    names: strings('Their names'),
    hypervisor: strings('Upstream versions of the installed Xen hypervisors: "4.17.7"'),
    tools: strings('Upstream versions of the installed Xen tools'),
    toolsMatch: bool('A hypervisor and tools of its own release (major and minor) are here, or one of both is missing'),
    runningXen: nullable(string('Release of the Xen that runs, "4.17"; none where none does')),
    toolsRun: bool('Tools of the release that runs are installed; also where no Xen runs, or no tools are packages'),
    qemu: nullable(string('Upstream version of QEMU; none where it is no package')),
    libvirt: nullable(string('Upstream version of libvirt; none where it is no package')),
    both: bool('Packages of the Xen hypervisor and packages that make a KVM host are both here'),
  },
  parse(evidence) {
    const found = installed(evidence)
    const versions = (pattern: RegExp) =>
      map(found, (list) => [
        ...new Set(list.filter(({ name }) => pattern.test(name)).map(({ version }) => upstream(version))),
      ])
    const hypervisor = versions(HYPERVISOR)
    const tools = versions(TOOLS)
    const running = runningXen(evidence)
    const one = (pattern: RegExp) => map(versions(pattern), ([first]) => first ?? null)
    return {
      all: map(found, (list) => list.map(({ name, version }) => ({ name, version }))),
      names: map(found, (list) => list.map(({ name }) => name)),
      hypervisor,
      tools,
      toolsMatch: map(all(hypervisor, tools), ([a, b]) => match(a, b)),
      runningXen: running,
      toolsRun: map(all(running, tools), ([xen, list]) => xen === null || match([xen], list)),
      qemu: one(/^(qemu-system-x86|qemu-system-common|qemu-kvm|qemu-kvm-core|qemu-x86|qemu|kvm)$/),
      libvirt: one(/^(libvirt-daemon|libvirt|libvirt-client|libvirt-clients)$/),
      both: map(found, (list) => [XEN, KVM].every((pattern) => list.some(({ name }) => pattern.test(name)))),
    }
  },
})

const HYPERVISOR = /^(xen-hypervisor(-[\d.]+)?(-(?!common$)\w+)?|xen-kernel\d*|xen)$/
const TOOLS = /^(xen-utils-[\d.]+|xen-runtime|xen-tools\d*|xen-dom0-tools)$/
/** A kernel-xen has the version of Linux: it makes a Xen host, and says nothing about tools. */
const XEN = /^(xen-hypervisor-[\w.-]*|xen-hypervisor|kernel-xen|xen-kernel\d*)$/
/** Debian's qemu-system-x86 and SUSE's qemu-x86 serve Xen guests too: only what makes nothing but KVM hosts counts. */
const KVM = /^(qemu-kvm|kvm|qemu-kvm-core|qemu-system-kvm)$/

/** On Debian these scripts make images for guests: they have versions of their own. */
const NO_TOOLS = 'xen-tools'

const shortOf = (version: string): string => version.split('.').slice(0, 2).join('.')

/** Hypervisors of older releases stay installed after an upgrade: one that fits is enough. */
function match(hypervisor: readonly string[], tools: readonly string[]): boolean {
  const have = tools.map(shortOf)
  return have.length === 0 || hypervisor.length === 0 || hypervisor.some((version) => have.includes(shortOf(version)))
}

function runningXen(evidence: Evidence): Result<string | null> {
  return chain(absentAs(evidence.text(asks.hypervisorType), ''), (type) =>
    type.trim() === 'xen'
      ? map(all(evidence.text(asks.major), evidence.text(asks.minor)), (parts) =>
          parts.map((text) => text.trim()).join('.'),
        )
      : known<string | null>(null),
  )
}

/**
 * Each manager ends with an exit code that counts, or marks, what is not installed: only what was printed matters. One whose
 * database or program is not here has installed nothing.
 */
function installed(evidence: Evidence): Result<readonly Package[]> {
  const read = (ask: Ask, manager: string, most: number, parse: (text: string) => Package[]) => {
    const list = chain(evidence.output(ask), ({ stdout, stderr, exit }): Result<Package[]> =>
      exit <= most
        ? known(parse(stdout))
        : unknown('malformed', manager, `exit ${exit}: ${stderr.trim().split('\n')[0]!.slice(0, 200)}`),
    )
    return !list.ok && (list.gap === 'withheld' || list.gap === 'absent')
      ? known<Package[]>([], { ask: list.ask })
      : list
  }
  const lists = all(
    read(asks.dpkg, 'dpkg', 1, (text) => parseDpkg(text).filter(({ name }) => name !== NO_TOOLS)),
    read(asks.rpm, 'rpm', RPM.length, parseRpm),
    read(asks.pkg, 'pkg', 1, parsePkg),
  )
  return map(lists, (each) => each.flat())
}
