/** One setting of a toolstack's own configuration. */
export interface Setting {
  readonly key: string
  readonly value: string
  readonly line: number
}

/** xl.conf: `autoballoon="off"`, `vif.default.bridge = "xenbr0"`; comments start with #. */
export function parseXlSettings(text: string): Setting[] {
  return text.split('\n').flatMap((line, at) => {
    const match = /^\s*([\w.]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^#\s;]+))/.exec(line)
    return match ? [{ key: match[1]!, value: match[2] ?? match[3] ?? match[4] ?? '', line: at + 1 }] : []
  })
}

/** xend-config.sxp: `(dom0-min-mem 256)`, `(network-script 'network-bridge netdev=eth0')`; nested lists are left out. */
export function parseXendSettings(text: string): Setting[] {
  return text.split('\n').flatMap((line, at) => {
    const match = /^\s*\(\s*([\w-]+)\s+(?:'([^']*)'|"([^"]*)"|([^()'"]*?))\s*\)/.exec(line)
    return match ? [{ key: match[1]!, value: match[2] ?? match[3] ?? match[4] ?? '', line: at + 1 }] : []
  })
}
