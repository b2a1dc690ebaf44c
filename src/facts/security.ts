import { file } from '../evidence/ask.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { basename, orNone } from '../evidence/lookup.ts'
import { absentAs, all, isUnknown, map, orGap, ranked } from '../evidence/result.ts'
import { parseShellVariables } from '../parse/key-value.ts'
import type { Result, Unknown } from '../types.ts'
import { defineFacts } from './fact-set.ts'
import { confReader } from './libvirt/sources.ts'
import { bool, mapOf, string, strings } from './schema.ts'

const asks = {
  enforce: file('/sys/fs/selinux/enforce'),
  oldEnforce: file('/selinux/enforce'),
  config: file('/etc/selinux/config'),
  booleans: file('/sys/fs/selinux/booleans/virt_*'),
  oldBooleans: file('/selinux/booleans/*qemu*'),
  oldVirtBooleans: file('/selinux/booleans/virt_*'),
  oldXendBooleans: file('/selinux/booleans/xend_*'),
  apparmor: file('/sys/module/apparmor/parameters/enabled'),
  profiles: file('/sys/kernel/security/apparmor/profiles'),
  lockdown: file('/sys/kernel/security/lockdown'),
  qemuConf: file('/etc/libvirt/qemu.conf'),
  mounts: file('/proc/mounts'),
} as const

export const security = defineFacts({
  name: 'security',
  meaning: 'What keeps guests apart from the host and from each other',
  asks,
  about: {
    selinux: string('enforcing, permissive, disabled (configured here, and off), or "" where this system has none'),
    selinuxConfigured: string('What the next boot will have, or ""'),
    booleans: mapOf(bool(''), 'SELinux booleans of guests: "virt_use_nfs"'),
    apparmor: bool('The kernel enforces AppArmor profiles'),
    libvirtProfile: string('How AppArmor confines libvirtd: enforce, complain, unconfined, or "" for not at all'),
    complaining: strings('AppArmor profiles of libvirt and its guests that only complain'),
    lockdown: string('Lockdown of the kernel: none, integrity, confidentiality, or "" where there is none'),
    qemuUser: string('user of qemu.conf, or "" for the default'),
    qemuGroup: string('group of qemu.conf, or "" for the default'),
    imageFileSystem: string('File system that /var/lib/libvirt/images lies on: ext4, nfs4, cifs, fuse.glusterfs'),
    missingBoolean: string('SELinux boolean that images on that file system need and that is off, or ""'),
    securityDriver: string('security_driver of qemu.conf, or "" for the default'),
  },
  parse(evidence, ask) {
    const flags = booleans(evidence)
    const images = map(evidence.text(ask.mounts), (text) => mountOf('/var/lib/libvirt/images', text))
    const profiles = map(evidence.text(ask.profiles), parseProfiles)
    const conf = confReader(evidence, ask.qemuConf)
    return {
      selinux: selinux(evidence),
      selinuxConfigured: configured(evidence),
      booleans: flags,
      apparmor: absentAs(
        map(evidence.text(ask.apparmor), (text) => text.startsWith('Y')),
        false,
      ),
      libvirtProfile: absentAs(
        map(profiles, (all) => all.find(({ name }) => /^(\/usr\/sbin\/)?(libvirtd|virtqemud)$/.test(name))?.mode ?? ''),
        '',
      ),
      complaining: absentAs(
        map(profiles, (all) =>
          all
            .filter(({ name, mode }) => mode === 'complain' && /libvirt|virtqemud|virt-aa-helper/.test(name))
            .map(({ name }) => name),
        ),
        [],
      ),
      lockdown: absentAs(
        map(evidence.text(ask.lockdown), (text) => /\[(\w+)\]/.exec(text)?.[1] ?? ''),
        '',
      ),
      qemuUser: conf('user'),
      qemuGroup: conf('group'),
      imageFileSystem: map(images, ({ type }) => type),
      missingBoolean: map(all(images, flags), ([mount, values]) =>
        mount.labels ? '' : missingBoolean(mount.type, values),
      ),
      securityDriver: conf('security_driver'),
    }
  },
})

const configured = (evidence: Evidence): Result<string> =>
  absentAs(
    map(evidence.text(asks.config), (text) => (parseShellVariables(text)['SELINUX'] ?? '').toLowerCase()),
    '',
  )

/** The folder of selinuxfs is only there where SELinux is on: `1` enforces. */
function selinux(evidence: Evidence): Result<string> {
  const mode = ranked(evidence.text(asks.enforce), evidence.text(asks.oldEnforce))
  if (!mode.ok && mode.gap === 'absent') return map(configured(evidence), (wanted) => (wanted ? 'disabled' : ''))
  return map(mode, (text) => (text.trim() === '1' ? 'enforcing' : 'permissive'))
}

/** `1 1`: what is, and what is pending. */
function booleans(evidence: Evidence): Result<Readonly<Record<string, boolean | Unknown>>> {
  const files = [asks.booleans, asks.oldBooleans, asks.oldVirtBooleans, asks.oldXendBooleans].map((ask) =>
    orNone(evidence.texts(ask)),
  )
  return map(all(...files), (lists) =>
    Object.fromEntries(
      lists.flat().map(({ name, result }) => [basename(name), orGap(map(result, (text) => text.startsWith('1')))]),
    ),
  )
}

interface Mount {
  readonly type: string
  /** Files carry SELinux labels of their own, as on a disk and with NFS 4.2 where the server keeps them. */
  readonly labels: boolean
}

/** `filer:/images /var/lib/libvirt/images nfs4 rw,seclabel 0 0`: the longest mount point above a path, and the last there. */
function mountOf(path: string, mounts: string): Mount {
  const above = mounts
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, point = '-']) => path === point || path.startsWith(point.replace(/\/?$/, '/')))
  const longest = Math.max(...above.map(([, point]) => point!.length))
  const [, , type = '', options = ''] = above.filter(([, point]) => point!.length === longest).at(-1) ?? []
  return { type, labels: options.split(',').includes('seclabel') }
}

/** Files there carry no labels that libvirt could set. Red Hat 5 had other names; a policy without the boolean needs none. */
const NEEDED: readonly (readonly [RegExp, ...string[]])[] = [
  [/^nfs/, 'virt_use_nfs', 'qemu_use_nfs'],
  [/^(cifs|smb3|smbfs)$/, 'virt_use_samba', 'qemu_use_cifs'],
  [/^fuse\./, 'virt_use_fusefs'],
]

function missingBoolean(fileSystem: string, values: Readonly<Record<string, boolean | Unknown>>): string {
  const [, ...names] = NEEDED.find(([pattern]) => pattern.test(fileSystem)) ?? []
  const name = names.find((one) => one in values)
  if (name === undefined) return ''
  const value = values[name]
  if (isUnknown(value)) throw new Error(`${name} could not be read`)
  return value === false ? name : ''
}

/** `libvirtd (enforce)` */
function parseProfiles(text: string): { name: string; mode: string }[] {
  return text.split('\n').flatMap((line) => {
    const match = /^(.+) \((\w+)\)$/.exec(line)
    return match ? [{ name: match[1]!, mode: match[2]! }] : []
  })
}
