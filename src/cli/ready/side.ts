import { collect } from '../../engine/collect.ts'
import { factSets } from '../../facts/index.ts'
import type { Side } from '../../migration/guest.ts'
import { openHost } from '../open-host.ts'

/** Reads all of a machine; "live" is this one. */
export async function openSide(name: string): Promise<Side> {
  const host = await openHost(name === 'live' ? undefined : name, { probe: false })
  const { facts } = await collect(host, factSets)
  return { host, facts }
}
