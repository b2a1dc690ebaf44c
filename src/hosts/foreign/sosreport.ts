import type { Contents, Limits, Read } from '../../archive/contents.ts'
import { follow } from '../../archive/contents.ts'
import type { Dump, Recorded } from './dump.ts'
import { manglings } from './mangle.ts'
import { dateOf } from './dates.ts'

/** What `sos report` copies whole, by the plugin that does. Asks for other globs and folders stay open. */
const WHOLE: Readonly<Record<string, readonly string[]>> = {
  kernel: [
    '/etc/modprobe.d/*',
    '/etc/modprobe.d/*.conf',
    '/sys/module/kvm*/parameters/*',
    '/sys/module/xen*/parameters/*',
  ].concat(['/sys/module/vhost*/parameters/*', '/sys/module/loop/parameters/*']),
  memory: ['/sys/kernel/mm/hugepages/hugepages-*/nr_hugepages', '/sys/kernel/mm/hugepages/hugepages-*/free_hugepages'],
  networking: ['/sys/class/net'],
  libvirt: [
    '/etc/libvirt/qemu/networks/autostart',
    '/etc/libvirt/storage/autostart',
    '/etc/libvirt/qemu/*.xml',
    '/etc/libvirt/qemu/networks/*.xml',
    '/etc/libvirt/storage/*.xml',
  ].concat(['/run/libvirt/qemu/*.xml', '/var/log/libvirt/qemu/*.log']),
  xen: ['/etc/xen/*', '/etc/xen/vm/*', '/etc/xen/auto/*', '/var/log/xen/xl-*.log', '/var/log/xen/qemu-dm-*.log'].concat(
    [
      '/var/log/xen/console/guest-*.log',
      '/var/log/xen/xenstored*.log',
      '/etc/xen/scripts/*',
      '/etc/xen/scripts/network-*',
    ],
  ),
  grub2: ['/boot/efi/EFI/*/grub.cfg', '/boot/loader/entries/*.conf'],
  udev: ['/etc/udev/rules.d/*.rules'],
  systemd: [
    '/etc/systemd/system/*.wants',
    '/etc/systemd/system/*.requires',
    '/etc/systemd/journald.conf.d/*.conf',
  ].concat(['/etc/systemd/system/getty.target.wants']),
}

/** A tree with sos_commands/ in it, as sos wrote it since 2007; one that is cut off before it has the links into it at least. */
export const isSosreport = (contents: Contents): boolean =>
  contents.names('/sos_commands') !== null ||
  contents.names('/')!.some((name) => contents.look(`/${name}`)?.target?.startsWith('sos_commands/'))

/** `packed`: the times of its files are those of the recorded machine's clock. */
export function sosreport(from: string, contents: Contents, packed: boolean): Dump {
  const manifest = manifestOf(contents)
  const outputs = outputsOf(contents)
  const folders = (contents.names('/sos_commands') ?? []).map((name) => name.replace(/\..*/, ''))
  const plugins = new Set([...(manifest?.plugins ?? []), ...folders])
  const whole = new Set(Object.entries(WHOLE).flatMap(([plugin, paths]) => (plugins.has(plugin) ? paths : [])))
  const output = (command: string): Recorded | null => {
    const path = command === 'installed-rpms' ? '/installed-rpms' : pathOf(command, manifest, outputs)
    const found = path === undefined ? null : follow(contents, path)
    const read = found === null ? null : contents.read(found, { maxBytes: MOST_OUTPUT, fromEnd: false })
    // The end alone of what was too large stands elsewhere.
    if (!read || !('bytes' in read) || found!.startsWith(STRINGS)) return null
    return { text: read.bytes.toString('utf8'), exit: manifest?.exits.get(path!.slice(1)) ?? null }
  }
  return {
    label: `sosreport ${from}`,
    at: dateOf([output('date --utc'), output('date')], contents, packed ? ['/date', '/uptime', '/version.txt'] : []),
    files: tailed(contents),
    output,
    whole: (path) => whole.has(path) && !shortened(path, contents, manifest),
    missed: () => false,
  }
}

