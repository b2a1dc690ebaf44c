import { chain, isUnknown, known, unknown } from '../../evidence/result.ts'
import type { Result, Unknown } from '../../types.ts'
import { guestCpuOf } from './cpu.ts'
import { type AllFacts, factOf } from './facts-of.ts'

/** `guest.*`, of facts of the host that has it. */
export function guestNamespace(host: AllFacts, name: string): Record<string, Result<unknown>> {
  const itself = guestOf(host, name)
  const own = (field: string): Result<unknown> => ofGuest(host, 'guests', field, name)
  return {
    itself,
    cpu: chain(itself, (one) => guestCpuOf(host, one as Parameters<typeof guestCpuOf>[1])),
    disks: own('disks'),
    interfaces: own('interfaces'),
    hostdevs: own('hostdevs'),
    pins: own('pins'),
    numa: own('numa'),
    peripherals: own('peripherals'),
    consoles: own('consoles'),
    graphics: own('graphics'),
    unknownKeys: own('unknownKeys'),
    snapshots: ofGuest(host, 'backends', 'snapshots', name),
    live: ofGuest(host, 'backends', 'domains', name),
    saved: chain(factOf<readonly unknown[]>(host, 'backends', 'savedGuests'), (names) =>
      names.includes(name) ? known(true) : ((names.find(isUnknown) as Unknown | undefined) ?? known(false)),
    ),
  }
}

/** What of a list is the guest's; a gap in it stays. */
function ofGuest(host: AllFacts, namespace: string, field: string, name: string): Result<unknown> {
  const list = factOf<readonly unknown[]>(host, namespace, field)
  if (!list.ok) return list
  const mine = list.value.filter((item) => isUnknown(item) || (item as { guest: unknown }).guest === name)
  return { ...list, value: mine }
}

function guestOf(source: AllFacts, name: string): Result<unknown> {
  const all = source['guests']?.['all']
  if (!all?.ok) return all ?? unknown('not-recorded', 'guests.all')
  const found = (all.value as readonly unknown[]).find(
    (one) => !isUnknown(one) && (one as { name: unknown }).name === name,
  )
  return found === undefined ? unknown('absent', 'guests.all') : known(found)
}
