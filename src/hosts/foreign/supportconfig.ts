import type { Contents } from '../../archive/contents.ts'
import { MemoryContents } from '../../archive/memory.ts'
import { dateOf } from './dates.ts'
import type { Dump } from './dump.ts'
import { parseSections, type Section } from './sections.ts'

/** What each of its texts copies whole. Its asks for other globs and folders stay open. */
const WHOLE: Readonly<Record<string, readonly string[]>> = {
  'modules.txt': ['/etc/modprobe.d/*', '/etc/modprobe.d/*.conf', '/sys/module/kvm*/parameters/*'].concat([
    '/sys/module/xen*/parameters/*',
    '/sys/module/vhost*/parameters/*',
    '/sys/module/loop/parameters/*',
  ]),
  'kvm.txt': ['/etc/libvirt/qemu/*.xml', '/etc/libvirt/qemu/networks/*.xml'],
  'xen.txt': ['/etc/xen/vm/*', '/var/lib/xend/domains/*/config.sxp'],
  'network.txt': ['/etc/sysconfig/network/ifcfg-*'],
}

const RPMS = 'rpm -qa --queryformat "%-35{NAME} '
const MOST_TEXT = 64 << 20

export function isSupportconfig(contents: Contents): boolean {
  const read = contents.read('/basic-environment.txt', { maxBytes: MOST_TEXT, fromEnd: false })
  return 'bytes' in read && read.bytes.includes('#==[ ')
}

/** SUSE's: a few text files of many sections, each a command's output, or a file without its comments. */
export function supportconfig(from: string, contents: Contents, packed: boolean): Dump {
  const names = (contents.names('/') ?? []).filter((name) => name.endsWith('.txt'))
  const texts = names.flatMap((name) => {
    const read = contents.read(`/${name}`, { maxBytes: MOST_TEXT, fromEnd: false })
    return 'bytes' in read ? [read.bytes.toString('utf8')] : []
  })
  const sections = texts.flatMap(parseSections)
  const commands = new Map<string, string>()
  for (const { kind, name, text } of sections) {
    if (kind === 'command' && text !== null && !commands.has(name)) commands.set(name, text)
  }
  const missing = new Set(sections.filter(({ state }) => state === 'missing').map(({ name }) => name))
  const whole = new Set(names.flatMap((name) => WHOLE[name] ?? []))
  const output = (command: string) => {
    const key = command === 'installed-rpms' ? [...commands.keys()].find((one) => one.startsWith(RPMS)) : command
    const text = key === undefined ? undefined : commands.get(key)
    return text === undefined ? null : { text, exit: null }
  }
  const files = filesOf(sections, contents.cut)
  parameters(texts, files)
  const modules = commands.get('sort /proc/modules')
  if (modules !== undefined) put(files, '/proc/modules', modules, false)
  return {
    label: `supportconfig ${from}`,
    at: dateOf([output('date')], contents, packed ? ['/basic-environment.txt'] : []),
    files,
    output,
    whole: (path) => whole.has(path),
    missed: (path) => missing.has(path),
  }
}

function filesOf(sections: readonly Section[], cut: string | null): MemoryContents {
  const files = new MemoryContents()
  files.cut = cut
  for (const { kind, name, text, state } of sections) {
    if (kind !== 'command' && text !== null && /^\/[^*?[\]]+$/.test(name) && files.look(name) === null)
      put(files, name, text, state === 'tail')
  }
  return files
}

/** Of a tail nobody knows how long the whole was. */
function put(files: MemoryContents, path: string, text: string, tail: boolean): void {
  const data = Buffer.from(text)
  files.add(path, { kind: 'file', size: tail ? Infinity : data.length, mtime: null, data })
}

/** modules.txt tells of modules in lines of its own: `/sys/module/kvm_intel/parameters/nested=Y`; "?" is what could not be read. */
function parameters(texts: readonly string[], files: MemoryContents): void {
  for (const text of texts) {
    for (const [, path, value] of text.matchAll(/^(\/sys\/module\/\w+\/parameters\/\w+)=(.*)$/gm))
      if (value !== '?') put(files, path!, `${value}\n`, false)
  }
}
