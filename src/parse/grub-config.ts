import { bootWords, joinWords, ownWords } from './boot-options.ts'

/** One thing that a boot loader can start, whatever the loader. */
export interface BootEntry {
  /** Where it stands in the menu: "0", "1>2". */
  readonly index: string
  readonly id: string
  readonly title: string
  readonly hypervisor: string
  readonly hypervisorOptions: string
  readonly kernel: string
  readonly initrd: string
  readonly options: string
  /** Trusted boot stands before the hypervisor. */
  readonly tboot?: boolean
  readonly line: number
}

interface Menu {
  readonly index: string
  readonly id: string
  readonly title: string
  readonly line: number
  readonly children: Menu[] | null
  readonly commands: string[]
}

export interface GrubConfig {
  readonly entries: readonly BootEntry[]
  /** What `set default=` says: "0", "${saved_entry}", "xen-gnulinux-simple-UUID"; "" where it says nothing. */
  readonly defaultSpec: string
  /** The menu is read from /boot/loader/entries. */
  readonly bls: boolean
  /** The index of the entry that `spec` chooses; null where it chooses none. */
  find(spec: string): string | null
}

const HEADER = /^\s*(menuentry|submenu)\s+(.*)\{\s*(?:[^{}]*\}\s*)?$/

/** `if [ "x$default" = 'Debian, with Linux 6.1' ]; then default='Advanced options>Debian, with Linux 6.1'; fi;` */
const RENAMED = /^\s*if \[ "x\$default" = '([^']*)' \]; then default='([^']*)'; fi/

/** grub.cfg of GRUB 2. Never throws: lines that it does not know are left out. */
export function parseGrubConfig(text: string): GrubConfig {
  const top: Menu[] = []
  const open: (Menu | null)[] = []
  const renamed = new Map<string, string>()
  let defaultSpec = ''
  let bls = false
  text.split('\n').forEach((line, at) => {
    const header = HEADER.exec(line)
    const parent = [...open].reverse().find((menu) => menu?.children)
    if (header) {
      const siblings = parent?.children ?? top
      const menu = menuOf(header[1]!, header[2]!, parent?.index, siblings.length, at + 1)
      siblings.push(menu)
      if (!/\}\s*$/.test(line)) open.push(menu)
      return
    }
    if (/^\s*\}\s*$/.test(line)) return void open.pop()
    if (/\{\s*$/.test(line)) return void open.push(null)
    const chosen = /^\s*set\s+default=(["']?)(.*?)\1\s*$/.exec(line)?.[2]
    if (chosen !== undefined && !chosen.includes('next_entry')) defaultSpec = chosen
    const again = RENAMED.exec(line)
    if (again) renamed.set(again[1]!, again[2]!)
    if (/^\s*blscfg\b/.test(line)) bls = true
    open[open.length - 1]?.commands.push(line.trim())
  })
  const leaves = (menus: readonly Menu[]): Menu[] =>
    menus.flatMap((menu) => (menu.children ? leaves(menu.children) : [menu]))
  return {
    entries: leaves(top).map(entryOf),
    defaultSpec,
    bls,
    find: (spec) => find(top, renamed.get(spec) ?? '') ?? find(top, spec),
  }
}

/** `menuentry 'Debian GNU/Linux' --class debian $menuentry_id_option 'gnulinux-simple-UUID' {` */
function menuOf(kind: string, rest: string, parent: string | undefined, position: number, line: number): Menu {
  const title = /^\s*(?:'([^']*)'|"([^"]*)"|(\S+))/.exec(rest)
  const id = /(?:\$menuentry_id_option|\$\{menuentry_id_option\}|--id)(?:\s+|=)(?:'([^']*)'|"([^"]*)"|(\S+))/.exec(rest)
  return {
    index: parent === undefined ? `${position}` : `${parent}>${position}`,
    id: id?.[1] ?? id?.[2] ?? id?.[3] ?? '',
    title: title?.[1] ?? title?.[2] ?? title?.[3] ?? '',
    line,
    children: kind === 'submenu' ? [] : null,
    commands: [],
  }
}

/** "1>2", "Advanced options>Debian, with Linux 6.1", an id, a title. Of a submenu alone GRUB takes the first entry. */
function find(menus: readonly Menu[], spec: string): string | null {
  const [head = '', ...rest] = spec.split('>')
  const menu = menus.find(({ id, title }) => head !== '' && (id === head || title === head)) ?? numbered(menus, head)
  if (!menu) return null
  if (!menu.children) return menu.index
  return find(menu.children, rest.length === 0 ? '0' : rest.join('>'))
}

const numbered = (menus: readonly Menu[], text: string): Menu | undefined =>
  /^\d+$/.test(text) ? menus[Number(text)] : undefined

const isXen = (path: string): boolean => /(^|\/)xen[^/]*$/.test(path)

/** `multiboot2 /boot/xen-4.17-amd64.gz placeholder dom0_mem=2G ${xen_rm_opts}` then `module2 /boot/vmlinuz-6.1 placeholder root=…`. */
function entryOf({ index, id, title, line, commands }: Menu): BootEntry {
  const tboot = commands.some((text) => /^multiboot2?\s.*tboot/.test(text))
  const none = { hypervisor: '', hypervisorOptions: '', kernel: '', initrd: '', options: '' }
  const entry = { index, id, title, ...none, tboot, line }
  for (const text of commands) {
    const [command = '', ...words] = bootWords(text.replace(/'([^']*)'/g, '"$1"').replace(/\\(.)/g, '$1'))
    const [path = '', ...options] = words.filter((word) => !/^--(nounzip|type=|quirk)/.test(word))
    const own = joinWords(ownWords(joinWords(options)))
    if (/^(multiboot2?|xen_hypervisor)$/.test(command))
      Object.assign(entry, { hypervisor: path, hypervisorOptions: own })
    else if (/^linux(16|efi)?$/.test(command)) Object.assign(entry, { kernel: path, options: own })
    else if (/^initrd(16|efi)?$/.test(command)) entry.initrd = path
    else if (/^(module2?|xen_module)$/.test(command)) {
      // Trusted boot starts first and takes the hypervisor as a module.
      if (isXen(path) && !isXen(entry.hypervisor)) Object.assign(entry, { hypervisor: path, hypervisorOptions: own })
      else if (entry.kernel === '') Object.assign(entry, { kernel: path, options: own })
      else if (entry.initrd === '') entry.initrd = path
    } else if (command === 'chainloader' && /xen[^/]*\.efi$/.test(path)) entry.hypervisor = path
  }
  return entry
}
