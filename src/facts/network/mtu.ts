import { locate } from '../../evidence/locate.ts'
import { all, isUnknown, known, map } from '../../evidence/result.ts'
import type { Result, Unknown } from '../../types.ts'
import type { Bridge, Interface } from './interfaces.ts'
import type { Infer } from '../schema.ts'
import { number, object, string } from '../schema.ts'

export const narrowPortSchema = object(
  {
    bridge: string('br0'),
    port: string('eth0'),
    mtu: number('bytes', 'Largest packet that the port takes'),
    other: string('vnet0: what may send larger ones to it'),
    otherMtu: number('bytes', 'Largest packet of that'),
  },
  'A port that is narrower than what sends to it',
)
type NarrowPort = Infer<typeof narrowPortSchema>

interface Width {
  readonly name: string
  readonly mtu: number
}

/**
 * A port is too narrow below the MTU of its bridge, and an uplink below that of a guest. A guest below its uplink is well: the
 * kernel gives a bridge the MTU of its narrowest port, and the guest sends nothing larger.
 */
export function narrowPorts(
  bridges: Result<readonly Bridge[]>,
  found: Result<readonly Interface[]>,
): Result<readonly (NarrowPort | Unknown)[]> {
  return map(all(bridges, found), ([list, interfaces]) =>
    list.flatMap((bridge) => {
      const width = (name: string | Unknown): Result<Width> => {
        if (isUnknown(name)) return name
        const mtu = interfaces.find((one) => one.name === name)?.mtu
        return mtu === undefined || isUnknown(mtu) ? (mtu ?? known({ name, mtu: Infinity })) : known({ name, mtu })
      }
      return narrowIn(bridge, width)
    }),
  )
}

function narrowIn(bridge: Bridge, width: (name: string | Unknown) => Result<Width>): (NarrowPort | Unknown)[] {
  const { guestPorts, ports, uplinks } = bridge
  if (isUnknown(ports)) return [ports]
  if (isUnknown(guestPorts)) return [guestPorts]
  if (isUnknown(uplinks)) return [uplinks]
  const guests = all(...guestPorts.map(width))
  return ports.flatMap((name): (NarrowPort | Unknown)[] => {
    const senders = map(all(width(bridge.name), guests), ([own, others]) =>
      uplinks.includes(name) ? [own, ...others] : [own],
    )
    const known = all(width(name), senders, all(...uplinks.map(width)))
    if (!known.ok) return [known]
    const [port, others] = known.value
    const widest = others.reduce((a, b) => (b.mtu > a.mtu ? b : a))
    if (widest.mtu <= port.mtu || widest.mtu === Infinity) return []
    const at = `/sys/class/net/${port.name}/mtu`
    const item = { bridge: bridge.name, port: port.name, mtu: port.mtu, other: widest.name, otherMtu: widest.mtu }
    return [locate(item, { ask: at, path: at })]
  })
}
