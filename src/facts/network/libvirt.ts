import type { Evidence } from '../../evidence/evidence.ts'
import { locate } from '../../evidence/locate.ts'
import { basename, orNone } from '../../evidence/lookup.ts'
import { all, map } from '../../evidence/result.ts'
import type { Result, Unknown } from '../../types.ts'
import { asks } from './asks.ts'
import type { Infer } from '../schema.ts'
import { object, string } from '../schema.ts'

export const networkSchema = object(
  {
    name: string('default'),
    bridge: string('virbr0; "" for one without'),
    mode: string('Forward mode: nat, route, open, bridge, private …; isolated where none is given'),
  },
  'One libvirt network that is active',
)
export type ActiveNetwork = Infer<typeof networkSchema>

/** libvirt keeps one file for each active network: `<forward mode='nat'/> <bridge name='virbr0' …/>`. Older ones keep it below /var/lib. */
export function activeNetworks(evidence: Evidence): Result<readonly (ActiveNetwork | Unknown)[]> {
  const now = orNone(evidence.texts(asks.networks))
  const old = orNone(evidence.texts(asks.oldNetworks))
  return map(all(now, old), ([a, b]) =>
    [...a, ...b].map(({ name: path, result }) => {
      if (!result.ok) return result
      const xml = result.value.replace(/<!--[\s\S]*?-->/g, '')
      const forward = /<forward\b([^>]*)>/.exec(xml)
      const network = {
        name: /<name>([^<]*)<\/name>/.exec(xml)?.[1] ?? basename(path).replace(/\.xml$/, ''),
        bridge: attribute(/<bridge\b([^>]*)>/.exec(xml)?.[1], 'name'),
        mode: forward ? attribute(forward[1], 'mode') || 'nat' : 'isolated',
      }
      return locate(network, { ask: path, path })
    }),
  )
}

const attribute = (attributes: string | undefined, name: string): string =>
  new RegExp(`\\b${name}=(["'])(.*?)\\1`).exec(attributes ?? '')?.[2] ?? ''
