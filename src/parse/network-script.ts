/** One `network-script` of xend-config.sxp. */
export interface NetworkScript {
  /** The script without its arguments, and those. */
  readonly script: string
  readonly arguments: string
  /** Without parentheses xend reads words that mean nothing to it. */
  readonly parentheses: boolean
  readonly line: number
}

/** `(network-script 'network-bridge netdev=eth1')`; `#` begins a comment. */
export function parseNetworkScripts(text: string): NetworkScript[] {
  const scripts: NetworkScript[] = []
  text.split('\n').forEach((raw, index) => {
    const line = raw.replace(/#.*$/, '').trim()
    const match = /^(\(\s*)?network-script\s+(.*?)\s*$/.exec(line)
    if (!match) return
    const value = match[1] ? match[2]!.replace(/\s*\)\s*$/, '') : match[2]!
    const words = value
      .replace(/^(['"])(.*)\1$/, '$2')
      .trim()
      .split(/\s+/)
    scripts.push({
      script: words[0]!,
      arguments: words.slice(1).join(' '),
      parentheses: Boolean(match[1]),
      line: index + 1,
    })
  })
  return scripts
}
