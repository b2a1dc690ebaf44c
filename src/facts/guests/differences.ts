import type { Evidence } from '../../evidence/evidence.ts'
import { locate, placeOf } from '../../evidence/locate.ts'
import { isUnknown, map } from '../../evidence/result.ts'
import type { Definition } from '../../parse/guest/guest.ts'
import { parseXlList, type XlDomain } from '../../parse/guest/xl-list.ts'
import type { Unknown } from '../../types.ts'
import { type Found, guestAsks } from './sources.ts'

interface Difference {
  readonly guest: string
  readonly configFile: string
  readonly setting: string
  readonly file: string
  readonly running: string
}

/**
 * xl reads a file once, when it creates the guest: what was edited since is not in force, and what was plugged in since is not in
 * the file. Amounts that a balloon changes all the time do not count, nor do media in drives.
 */
export function differences(evidence: Evidence, found: readonly Found[], gap?: Unknown): (Difference | Unknown)[] {
  const files = found.filter(({ definition: { guest } }) => guest.toolstack === 'xl' && guest.configFile !== '')
  const toolstack = found.map(({ definition: { guest } }) => guest.toolstack).find(isUnknown)
  if (gap || toolstack) return gap ? [] : [toolstack!]
  const listed = map(evidence.stdout(guestAsks.xlList), parseXlList)
  if (files.length === 0 || (!listed.ok && listed.gap === 'absent')) return []
  if (!listed.ok) return [listed]
  return files.flatMap(({ definition }): Difference[] => {
    const { name } = definition.guest
    const domain = listed.value.find((one) => one.name === name && one.domid !== 0)
    // Of two definitions for one name, nobody knows which one it was.
    const only = found.filter((one) => one.definition.guest.name === name).length === 1
    return domain && only ? between(definition, domain) : []
  })
}

function between(definition: Definition, domain: XlDomain): Difference[] {
  const { guest, disks, interfaces, hostdevs } = definition
  const owner = { guest: guest.name, configFile: guest.configFile }
  const most = guest.maxmem ?? guest.memory
  const differ = (setting: string, field: string, file: string, running: string): Difference[] =>
    file === running ? [] : [locate({ ...owner, setting, file, running }, placeOf(guest, field))]
  const lists = (setting: string, file: readonly string[], running: readonly string[]): Difference[] =>
    differ(setting, setting, [...file].sort().join(' ') || 'none', [...running].sort().join(' ') || 'none')
  const addresses = hostdevs.filter(({ sourceKind }) => sourceKind === 'pci').map(({ address }) => address)
  const fixedMacs = interfaces.every(({ mac }) => /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac))
  return [
    ...(most === null || domain.maxmem === null
      ? []
      : differ('maxmem', 'memory', mebibytes(most), mebibytes(domain.maxmem))),
    ...(domain.vcpus === null ? [] : differ('vcpus', 'vcpus', String(guest.maxvcpus), String(domain.vcpus))),
    // Xen before 4.10 calls its first kind of pvh a pv.
    ...(domain.type === '' || guest.type === 'pvh' ? [] : differ('type', 'type', guest.type, domain.type)),
    ...lists(
      'disk',
      disks.map(({ target }) => target),
      domain.disks,
    ),
    ...(fixedMacs
      ? lists(
          'vif',
          interfaces.map(({ mac }) => mac),
          domain.macs,
        )
      : []),
    ...(addresses.includes('') ? [] : lists('pci', addresses, domain.pci)),
  ]
}

const mebibytes = (bytes: number): string => `${bytes / 2 ** 20} MiB`
