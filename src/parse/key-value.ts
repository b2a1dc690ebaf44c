/** `KEY=value`, `KEY="a value"` lines, as /etc/os-release and /etc/default/* have them: later ones win, comments and rest are left out. */
export function parseShellVariables(text: string): Record<string, string> {
  const values: Record<string, string> = {}
  for (const line of text.split('\n')) {
    const match = /^\s*(?:export\s+)?([A-Za-z_]\w*)=(.*?)\s*$/.exec(line)
    if (match) values[match[1]!] = unquote(match[2]!)
  }
  return values
}

function unquote(text: string): string {
  const double = /^"((?:[^"\\]|\\.)*)"/.exec(text)
  if (double) return double[1]!.replace(/\\(["\\$`])/g, '$1')
  return /^'([^']*)'/.exec(text)?.[1] ?? text.replace(/\s+#.*$/, '')
}

/** `name   : value` lines, as `xl info` prints them; the first colon splits. */
export function parseColonTable(text: string): Record<string, string> {
  const values: Record<string, string> = {}
  for (const line of text.split('\n')) {
    const at = line.indexOf(':')
    if (at > 0) values[line.slice(0, at).trim()] = line.slice(at + 1).trim()
  }
  return values
}
