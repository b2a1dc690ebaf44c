import { globPart } from '../../archive/contents.ts'
import type { Dump } from './dump.ts'
import { linesOf, succeeded } from './dump.ts'

export interface Installed {
  readonly name: string
  /** Version and release. */
  readonly version: string
}

/** The archive of a machine with RPMs lists all of them. */
export function rpms(dump: Dump): Installed[] | null {
  const text = ['installed-rpms', 'rpm -qa']
    .map((command) => succeeded(dump.output(command)))
    .find((one) => one !== null)
  if (text === undefined) return null
  const found = linesOf(text!).flatMap((line) => rpmLine(line) ?? [])
  return found.length === 0 ? null : found
}

/**
 *     libvirt-client-9.5.0-7.el9.x86_64                           Mon Jan  1 00:00:00 2026     sos
 *     libvirt-client-0.8.2-29.el5-x86_64                                                       sos of RHEL 5
 *     libvirt-client                      SUSE Linux Enterprise 15      9.0.0-150500.6.5.1     supportconfig
 *     {"name":"libvirt-client","epoch":"(none)","version":"9.5.0","release":"7.el9", …}        insights
 */
function rpmLine(line: string): Installed | null {
  if (line.startsWith('{')) {
    const field = (name: string): string | undefined => new RegExp(`"${name}": ?"([^"]*)"`).exec(line)?.[1]
    const [name, version, release] = ['name', 'version', 'release'].map(field)
    return name && version && release ? { name, version: `${version}-${release}` } : null
  }
  const table = /^(\S+)\s{2,}\S.*?\s(\d[^\s-]*-[^\s-]+)\s*$/.exec(line)
  if (table) return { name: table[1]!, version: table[2]! }
  const one = /^(\S+)-([^\s-]+-[^\s-]+?)[.-](?:x86_64|i\d86|noarch|aarch64|ppc64\w*|s390x?|ia64|\(none\))(?:\s|$)/.exec(
    line,
  )
  return one ? { name: one[1]!, version: one[2]! } : null
}

/** `ii  qemu-system-x86  1:7.2+dfsg-7+deb12u2  amd64  QEMU …`; names of foreign architectures end with theirs. */
export function debs(dump: Dump): (Installed & { readonly status: string })[] | null {
  const text = succeeded(dump.output('dpkg -l'))
  if (text === null) return null
  const all = linesOf(text).flatMap((line) => {
    const match = /^([a-z][A-Za-z])[A-Za-z ]?\s+([^\s:]+)(?::\w+)?\s+(\S+)\s/.exec(line)
    return match ? [{ status: match[1]!, name: match[2]!, version: match[3]! }] : []
  })
  return all.length === 0 ? null : all
}

/** Names of all that is installed; of what was removed Debian keeps a line, too. */
export const installed = (dump: Dump): Set<string> =>
  new Set(
    [...(rpms(dump) ?? []), ...(debs(dump) ?? []).filter(({ status }) => /^[a-z]i/.test(status))].map(
      ({ name }) => name,
    ),
  )

/** As `rpm -q --qf '%{NAME} %{VERSION}-%{RELEASE}\n' NAME…` prints it. */
export function rpmOf(dump: Dump, argv: readonly string[]): string | null {
  const all = rpms(dump)
  const names = argv.slice(argv.indexOf('--qf') + 2)
  if (all === null) return null
  const lines = names.flatMap((name) => {
    const found = all.filter((one) => one.name === name).map(({ version }) => `${name} ${version}`)
    return found.length > 0 ? found : [`package ${name} is not installed`]
  })
  return `${lines.join('\n')}\n`
}

/** As `dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Version}\n' PATTERN…` prints it. */
export function dpkgOf(dump: Dump, argv: readonly string[]): string | null {
  const all = debs(dump)
  if (all === null) return null
  const patterns = argv.slice(4).map(globPart)
  const lines = all
    .filter(({ name }) => patterns.some((pattern) => pattern.test(name)))
    .map(({ status, name, version }) => `${status}  ${name} ${version}`)
  return `${lines.join('\n')}\n`
}
