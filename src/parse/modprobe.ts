import { nearest } from './nearest.ts'

/** One line of modprobe.d or modprobe.conf. */
export interface ModprobeLine {
  /** blacklist, options, install …; "" where the line begins with no command of modprobe. */
  readonly command: string
  readonly module: string
  /** What follows the module: its options, or the command that runs instead of loading. */
  readonly rest: string
  readonly line: number
}

/** The kernel takes `-` and `_` in names of modules for the same. */
export const moduleName = (name: string): string => name.replaceAll('-', '_')

/** SUSE's modprobe has one more: `allow_unsupported_modules 0`. */
const COMMANDS = /^(alias|allow_unsupported_modules|blacklist|config|include|install|options|remove|softdep|weakdep)$/

/** `blacklist kvm_intel`, `options kvm_intel nested=1`, `install kvm /bin/false`; a backslash at the end goes on. */
export function parseModprobe(text: string): ModprobeLine[] {
  const found: ModprobeLine[] = []
  const lines = text.split('\n')
  for (let at = 0; at < lines.length; at++) {
    const line = at + 1
    let whole = lines[at]!
    while (whole.endsWith('\\') && at + 1 < lines.length) whole = `${whole.slice(0, -1)} ${lines[++at]!}`
    const words = whole.replace(/#.*$/, '').trim().split(/\s+/)
    if (!words[0]) continue
    const [command, module = '', ...rest] = COMMANDS.test(words[0]) ? words : ['', ...words]
    found.push({ command: command!, module: command ? moduleName(module) : module, rest: rest.join(' '), line })
  }
  return found
}

/** `install kvm /bin/true` never loads the module. */
export const neverLoads = ({ command, rest }: ModprobeLine): boolean =>
  command === 'install' && /^(\/usr)?(\/s?bin\/)?(true|false|:)(\s|$)/.test(rest)

const WORDS = 'alias blacklist config include install options remove softdep weakdep'.split(' ')

/** `optoins kvm_intel nested=1`: the command that was probably meant; "" where the first word is like none. */
export const meantCommand = (word: string): string => (word.length < 4 ? '' : (nearest(word, WORDS, 2) ?? ''))
