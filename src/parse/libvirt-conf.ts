/** One setting of a libvirt daemon's configuration. */
export interface ConfSetting {
  readonly key: string
  /** Text of a string or number; the items of a list, joined by ", ". */
  readonly value: string
  readonly line: number
}

/** `unix_sock_group = "libvirt"`, `listen_tcp = 1`, lists over several lines. What cannot be read is left out; the last of two wins. */
export function parseLibvirtConf(text: string): Map<string, ConfSetting> {
  const settings = new Map<string, ConfSetting>()
  const lines = text.split('\n')
  for (let index = 0; index < lines.length; index++) {
    const match = /^\s*([A-Za-z_]\w*)\s*=\s*(.*)$/.exec(lines[index]!)
    if (!match) continue
    const line = index + 1
    let raw = match[2]!
    if (raw.startsWith('[')) while (!raw.includes(']') && index + 1 < lines.length) raw += ` ${lines[++index]!}`
    const value = raw.startsWith('[') ? [...raw.matchAll(/"([^"]*)"|'([^']*)'/g)].map(quoted).join(', ') : scalar(raw)
    settings.set(match[1]!, { key: match[1]!, value, line })
  }
  return settings
}

const quoted = (match: RegExpMatchArray): string => match[1] ?? match[2] ?? ''

function scalar(raw: string): string {
  const match = /^"((?:[^"\\]|\\.)*)"|^'((?:[^'\\]|\\.)*)'/.exec(raw)
  return match ? quoted(match) : raw.replace(/\s*#.*$/, '').trim()
}
