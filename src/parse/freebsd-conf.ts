import { nearest } from './nearest.ts'

/** One assignment in loader.conf, rc.conf or sysctl.conf. */
export interface FreebsdSetting {
  readonly key: string
  readonly value: string
  readonly line: number
}

/** `xen_kernel="/boot/xen"`, `hw.pci.mcfg=0`, `cloned_interfaces="bridge0" # for guests`. Names that none of the three can read are kept: somebody meant something. */
export const parseFreebsdConf = (text: string): FreebsdSetting[] =>
  text.split('\n').flatMap((line, at) => {
    const match = /^\s*([\w.%-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^#\s]*))/.exec(line)
    return match ? [{ key: match[1]!, value: match[2] ?? match[3] ?? match[4] ?? '', line: at + 1 }] : []
  })

/** What a Xen host needs, by the file that it stands in. */
const WANTED: Readonly<Record<string, readonly string[]>> = {
  loader: ['xen_kernel', 'xen_cmdline', 'if_tap_load', 'hw.pci.mcfg', 'vm.max_wired', 'boot_multicons', 'boot_serial'],
  rc: ['xencommons_enable', 'cloned_interfaces', 'autobridge_interfaces'],
  sysctl: ['vm.max_user_wired', 'vm.max_wired'],
}
const MOST_SLIPS = 1

/** The name of a Xen host's setting that was probably meant; null where the name is known, or like none of them. */
export function meantFreebsdKey(path: string, key: string): string | null {
  const kind = /loader\.conf/.test(path) ? 'loader' : /sysctl\.conf/.test(path) ? 'sysctl' : 'rc'
  const known = WANTED[kind]!
  return known.includes(key) ? null : nearest(key, known, MOST_SLIPS)
}

/**
 * memorylocked of a class of login.conf: `root:\` with `:memorylocked=unlimited:\` and `:tc=default:` in the lines below. "" where neither
 * the class nor those that it goes on to set one.
 */
export function lockedMemoryOf(text: string, wanted: string): { limit: string; line: number } {
  const classes = parseLoginClasses(text)
  const seen = new Set<string>()
  for (let name: string | undefined = classes.has(wanted) ? wanted : 'default'; name && !seen.has(name);) {
    seen.add(name)
    const found = classes.get(name)
    const own = found?.find(({ key }) => /^memorylocked(-(cur|max))?$/.test(key))
    if (own) return { limit: own.value, line: own.line }
    name = found?.find(({ key }) => key === 'tc')?.value
  }
  return { limit: '', line: 1 }
}

function parseLoginClasses(text: string): Map<string, FreebsdSetting[]> {
  const classes = new Map<string, FreebsdSetting[]>()
  let settings: FreebsdSetting[] | undefined
  text.split('\n').forEach((raw, at) => {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) return
    const goesOn = line.endsWith('\\')
    const fields = line.replace(/\\$/, '').split(':')
    if (!settings) {
      settings = []
      for (const name of fields.shift()!.split('|')) classes.set(name.trim(), settings)
    }
    for (const field of fields) {
      const match = /^\s*([\w@-]+)(?:[=#](.*))?$/.exec(field)
      if (match) settings.push({ key: match[1]!, value: match[2] ?? '', line: at + 1 })
    }
    if (!goesOn) settings = undefined
  })
  return classes
}
