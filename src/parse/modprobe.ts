/** One line of modprobe.d that has a say about a module. */
export interface ModprobeLine {
  readonly kind: 'blacklist' | 'options' | 'install' | 'alias'
  readonly module: string
  /** What follows the module: its options, or the command that runs instead of loading. */
  readonly rest: string
  readonly line: number
}

/** The kernel takes `-` and `_` in names of modules for the same. */
export const moduleName = (name: string): string => name.replaceAll('-', '_')

/** `blacklist kvm_intel`, `options kvm_intel nested=1`, `install kvm /bin/false`; a backslash at the end goes on. */
export function parseModprobe(text: string): ModprobeLine[] {
  const found: ModprobeLine[] = []
  const lines = text.split('\n')
  for (let at = 0; at < lines.length; at++) {
    const line = at + 1
    let whole = lines[at]!
    while (whole.endsWith('\\') && at + 1 < lines.length) whole = whole.slice(0, -1) + lines[++at]!
    const match = /^\s*(blacklist|options|install|alias)\s+(\S+)\s*(.*?)\s*$/.exec(whole)
    if (match)
      found.push({ kind: match[1] as ModprobeLine['kind'], module: moduleName(match[2]!), rest: match[3]!, line })
  }
  return found
}

/** `install kvm /bin/true` never loads the module. */
export const neverLoads = ({ kind, rest }: ModprobeLine): boolean =>
  kind === 'install' && /^(\/usr)?(\/bin)?\/?(true|false|:)\b/.test(rest)
