/** One rule of a packet filter, as far as it decides the fate of a forwarded packet. */
export interface FilterRule {
  readonly verdict: 'accept' | 'drop' | 'other'
  /** The chain that it jumps to, or "". */
  readonly jump: string
  /** Interfaces that it is limited to; null is any. A trailing `*` stands for the rest of a name. */
  readonly input: readonly string[] | null
  readonly output: readonly string[] | null
  /** Only packets of connections that exist already. */
  readonly establishedOnly: boolean
  readonly unconditional: boolean
}

export interface FilterChain {
  readonly name: string
  /** Forwarded IPv4 packets enter here. */
  readonly forward: boolean
  readonly dropsByPolicy: boolean
  readonly rules: FilterRule[]
}

/** Chains by a name that no other table has. */
export type PacketFilter = ReadonlyMap<string, FilterChain>

/** `:FORWARD DROP [0:0]` and `-A FORWARD -i docker0 -o eth0 -j ACCEPT`, below `*filter`: what iptables-save prints. */
export function parseIptablesSave(text: string): PacketFilter {
  const chains = new Map<string, FilterChain>()
  let table = ''
  for (const line of text.split('\n')) {
    table = /^\*(\S+)/.exec(line)?.[1] ?? table
    const chain = /^:(\S+) (\S+)/.exec(line)
    if (chain)
      chains.set(`${table} ${chain[1]}`, {
        name: `${table} ${chain[1]}`,
        forward: chain[1] === 'FORWARD',
        dropsByPolicy: chain[2] === 'DROP',
        rules: [],
      })
    const rule = /^(?:\[\d+:\d+\] )?-A (\S+)(.*)$/.exec(line)
    if (rule) chains.get(`${table} ${rule[1]}`)?.rules.push(iptablesRule(rule[2]!, table))
  }
  return chains
}

function iptablesRule(text: string, table: string): FilterRule {
  const [, target = '', rest = ''] = /(?:-j|-g|--jump|--goto) (\S+)(.*)$/.exec(text) ?? []
  const states = /--(?:ct)?state (\S+)/.exec(text)?.[1]
  const one = (option: string): string[] | null => {
    const found = new RegExp(`(! )?${option} (! )?(\\S+)`).exec(text)
    return found && !found[1] && !found[2] ? [found[3]!.replace(/\+$/, '*')] : null
  }
  return {
    verdict: target === 'ACCEPT' ? 'accept' : target === 'DROP' || target === 'REJECT' ? 'drop' : 'other',
    jump: target ? `${table} ${target}` : '',
    input: one('-i'),
    output: one('-o'),
    establishedOnly: states !== undefined && !/NEW|UNTRACKED|INVALID/.test(states) && !text.includes('! --'),
    unconditional: text.slice(0, text.length - rest.length).trim() === `-j ${target}`,
  }
}

/** `table inet firewalld {`, `chain filter_FORWARD {`, `type filter hook forward priority filter; policy drop;`: what nft prints. */
export function parseNftRuleset(text: string): PacketFilter {
  const chains = new Map<string, FilterChain>()
  let table = ''
  let name = ''
  for (const line of text.split('\n').map((raw) => raw.trim())) {
    const opened = /^table (\S+) (\S+) \{/.exec(line)
    if (opened) [table, name] = [`${opened[1]} ${opened[2]}`, '']
    const chain = /^chain (\S+) \{/.exec(line)?.[1]
    if (chain) {
      name = `${table} ${chain}`
      chains.set(name, { name, forward: false, dropsByPolicy: false, rules: [] })
    } else if (line === '}') name = ''
    else if (name && /^type \S+ hook /.test(line)) {
      const forward = /^(ip|inet) /.test(table) && /^type filter hook forward /.test(line)
      chains.set(name, { name, forward, dropsByPolicy: /policy drop;/.test(line), rules: [] })
    } else if (name && line) chains.get(name)?.rules.push(nftRule(line, table))
  }
  return chains
}

function nftRule(line: string, table: string): FilterRule {
  const text = line.replace(/ # handle \d+$/, '').replace(/ comment "[^"]*"/, '')
  const states = /ct state (\{[^}]*\}|\S+)/.exec(text)?.[1]
  const jump = /\b(?:jump|goto) (\S+)$/.exec(text)?.[1]
  const maps = /\bvmap\b/.test(text)
  const names = (which: string): string[] | null => {
    const found = new RegExp(`\\b${which}(?:name)? (\\{[^}]*\\}|"[^"]*")`).exec(text)?.[1]
    return found ? [...found.matchAll(/"([^"]*)"/g)].map((match) => match[1]!) : null
  }
  const accepts = / accept$|^accept$/.test(text) || maps
  return {
    verdict: accepts ? 'accept' : /\b(drop|reject)( with .*)?$/.test(text) ? 'drop' : 'other',
    jump: jump ? `${table} ${jump}` : '',
    input: maps ? null : names('iif'),
    output: maps ? null : names('oif'),
    establishedOnly: states !== undefined && !maps && !/new|untracked|invalid|!=|@|\$/.test(states),
    unconditional: /^(counter( packets \d+ bytes \d+)? )?(drop|reject( with .*)?)$/.test(text),
  }
}

/**
 * Whether new IPv4 packets that a bridge hands to this filter are lost: a chain for forwarded packets drops what is left
 * over, and nothing that leads there could have accepted them. Says yes only where that is sure.
 */
export function dropsBridged(filter: PacketFilter, bridge: string): boolean {
  return [...filter.values()].some(
    (chain) =>
      chain.forward &&
      (chain.dropsByPolicy || chain.rules.some((rule) => rule.verdict === 'drop' && rule.unconditional)) &&
      !mayAccept(filter, chain, bridge, new Set()),
  )
}

function mayAccept(filter: PacketFilter, chain: FilterChain, bridge: string, seen: Set<string>): boolean {
  if (seen.has(chain.name)) return false
  seen.add(chain.name)
  return chain.rules.some((rule) => {
    if (rule.establishedOnly || !covers(rule.input, bridge) || !covers(rule.output, bridge)) return false
    if (rule.verdict === 'accept') return true
    const next = rule.jump ? filter.get(rule.jump) : undefined
    return next !== undefined && mayAccept(filter, next, bridge, seen)
  })
}

const covers = (names: readonly string[] | null, bridge: string): boolean =>
  names === null || names.some((name) => (name.endsWith('*') ? bridge.startsWith(name.slice(0, -1)) : name === bridge))

/** Whether a dump of rules names an interface: `-i virbr0`, `oifname "virbr0"`, `-i virbr+`. */
export const mentions = (text: string, name: string): boolean =>
  text
    .split(/[\s"{},;]+/)
    .some((word) => word === name || (/^[\w.-]+[+*]$/.test(word) && name.startsWith(word.slice(0, -1))))