const MOST_OUTPUT = 16 << 20
const STRINGS = '/sos_strings/'

function pathOf(command: string, manifest: Manifest | null, outputs: Map<string, string>): string | undefined {
  const told = manifest?.files.get(command)
  if (told !== undefined) return `/${told}`
  return manglings(command)
    .map((name) => outputs.get(name))
    .find((path) => path !== undefined)
}

/** `sos_commands/kernel/uname_-a`; before 2.0 `sos_commands/kernel.uname_-a`. */
function outputsOf(contents: Contents): Map<string, string> {
  const found = new Map<string, string>()
  for (const plugin of contents.names('/sos_commands') ?? []) {
    const folder = `/sos_commands/${plugin}`
    const names = contents.names(folder)
    if (names === null) found.set(plugin.slice(plugin.indexOf('.') + 1), folder)
    for (const name of names ?? []) found.set(name, `${folder}/${name}`)
  }
  return found
}

/** Where logs passed the limit of sos, the older ones were left out, and the end alone of one was kept; --since leaves out what is old. */
function shortened(path: string, contents: Contents, manifest: Manifest | null): boolean {
  if (!path.startsWith('/var/log/')) return false
  const dotted = path.slice(1, path.lastIndexOf('/') + 1).replaceAll('/', '.')
  const tails = (contents.names('/sos_strings') ?? []).flatMap((plugin) => contents.names(STRINGS + plugin) ?? [])
  return manifest?.since === true || tails.some((name) => name.startsWith(dotted))
}

interface Manifest {
  readonly since: boolean
  readonly plugins: readonly string[]
  /** Files by the command whose output they hold. */
  readonly files: ReadonlyMap<string, string>
  readonly exits: ReadonlyMap<string, number>
}

interface ManifestJson {
  readonly components?: {
    readonly report?: {
      readonly plugins?: Readonly<
        Record<string, { readonly commands?: readonly { exec?: unknown; filepath?: unknown; return_code?: unknown }[] }>
      >
    }
  }
}

/** sos 4 writes down each command with its exit code. */
function manifestOf(contents: Contents): Manifest | null {
  const path = follow(contents, '/sos_reports/manifest.json')
  const read = path === null ? null : contents.read(path, { maxBytes: MOST_OUTPUT, fromEnd: false })
  if (!read || !('bytes' in read)) return null
  const text = read.bytes.toString('utf8')
  try {
    const plugins = (JSON.parse(text) as ManifestJson).components?.report?.plugins ?? {}
    const commands = Object.values(plugins).flatMap((plugin) => plugin.commands ?? [])
    const files = new Map<string, string>()
    const exits = new Map<string, number>()
    for (const { exec, filepath, return_code: code } of commands) {
      if (typeof filepath !== 'string') continue
      if (typeof exec === 'string') files.set(withoutFolder(exec), filepath)
      if (typeof code === 'number') exits.set(filepath, code)
    }
    return { since: text.includes('--since'), plugins: Object.keys(plugins), files, exits }
  } catch {
    return null
  }
}

const withoutFolder = (command: string): string => command.replace(/^\/\S*\//, '').replace(/\s+/g, ' ')

/** Of a log that was too large, sos keeps the end in sos_strings/, and a link to it in the place of the log. */
function tailed(contents: Contents): Contents {
  return {
    ...below(contents),
    read(path: string, limits: Limits): Read {
      const read = contents.read(path, limits)
      if (!path.startsWith(STRINGS) || !('bytes' in read)) return read
      return limits.fromEnd ? { ...read, truncated: true } : { failed: 'too-big' }
    },
  }
}

const below = (contents: Contents): Contents => ({
  look: (path) => contents.look(path),
  names: (path) => contents.names(path),
  read: (path, limits) => contents.read(path, limits),
  cut: contents.cut,
})
