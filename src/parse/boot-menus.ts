import { joinWords, ownWords } from './boot-options.ts'
import { nearest } from './nearest.ts'
import type { BootEntry } from './grub-config.ts'

/** A menu of another boot loader than GRUB 2, and what it starts by itself; null where it names no entry. */
export interface BootMenu {
  readonly entries: readonly BootEntry[]
  readonly defaultIndex: string | null
}

const NONE = { id: '', title: '', hypervisor: '', hypervisorOptions: '', kernel: '', initrd: '', options: '' }
type Draft = { -readonly [K in keyof BootEntry]: BootEntry[K] }

const pick = (entries: readonly BootEntry[], index: string): string | null =>
  entries.some((entry) => entry.index === index) ? index : null

/**
 * menu.lst and grub.conf of legacy GRUB: `default=1`, then stanzas of `title`, `root (hd0,0)`, `kernel /xen.gz-2.6.18-194.el5`,
 * `module /vmlinuz-2.6.18-194.el5xen ro`. Entries count from 0; the last `default` counts. Throws for `default saved`: another file
 * holds it.
 */
export function parseGrubLegacy(text: string): BootMenu {
  const entries: Draft[] = []
  let chosen = '0'
  text.split('\n').forEach((line, at) => {
    const [, command = '', rest = ''] = /^\s*(\w+)\s*[\s=]\s*(.*?)\s*$/.exec(line) ?? []
    const entry = entries[entries.length - 1]
    if (command === 'title') entries.push({ ...NONE, index: `${entries.length}`, title: rest, line: at + 1 })
    else if (command === 'default' && !entry) chosen = rest
    else if (entry && /^(kernel|module|initrd)$/.test(command)) addLegacy(entry, command, rest)
  })
  if (!/^\d+$/.test(chosen)) throw new Error(`the default is "${chosen}"`)
  return { entries, defaultIndex: pick(entries, chosen) }
}

function addLegacy(entry: Draft, command: string, rest: string): void {
  const [path = '', ...words] = ownWords(rest).filter((word) => !word.startsWith('--'))
  const file = path.replace(/^\(hd\d+,\d+\)/, '')
  if (command === 'kernel' && /(^|\/)xen[^/]*$/.test(file))
    Object.assign(entry, { hypervisor: file, hypervisorOptions: joinWords(words) })
  else if (command === 'initrd' || (command === 'module' && entry.kernel !== '')) entry.initrd ||= file
  else Object.assign(entry, { kernel: file, options: joinWords(words) })
}

/** A line of a menu that its loader will stumble over. */
export interface MenuMistake {
  readonly line: number
  readonly problem: string
}

const LEGACY = new Set(
  (
    'blocklist boot bootp cat chainloader cmp color configfile debug default device dhcp displayapm displaymem embed fallback find ' +
    'fstest geometry gfxmenu halt help hiddenmenu hide ifconfig impsprobe initrd install ioprobe kernel lock makeactive map md5crypt ' +
    'module modulenounzip pager partnew parttype password pause quiet quit rarp read reboot root rootnoverify savedefault serial ' +
    'setkey setup sha256crypt splash splashimage terminal terminfo testload testvga tftpserver timeout title unhide uppermem uuid ' +
    'vbeprobe verbose background foreground shade viewport clear bootfs findroot'
  ).split(' '),
)

/** `tittle Xen`: legacy GRUB stops at a command that it does not know. Only what resembles one is surely meant to be one. */
export const grubMistakes = (text: string): MenuMistake[] =>
  text.split('\n').flatMap((line, at) => {
    const word = /^\s*([A-Za-z]\w*)(?=[\s=]|$)/.exec(line)?.[1] ?? ''
    if (word === '' || LEGACY.has(word)) return []
    const meant = nearest(word, LEGACY, 2)
    return meant === null ? [] : [{ line: at + 1, problem: `${word} is no command; ${meant} was probably meant` }]
  })

/** An entry of ELILO with a hypervisor needs all of `initrd=`, `label=` and `root=`, and the `--` in `append=`. */
export function eliloMistakes(text: string): MenuMistake[] {
  const found: MenuMistake[] = []
  const global = new Set<string>()
  let keys = global
  const entries: { line: number; keys: Set<string> }[] = []
  text.split('\n').forEach((line, at) => {
    const [, key = '', value = ''] = /^\s*([\w-]+)\s*(?:=\s*"?(.*?)"?)?\s*$/.exec(line) ?? []
    if (key === 'image') entries.push({ line: at + 1, keys: (keys = new Set()) })
    keys.add(key)
    if (key === 'append' && keys.has('vmm') && !/(^|\s)--(\s|$)/.test(value))
      found.push({ line: at + 1, problem: 'append= has no "--", so that all of it goes to the hypervisor' })
  })
  for (const entry of entries.filter((one) => one.keys.has('vmm'))) {
    const missing = ['initrd', 'label', 'root'].filter((key) => !entry.keys.has(key) && !global.has(key))
    if (missing.length > 0)
      found.push({
        line: entry.line,
        problem: `an entry with vmm= lacks ${missing.map((key) => `${key}=`).join(', ')}`,
      })
  }
  return found
}

