import { all, chain, isUnknown, known, map, orGap } from '../../evidence/result.ts'
import type { Result, Unknown } from '../../types.ts'
import { listOf, number, object, string } from '../schema.ts'
import { type AllFacts, factOf } from './facts-of.ts'

export const pairBridgeSchema = object(
  {
    name: string('Bridge that an interface of the guest is plugged into'),
    sourceMtu: number('bytes', 'Largest packet that it takes on the source'),
    targetMtu: number('bytes', 'The same on the target'),
    sourceVlans: listOf(number('id', ''), 'VLANs that its uplinks are in on the source; [] where they are in none'),
    targetVlans: listOf(number('id', ''), 'The same on the target'),
  },
  'One bridge of the guest that both hosts have',
)

interface Bridge {
  readonly name: string
  readonly mtu: number | Unknown
  readonly uplinks: readonly (string | Unknown)[] | Unknown
}

interface Vlan {
  readonly name: string
  readonly id: number
}

/** Linux bridges of the guest that are on both hosts, each once. */
export function pairBridges(
  source: AllFacts,
  target: AllFacts,
  interfaces: Result<readonly unknown[]>,
): Result<readonly unknown[]> {
  const bridges = (host: AllFacts) => factOf<readonly (Bridge | Unknown)[]>(host, 'network', 'bridges')
  return chain(all(interfaces, bridges(source), bridges(target)), ([nics, here, there]) => {
    const gap = [...nics, ...here, ...there].find(isUnknown) as Unknown | undefined
    const names = nics.flatMap((nic) => (isUnknown(nic) ? [] : [(nic as { bridge: string }).bridge]))
    const found = [...new Set(names)].flatMap((name): unknown[] => {
      const [from, to] = [here, there].map((list) => list.find((one) => !isUnknown(one) && one.name === name))
      if (!from || !to || isUnknown(from) || isUnknown(to)) return []
      return [
        {
          name,
          sourceMtu: from.mtu,
          targetMtu: to.mtu,
          sourceVlans: orGap(vlansOf(source, from)),
          targetVlans: orGap(vlansOf(target, to)),
        },
      ]
    })
    return known(gap ? [...found, gap] : found)
  })
}

function vlansOf(host: AllFacts, { uplinks }: Bridge): Result<readonly (number | Unknown)[]> {
  if (isUnknown(uplinks)) return uplinks
  return map(factOf<readonly (Vlan | Unknown)[]>(host, 'network', 'vlans'), (vlans) =>
    uplinks.flatMap((uplink): (number | Unknown)[] => {
      if (isUnknown(uplink)) return [uplink]
      return vlans.flatMap((vlan): (number | Unknown)[] =>
        isUnknown(vlan) ? [vlan] : vlan.name === uplink ? [vlan.id] : [],
      )
    }),
  )
}
