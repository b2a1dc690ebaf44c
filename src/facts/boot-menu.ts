import { file } from '../evidence/ask.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { locate } from '../evidence/locate.ts'
import { absentAs, all, chain, known, map, ranked, unknown } from '../evidence/result.ts'
import {
  eliloMistakes,
  grubMistakes,
  parseElilo,
  parseExtlinux,
  parseGrubLegacy,
  parseLoaderEntry,
  type BootMenu,
} from '../parse/boot-menus.ts'
import { parseDefaultGrub, type GrubVariable } from '../parse/default-grub.ts'
import { parseGrubConfig, type BootEntry, type GrubConfig } from '../parse/grub-config.ts'
import type { Ask, Result } from '../types.ts'
import { wholeTexts } from './whole.ts'

/** The menus of all boot loaders. The first that is there counts. */
export const bootAsks = {
  grubEfi: file('/boot/efi/EFI/*/grub.cfg'),
  grubRed: file('/boot/grub2/grub.cfg'),
  grub: file('/boot/grub/grub.cfg'),
  customRed: file('/boot/grub2/custom.cfg'),
  custom: file('/boot/grub/custom.cfg'),
  grubenvRed: file('/boot/grub2/grubenv'),
  grubenv: file('/boot/grub/grubenv'),
  entries: file('/boot/loader/entries/*.conf'),
  grubConf: file('/boot/grub/grub.conf'),
  menuLst: file('/boot/grub/menu.lst'),
  extlinux: file('/boot/extlinux/extlinux.conf'),
  elilo: file('/etc/elilo.conf'),
  defaultGrub: file('/etc/default/grub'),
  defaultGrubFolder: file('/etc/default/grub.d/*.cfg'),
}

export interface Entry extends BootEntry {
  readonly xen: boolean
  readonly kernelRelease: string
  readonly initrdRelease: string
  readonly isDefault: boolean
  readonly file: string
  /** Trusted boot starts before the hypervisor. */
  readonly tboot: boolean
}

export interface Menu {
  readonly loader: string
  readonly file: string
  readonly entries: readonly Entry[]
}

interface Raw {
  readonly loader: string
  readonly file: string
  readonly entries: readonly BootEntry[]
  readonly defaultIndex: string | null
  readonly files?: Readonly<Record<string, string>>
}

export const chosenEntry = ({ entries }: Menu): Entry | null => entries.find(({ isDefault }) => isDefault) ?? null

export function menu(evidence: Evidence): Result<Menu> {
  const raw = ranked<Raw>(
    grub2(evidence),
    legacy(evidence, 'grub', bootAsks.grubConf, parseGrubLegacy),
    legacy(evidence, 'grub', bootAsks.menuLst, parseGrubLegacy),
    legacy(evidence, 'extlinux', bootAsks.extlinux, parseExtlinux),
    legacy(evidence, 'elilo', bootAsks.elilo, parseElilo),
  )
  return map(absentAs(raw, { loader: '', file: '', entries: [], defaultIndex: null }), finished)
}

function finished({ loader, file: path, entries, defaultIndex, files }: Raw): Menu {
  return {
    loader,
    file: path,
    entries: entries.map((one) => {
      const source = files?.[one.index] ?? path
      const entry = {
        ...one,
        xen: /(^|\/)xen[^/]*$/.test(one.hypervisor),
        tboot: one.tboot ?? false,
        kernelRelease: releaseIn(one.kernel),
        initrdRelease: releaseIn(one.initrd),
        isDefault: one.index === defaultIndex,
        file: source,
      }
      return locate(entry, { ask: source, path: source, line: one.line })
    }),
  }
}

/** `/boot/initrd.img-6.1.0-56-amd64` → 6.1.0-56-amd64; `initramfs-6.1-x86_64-fallback.img` → 6.1-x86_64; `/vmlinuz` → "" */
const releaseIn = (path: string): string => {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return /-(\d+\.\d+.*?)(?:-fallback|-?kdump)?(?:\.(?:img|gz|efi|signed))*$/.exec(name)?.[1] ?? ''
}

function legacy(evidence: Evidence, loader: string, ask: Ask, parse: (text: string) => BootMenu): Result<Raw> {
  return map(evidence.text(ask), (text, [from]) => ({ loader, file: from!.path!, ...parse(text) }))
}

/** A menu of GRUB 2 with what custom.cfg adds; `files` names the file of each entry that is not in the menu itself. */
interface Generated {
  readonly path: string
  readonly parsed: GrubConfig
  readonly entries: readonly BootEntry[]
  readonly files: Readonly<Record<string, string>>
}