/** One file of /boot/loader/entries: `title …`, `linux /vmlinuz-…`, `initrd /initramfs-…`, `options root=… ro $kernelopts`. */
export function parseLoaderEntry(text: string, id: string, variables: Readonly<Record<string, string>>): BootEntry {
  const entry: Draft = { ...NONE, index: id, id, line: 1 }
  for (const line of text.split('\n')) {
    const [, key = '', rest = ''] = /^\s*([\w-]+)\s+(.*?)\s*$/.exec(line) ?? []
    if (key === 'title') entry.title = rest
    else if (key === 'linux') entry.kernel = rest
    else if (key === 'initrd') entry.initrd ||= rest.split(/\s+/)[0]!
    else if (key === 'options') {
      const filled = rest.replace(/\$\{?(\w+)\}?/g, (word, name: string) => variables[name] ?? word)
      entry.options = [entry.options, joinWords(ownWords(filled))].filter(Boolean).join(' ')
    }
  }
  return entry
}

/**
 * elilo.conf of Itanium: `default=linux`, then stanzas from `image=` with `vmm=`, `label=`, `append="dom0_mem=2G -- quiet"`. Words before
 * the `--` are the hypervisor's.
 */
export function parseElilo(text: string): BootMenu {
  const entries: Draft[] = []
  let chosen = ''
  text.split('\n').forEach((line, at) => {
    const [, key = '', value = ''] = /^\s*([\w-]+)\s*=\s*"?(.*?)"?\s*$/.exec(line) ?? []
    const entry = entries[entries.length - 1]
    if (key === 'image') entries.push({ ...NONE, index: `${entries.length}`, kernel: value, line: at + 1 })
    else if (!entry) chosen = key === 'default' ? value : chosen
    else if (key === 'label') Object.assign(entry, { id: value, title: value })
    else if (key === 'vmm') entry.hypervisor = value
    else if (key === 'initrd') entry.initrd = value
    else if (key === 'append') entry.options = value
  })
  const split = entries.map((entry) => {
    const [before, ...after] = entry.options.split(/(?:^|\s)--(?=\s|$)/)
    if (entry.hypervisor === '' || after.length === 0) return entry
    return { ...entry, hypervisorOptions: before!.trim(), options: after.join(' -- ').trim() }
  })
  const found = split.find(({ id }) => id === chosen)
  return { entries: split, defaultIndex: chosen === '' ? pick(split, '0') : (found?.index ?? null) }
}

/** extlinux.conf: `DEFAULT l0`, then `LABEL l0`, `LINUX /vmlinuz`, `APPEND …`; Xen by `KERNEL mboot.c32`, `APPEND xen.gz … --- vmlinuz …`. */
export function parseExtlinux(text: string): BootMenu {
  const entries: Draft[] = []
  let chosen = ''
  text.split('\n').forEach((line, at) => {
    const [, word = '', rest = ''] = /^\s*(\w+)\s+(.*?)\s*$/.exec(line) ?? []
    const key = word.toLowerCase()
    const entry = entries[entries.length - 1]
    if (key === 'label') entries.push({ ...NONE, index: `${entries.length}`, id: rest, title: rest, line: at + 1 })
    else if (key === 'default' && !entry) chosen = rest
    else if (!entry) return
    else if (key === 'menu' && /^label\s/i.test(rest)) entry.title = rest.replace(/^label\s+/i, '').replace('^', '')
    else if (key === 'linux' || key === 'kernel') entry.kernel = rest
    else if (key === 'initrd') entry.initrd = rest
    else if (key === 'append') entry.options = rest
  })
  const read = entries.map((entry) => (/mboot\.c32$/.test(entry.kernel) ? multiboot(entry) : entry))
  const found = read.find(({ id }) => id === chosen)
  return { entries: read, defaultIndex: chosen === '' ? pick(read, '0') : (found?.index ?? null) }
}

function multiboot(entry: BootEntry): BootEntry {
  const [[hypervisor = '', ...own] = [], [kernel = '', ...options] = [], [initrd = ''] = []] = entry.options
    .split(/\s+---\s+/)
    .map((part) => part.trim().split(/\s+/))
  return { ...entry, hypervisor, hypervisorOptions: own.join(' '), kernel, options: options.join(' '), initrd }
}
