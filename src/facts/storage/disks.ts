import { file, link, list } from '../../evidence/ask.ts'
import type { Evidence } from '../../evidence/evidence.ts'
import { locate } from '../../evidence/locate.ts'
import { basename, lookup, orNone, part } from '../../evidence/lookup.ts'
import { all, isUnknown, map, unknown } from '../../evidence/result.ts'
import { wholeDisk } from '../../parse/mounts.ts'
import type { Result, Unknown } from '../../types.ts'
import { listOf, object, string, strings } from '../schema.ts'

/** hd, sd, vd, xvd, nvme; device mapper and md. */
export const diskAsks = {
  diskLinks: link('/sys/block/[hsvnx][dvm]*'),
  slaves: list('/sys/block/[dm][md]*/slaves'),
  mapUuids: file('/sys/block/dm-*/dm/uuid'),
} as const

export const diskFacts = {
  multipathPaths: strings('Disks that are single paths of a multipath map: "/dev/sdb"'),
  controllers: listOf(
    object(
      {
        address: string('PCI address'),
        inUse: strings(
          'Its disks that this host has mounted, swaps on, or has a volume, a RAID or a multipath map over',
        ),
      },
      'One controller',
    ),
    'PCI devices with disks behind them',
  ),
}

const ADDRESS = /^[0-9a-f]{4,}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/

/** `/sys/block/dm-0/slaves` holds sda2: what a map, a volume or a RAID is made of. */
function slavesOf(evidence: Evidence): Result<readonly ({ map: string; slave: string } | Unknown)[]> {
  return map(orNone(evidence.lists(diskAsks.slaves)), (members) =>
    members.flatMap(({ name, result }): ({ map: string; slave: string } | Unknown)[] =>
      result.ok ? result.value.map((slave) => ({ map: part(name, 3), slave })) : [result],
    ),
  )
}

/** `mpath-3600a0b80001327510000015427b625e` is the UUID of a multipath map; LVM- and CRYPT- are others. */
export function multipathPaths(evidence: Evidence): Result<readonly (string | Unknown)[]> {
  const uuid = lookup(evidence.texts(diskAsks.mapUuids))
  return map(slavesOf(evidence), (pairs) =>
    pairs.flatMap((pair): (string | Unknown)[] => {
      if (isUnknown(pair)) return [pair]
      if (!pair.map.startsWith('dm-')) return []
      const read = uuid(`/sys/block/${pair.map}/dm/uuid`)
      // Before Linux 2.6.29 a map told no UUID.
      if (!read.ok) return [read.gap === 'absent' ? unknown('unsupported', read.ask) : read]
      return read.value.startsWith('mpath-') ? [`/dev/${pair.slave}`] : []
    }),
  )
}

/** `../devices/pci0000:00/0000:00:1f.2/ata1/…/block/sda`: the last PCI address is that of the controller. */
export function controllers(evidence: Evidence, mountedPaths: Result<readonly string[]>) {
  const links = orNone(evidence.links(diskAsks.diskLinks))
  return map(all(links, slavesOf(evidence), mountedPaths), ([disks, slaves, mounted]) => {
    const gaps = slaves.filter(isUnknown)
    const busy = new Set([
      ...mounted.map((path) => basename(wholeDisk(path))),
      ...slaves.flatMap((pair) => (isUnknown(pair) ? [] : [basename(wholeDisk(`/dev/${pair.slave}`))])),
    ])
    const found = new Map<string, (string | Unknown)[]>()
    const unread = disks.flatMap(({ name, result }): Unknown[] => {
      if (!result.ok) return [result]
      const address = result.value.split('/').findLast((step) => ADDRESS.test(step))
      if (!address) return []
      const mine = found.get(address) ?? []
      found.set(address, busy.has(basename(name)) ? [...mine, basename(name)] : mine)
      return []
    })
    const items = [...found].map(([address, inUse]) => {
      const path = `/sys/bus/pci/devices/${address}`
      return locate({ address, inUse: [...inUse, ...gaps] }, { ask: path, path })
    })
    return [...items, ...unread]
  })
}
