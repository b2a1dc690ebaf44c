import { collect } from '../../engine/collect.ts'
import { factSets } from '../../facts/index.ts'
import type { Side } from '../../migration/guest.ts'
import type { Host } from '../../types.ts'
import { openHost } from '../open-host.ts'

/** A machine that can be asked more. */
export type OpenSide = Side & { readonly host: Host }

/** Reads all of a machine; "live" is this one. `probe`: what opens something there may be asked. */
export async function openSide(name: string, probe = false): Promise<OpenSide> {
  const host = await openHost(name === 'live' ? undefined : name, { probe })
  const { facts } = await collect(host, factSets)
  return { host, facts }
}
