import type { Evidence } from '../../evidence/evidence.ts'
import { orNone } from '../../evidence/lookup.ts'
import { all, chain, isUnknown, known, map, ranked, unknown } from '../../evidence/result.ts'
import { dropsBridged, mentions, parseIptablesSave, parseNftRuleset } from '../../parse/firewall.ts'
import type { Result, Unknown } from '../../types.ts'
import { asks } from './asks.ts'
import { activeNetworks } from './libvirt.ts'

/** The dump of the older filter; "" where the kernel has none. Newer programs called iptables-save print the other filter and say so. */
function legacy(evidence: Evidence): Result<string> {
  return chain(evidence.exists(asks.tables), (there) => {
    if (!there) return known('')
    const named = chain(evidence.output(asks.iptables), ({ stdout, stderr }) =>
      /legacy tables present|nf_tables/.test(stderr + stdout)
        ? unknown('malformed', 'iptables-save', 'prints nf_tables only')
        : evidence.stdout(asks.iptables),
    )
    return ranked(evidence.stdout(asks.legacyIptables), named)
  })
}

/** The dump of nf_tables; "" where it is neither loaded nor part of this kernel. */
function nft(evidence: Evidence): Result<string> {
  return chain(evidence.exists(asks.nfTables), (loaded) => {
    if (loaded) return evidence.stdout(asks.nft)
    return chain(orNone(evidence.texts(asks.builtin)), ([mine]) =>
      chain(mine?.result ?? unknown('withheld', 'nft list ruleset', 'nf_tables may be built in'), (text) =>
        text.includes('/nf_tables.ko') ? evidence.stdout(asks.nft) : known('', { ask: 'nft list ruleset' }),
      ),
    )
  })
}

/** Bridges whose packets the host's own filter surely drops, were they handed to it. */
export function droppedBridges(
  evidence: Evidence,
  names: Result<readonly (string | Unknown)[]>,
): Result<readonly (string | Unknown)[]> {
  const filters = all(map(legacy(evidence), parseIptablesSave), map(nft(evidence), parseNftRuleset))
  return map(all(names, filters), ([bridges, list]) =>
    bridges.filter((name) => isUnknown(name) || list.some((filter) => dropsBridged(filter, name))),
  )
}

/** Bridges of libvirt's NAT networks that no rule of the firewall names. */
export function unservedBridges(evidence: Evidence): Result<readonly (string | Unknown)[]> {
  return map(all(activeNetworks(evidence), legacy(evidence), nft(evidence)), ([networks, iptables, nftables]) =>
    networks.flatMap((network): (string | Unknown)[] => {
      if (isUnknown(network)) return [network]
      const { bridge, mode } = network
      if (isUnknown(bridge) || isUnknown(mode)) return []
      return mode === 'nat' && bridge && !mentions(iptables, bridge) && !mentions(nftables, bridge) ? [bridge] : []
    }),
  )
}
