export interface ModprobeCommand {
  readonly command: string
  /** `-` and `_` mean the same to modprobe: here it is `_`. */
  readonly module: string
  readonly rest: string
  readonly line: number
}

/** SUSE's modprobe has one more: `allow_unsupported_modules 0`. */
const COMMANDS = /^(alias|allow_unsupported_modules|blacklist|config|include|install|options|remove|softdep|weakdep)$/

/** `blacklist 8139cp`, `alias eth0 xen-vnif`; a line that begins with no command of modprobe has an empty one. */
export function modprobeCommands(text: string): ModprobeCommand[] {
  const found: ModprobeCommand[] = []
  const lines = text.split('\n')
  for (let at = 0; at < lines.length; at++) {
    const line = at + 1
    let whole = lines[at]!
    while (whole.endsWith('\\') && at + 1 < lines.length) whole = `${whole.slice(0, -1)} ${lines[++at]!}`
    const [word = '', ...others] = whole.replace(/#.*$/, '').trim().split(/\s+/)
    if (!word) continue
    if (!COMMANDS.test(word)) found.push({ command: '', module: word, rest: others.join(' '), line })
    else
      found.push({
        command: word,
        module: (others[0] ?? '').replaceAll('-', '_'),
        rest: others.slice(1).join(' '),
        line,
      })
  }
  return found
}

/** `install xen_netfront /bin/true` keeps a module from being loaded. */
export const neverLoaded = ({ command, rest }: ModprobeCommand): boolean =>
  command === 'blacklist' || (command === 'install' && /^(\/usr)?(\/s?bin\/)?(true|false|:)\s*$/.test(rest))