/** On the EFI partition lies the menu of RHEL 7 and 8; elsewhere only a stub that points to the one in /boot. */
function grub2(evidence: Evidence): Result<Raw> {
  const efi = chain(wholeTexts(evidence, bootAsks.grubEfi), (files) => {
    const menus = files.filter(({ text }) => /^\s*(menuentry|blscfg)\b/m.test(text))
    if (menus.length > 1) return unknown('malformed', '/boot/efi/EFI/*/grub.cfg', 'more than one menu')
    const [one] = menus
    return one ? known(one.text, { ask: one.name, path: one.name }) : unknown('absent', '/boot/efi/EFI/*/grub.cfg')
  })
  const text = ranked(efi, evidence.text(bootAsks.grubRed), evidence.text(bootAsks.grub))
  return chain(
    map(all(withPath(text), custom(evidence)), ([main, own]) => {
      const parsed = parseGrubConfig(`${main.text}\n${own.text}`)
      const lines = main.text.split('\n').length
      const later = parsed.entries.filter(({ line }) => line > lines)
      const entries = parsed.entries.map((one) => (one.line > lines ? { ...one, line: one.line - lines } : one))
      return {
        path: main.path,
        parsed,
        entries,
        files: Object.fromEntries(later.map(({ index }) => [index, own.path])),
      }
    }),
    (menu) => (menu.parsed.bls ? blsMenu(evidence, menu) : plainMenu(evidence, menu)),
  )
}

const withPath = (text: Result<string>): Result<{ text: string; path: string }> =>
  map(text, (content, from) => ({ text: content, path: from.find(({ path }) => path !== undefined)?.path ?? '' }))

/** Every generated menu ends by reading custom.cfg beside it. */
const custom = (evidence: Evidence): Result<{ text: string; path: string }> =>
  absentAs(withPath(ranked(evidence.text(bootAsks.customRed), evidence.text(bootAsks.custom))), { text: '', path: '' })

/** `saved_entry=1>2`, as `grub-set-default` writes it; without the file nothing is saved. */
const saved = (evidence: Evidence): Result<Readonly<Record<string, string>>> =>
  absentAs(
    map(ranked(evidence.text(bootAsks.grubenvRed), evidence.text(bootAsks.grubenv)), (text) =>
      Object.fromEntries(
        text.split('\n').flatMap((line) => {
          const match = /^(\w+)=(.*)$/.exec(line)
          return match ? [[match[1]!, match[2]!] as const] : []
        }),
      ),
    ),
    {},
  )

/** Lines of the menu in use that its loader will stumble over; GRUB 2 and BLS generate theirs. */
export function menuMistakes(evidence: Evidence, found: Result<Menu>) {
  const legacyText = ranked(evidence.text(bootAsks.grubConf), evidence.text(bootAsks.menuLst))
  return chain(found, ({ loader, file: path }) => {
    const text = loader === 'grub' ? legacyText : loader === 'elilo' ? evidence.text(bootAsks.elilo) : known('')
    return map(text, (content) =>
      (loader === 'elilo' ? eliloMistakes : grubMistakes)(content).map((one) =>
        locate({ ...one, file: path }, { ask: path, path, line: one.line }),
      ),
    )
  })
}

/** GRUB 2 takes the first entry where the default is empty. Where it names nothing it takes the first one too, which nobody meant. */
function plainMenu(evidence: Evidence, { path, parsed, entries, files }: Generated): Result<Raw> {
  const spec = parsed.defaultSpec.includes('saved_entry')
    ? map(saved(evidence), (set) => set['prev_saved_entry'] || set['saved_entry'] || '0')
    : known(/^(?:\$.*)?$/.test(parsed.defaultSpec) ? '0' : parsed.defaultSpec)
  return map(spec, (text) => ({ loader: 'grub2', file: path, entries, files, defaultIndex: parsed.find(text) }))
}

/** GRUB sorts such entries by version, newest first: without a saved name the order decides, which only one entry makes certain. */
function blsMenu(evidence: Evidence, { path, entries: others, files: own }: Generated): Result<Raw> {
  return chain(all(wholeTexts(evidence, bootAsks.entries), saved(evidence)), ([read, set]) => {
    const named = read.map(({ name, text }) => {
      const id = name.slice(name.lastIndexOf('/') + 1, -'.conf'.length)
      return { name, entry: parseLoaderEntry(text, id, set) }
    })
    const entries = [...named.map(({ entry }) => entry), ...others]
    const chosen = entries.find(({ id, title }) => set['saved_entry'] === id || set['saved_entry'] === title)
    if (!chosen && entries.length > 1) return unknown('malformed', path, 'which entry comes first is not told')
    const files = { ...own, ...Object.fromEntries(named.map(({ name, entry }) => [entry.index, name])) }
    return known({ loader: 'bls', file: path, entries, defaultIndex: (chosen ?? entries[0])?.index ?? null, files })
  })
}

/** /etc/default/grub, then /etc/default/grub.d/*.cfg in the order of their names, as Debian reads them. */
export function grubDefaults(evidence: Evidence): Result<readonly (GrubVariable & { file: string })[]> {
  const first = absentAs(
    map(evidence.text(bootAsks.defaultGrub), (text, [from]) => [{ name: from!.path!, text }]),
    [],
  )
  const folder = wholeTexts(evidence, bootAsks.defaultGrubFolder)
  return map(all(first, folder), ([a, b]) =>
    [...a, ...b].flatMap(({ name, text }) =>
      parseDefaultGrub(text).map((variable) =>
        locate({ ...variable, file: name }, { ask: name, path: name, line: variable.line }),
      ),
    ),
  )
}
