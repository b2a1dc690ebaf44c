/** A client in /etc/exports that a blank has cut from its options, so that these hold for everybody. */
export interface CutExport {
  readonly path: string
  readonly client: string
  readonly options: string
  readonly line: number
}

/** `/srv/images web1 (rw)`: web1 gets the defaults, and all the world gets rw. A backslash at the end goes on. */
export function cutExports(text: string): CutExport[] {
  const found: CutExport[] = []
  const lines = text.split('\n')
  for (let at = 0; at < lines.length; at++) {
    const line = at + 1
    let whole = lines[at]!
    while (whole.endsWith('\\') && at + 1 < lines.length) whole = `${whole.slice(0, -1)} ${lines[++at]!}`
    const words = whole.replace(/(^|\s)#.*$/, '').match(/"[^"]*"|\S+/g) ?? []
    const path = (words[0] ?? '').replaceAll('"', '')
    words.slice(1).forEach((word, index) => {
      const client = words[index] ?? ''
      if (index === 0 || !/^\(.*\)$/.test(word) || /[()]/.test(client) || client.startsWith('-')) return
      found.push({ path, client, options: word.slice(1, -1), line })
    })
  }
  return found
}
