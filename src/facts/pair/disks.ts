import { locate, placeOf } from '../../evidence/locate.ts'
import { all, chain, isUnknown, known, map, orGap, unknown } from '../../evidence/result.ts'
import type { Result, Unknown } from '../../types.ts'
import { bool, object, string } from '../schema.ts'
import { type AllFacts, factOf } from './facts-of.ts'
import { type Place, placeOnBoth } from './places.ts'

export const pairDiskSchema = object(
  {
    name: string('vda, xvda; for a base image "vda, base.qcow2"'),
    path: string('File or device on the source'),
    kind: string('file, block or nvme; empty drives and network disks are left out'),
    readonly: bool('The guest may only read it'),
    base: bool('It is a base image, which the disk only holds the difference to'),
    place: string(
      'Of a file: local (only the source has it), served (the source has it on its own disk, the target from a server), shared, read-only (shared, and the target may not write), missing (the target has not mounted it), other (the target has something else there); "" for the rest',
    ),
    lost: bool('Of a device: the source knows it by its name, and the target does not'),
    loop: string('Of a loop device: the file behind it on the source; "" for the rest, and where there is none'),
    targetLoop: string('The file behind the loop device of that name on the target'),
    sourceMount: string('Where the file system is mounted that holds the file'),
    sourceDevice: string('What is mounted there: filer:/images'),
    sourceType: string('ext4, nfs4 …'),
    targetMount: string('Mount point above that path on the target'),
    targetDevice: string('What is mounted there'),
    targetType: string('ext4, nfs4 …'),
    targetLabels: bool('Files there carry SELinux labels of their own'),
    cache: string('libvirt: mode of the cache; "" for the default'),
    shareable: bool('Marked as shared'),
  },
  'One disk of the guest, seen from both hosts',
)

interface Disk {
  readonly target: string
  readonly path: string
  readonly type: string
  readonly readonly: boolean
  readonly cache: string
  readonly shareable: boolean
}

interface Backing {
  readonly guest: string
  readonly target: string
  readonly path: string
}

/** Each disk of the guest, and each base image below it, as both hosts see them. */
export function pairDisks(
  source: AllFacts,
  target: AllFacts,
  disks: Result<readonly (Disk | Unknown)[]>,
  name: string,
): Result<readonly unknown[]> {
  const backings = factOf<readonly (Backing | Unknown)[]>(source, 'backends', 'backings')
  return map(disks, (list) => [
    ...list.flatMap((disk) => (isUnknown(disk) ? [disk] : described(source, target, disk, disk.target, false))),
    ...(backings.ok ? backings.value : [backings]).flatMap((one): unknown[] => {
      if (isUnknown(one)) return [one]
      if (one.guest !== name) return []
      const base = { ...one, type: 'file', readonly: true, cache: '', shareable: false }
      return described(source, target, base, `${one.target}, ${one.path.split('/').at(-1)}`, true)
    }),
  ])
}

function described(source: AllFacts, target: AllFacts, disk: Disk, name: string, base: boolean): object[] {
  const { path, type, readonly, cache, shareable } = disk
  if (type === 'network' || (path === '' && type !== 'nvme' && type !== 'volume')) return []
  const kind = type === 'nvme' ? 'nvme' : path.startsWith('/dev/') ? 'block' : 'file'
  const isLoop = LOOP.test(path)
  const [loop, targetLoop] = [source, target].map((host) => (isLoop ? fileBehind(host, path) : known('')))
  const item = {
    ...{ name, path, kind, readonly, base, cache, shareable },
    lost: kind === 'block' && !isLoop ? orGap(isLost(source, target, path)) : false,
    ...{ loop: orGap(loop!), targetLoop: orGap(targetLoop!) },
    ...fieldsOf(placeOfDisk(source, target, disk, kind)),
  }
  return [locate(item, placeOf(disk))]
}

function placeOfDisk(source: AllFacts, target: AllFacts, { path, type }: Disk, kind: string): Result<Place> {
  if (type === 'volume') return unknown('unsupported', path, 'the pool alone knows where its volume lies')
  return kind === 'file' ? placeOnBoth(source, target, path) : known(NOWHERE)
}

/** Each host has its own, whatever another one has by that name. */
const LOOP = /^\/dev\/loop\d+$/

function fileBehind(host: AllFacts, path: string): Result<string> {
  return chain(
    factOf<readonly ({ name: string; path: string } | Unknown)[]>(host, 'storage', 'loopsInUse'),
    (loops) => {
      const found = loops.find((one) => !isUnknown(one) && `/dev/${one.name}` === path) as { path: string } | undefined
      return found ? known(found.path) : (loops.find(isUnknown) ?? known(''))
    },
  )
}

const NOWHERE: Place = {
  is: '',
  ...{ sourceMount: '', sourceDevice: '', sourceType: '', targetMount: '', targetDevice: '', targetType: '' },
  targetLabels: false,
}

/** Its fields, each a gap where the place is one. */
const fieldsOf = (place: Result<Place>) =>
  Object.fromEntries(
    Object.keys(NOWHERE).map((field) => [
      field === 'is' ? 'place' : field,
      orGap(map(place, (one) => one[field as keyof Place])),
    ]),
  )

/** Only a name that the source lists is looked for: what else may stand in /dev is not known. */
function isLost(source: AllFacts, target: AllFacts, path: string): Result<boolean> {
  const names = (host: AllFacts) => factOf<readonly (string | Unknown)[]>(host, 'storage', 'blockNames')
  return chain(all(names(source), names(target)), ([here, there]) => {
    if (there.includes(path)) return known(false)
    if (!here.includes(path)) return unknown('not-recorded', path)
    return there.find(isUnknown) ?? known(true)
  })
}
