import { nearest } from './nearest.ts'

/** One assignment in /etc/default/grub or /etc/default/grub.d/*.cfg. */
export interface GrubVariable {
  readonly name: string
  readonly value: string
  /** What stands behind the closing quote: the shell takes it for a command, not for a part of the value. */
  readonly outside: string
  /** The variable of GRUB that was probably meant; "" where the name is known or like none. */
  readonly meant: string
  readonly line: number
}

const KNOWN = [
  ...['DEFAULT', 'TIMEOUT', 'TIMEOUT_STYLE', 'DISTRIBUTOR', 'CMDLINE_LINUX', 'CMDLINE_LINUX_DEFAULT', 'CMDLINE_XEN'],
  ...[
    'CMDLINE_LINUX_RECOVERY',
    'CMDLINE_XEN_DEFAULT',
    'CMDLINE_LINUX_XEN_REPLACE',
    'CMDLINE_LINUX_XEN_REPLACE_DEFAULT',
  ],
  ...[
    'CMDLINE_XEN_REPLACE',
    'CMDLINE_XEN_REPLACE_DEFAULT',
    'CMDLINE_NETBSD',
    'CMDLINE_NETBSD_DEFAULT',
    'CMDLINE_GNUMACH',
  ],
  ...['TERMINAL', 'TERMINAL_INPUT', 'TERMINAL_OUTPUT', 'SERIAL_COMMAND', 'GFXMODE', 'GFXPAYLOAD_LINUX', 'BACKGROUND'],
  ...[
    'THEME',
    'FONT',
    'INIT_TUNE',
    'BADRAM',
    'PRELOAD_MODULES',
    'SAVEDEFAULT',
    'HIDDEN_TIMEOUT',
    'HIDDEN_TIMEOUT_QUIET',
  ],
  ...['DISABLE_LINUX_UUID', 'DISABLE_LINUX_PARTUUID', 'DISABLE_RECOVERY', 'DISABLE_SUBMENU', 'DISABLE_OS_PROBER'],
  ...[
    'DISABLE_LINUX_RECOVERY',
    'ENABLE_CRYPTODISK',
    'ENABLE_BLSCFG',
    'EARLY_INITRD_LINUX_CUSTOM',
    'TOP_LEVEL',
    'TOP_LEVEL_XEN',
  ],
  ...[
    'EARLY_INITRD_LINUX_STOCK',
    'FORCE_PARTUUID',
    'RECORDFAIL_TIMEOUT',
    'OS_PROBER_SKIP_LIST',
    'FLAVOUR_ORDER',
    'VIDEO_BACKEND',
  ],
  ...[
    'TIMEOUT_BUTTON',
    'DEFAULT_BUTTON',
    'BUTTON_CMOS_ADDRESS',
    'USE_LINUXEFI',
    'USE_INITRDEFI',
    'CMDLINE_LINUX_DEFAULT_EXTRA',
  ],
  ...[
    'DEVICE',
    'COLOR_NORMAL',
    'COLOR_HIGHLIGHT',
    'ROOT',
    'DISABLE_UUID',
    'TOP_LEVEL_OS_PROBER',
    'BTRFS_OVERRIDE_BOOT_PARTITION_DETECTION',
  ],
].map((name) => `GRUB_${name}`)

/** `GRUB_CMDLINE_LINUX="rhgb quiet" intel_iommu=on`: names are variables, and what follows the quotes is lost. */
export function parseDefaultGrub(text: string): GrubVariable[] {
  const found: GrubVariable[] = []
  text.split('\n').forEach((line, at) => {
    const match = /^\s*(?:export\s+)?(GRUB_\w+)(\+?)=(.*)$/.exec(line)
    if (!match) return
    const [, name = '', more, rest = ''] = match
    const { value, outside } = assigned(rest)
    found.push({ name, value: more ? `\${${name}}${value}` : value, outside, meant: meantBy(name), line: at + 1 })
  })
  return found
}

const meantBy = (name: string): string => (KNOWN.includes(name) ? '' : (near(name) ?? ''))

/** Two names of GRUB differ by a word; a slip of the pen is one or two letters. */
function near(name: string): string | null {
  const candidate = nearest(name, KNOWN)
  return candidate && Math.abs(candidate.length - name.length) <= 2 && slips(name, candidate) <= 2 ? candidate : null
}

const slips = (a: string, b: string): number => {
  const length = Math.max(a.length, b.length)
  let start = 0
  while (start < length && a[start] === b[start]) start++
  let end = 0
  while (end < length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  return length - start - end
}

/** One shell word, and what follows it on the line: `"a b"`, `'a'`, `a\ b`, `"$(lsb_release -i)"`. */
function assigned(text: string): { value: string; outside: string } {
  let value = ''
  let quote = ''
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!
    if (char === '\\' && quote !== "'") value += text[++at] ?? ''
    else if (depth === 0 && quote === '' && /\s/.test(char)) return { value, outside: commented(text.slice(at)) }
    else if (depth === 0 && quote === '' && char === ';') return { value, outside: '' }
    else if (depth === 0 && (char === quote || (quote === '' && /["'`]/.test(char)))) quote = quote === '' ? char : ''
    else {
      if (char === '(' && (depth > 0 || text[at - 1] === '$')) depth++
      if (char === ')' && depth > 0) depth--
      value += char
    }
  }
  return { value, outside: '' }
}

/** A comment and a second command are meant to stand outside. */
const commented = (text: string): string => (/^\s*(#|;|&|\||$)/.test(text) ? '' : text.replace(/\s#.*$/, '').trim())

/** The values in force: later ones win, and `$GRUB_CMDLINE_XEN` stands for what it held. */
export function grubValues(variables: readonly Pick<GrubVariable, 'name' | 'value'>[]): Record<string, string> {
  const values: Record<string, string> = {}
  for (const { name, value } of variables)
    values[name] = value.replace(/\$\{?(GRUB_\w+)\}?/g, (_, used: string) => values[used] ?? '')
  return values
}
