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
      'Of a file: local (only the source has it), shared, read-only (shared, and the target may not write), missing (the target has not mounted it), other (the target has something else there); "" for the rest',
    ),
    lost: bool('Of a device: the source knows it by its name, and the target does not'),
    sourceMount: string('Where the file system is mounted that holds the file'),
    sourceDevice: string('What is mounted there: filer:/images'),
    sourceType: string('ext4, nfs4 …'),
    targetMount: string('Mount point above that path on the target'),
    targetDevice: string('What is mounted there'),
    targetType: string('ext4, nfs4 …'),
  },
  'One disk of the guest, seen from both hosts',
)

interface Disk {
  readonly target: string
  readonly path: string
  readonly type: string
  readonly readonly: boolean
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
      const base = { ...one, type: 'file', readonly: true }
      return described(source, target, base, `${one.target}, ${one.path.split('/').at(-1)}`, true)
    }),
  ])
}

function described(source: AllFacts, target: AllFacts, disk: Disk, name: string, base: boolean): object[] {
  if (disk.type === 'network' || (disk.path === '' && disk.type !== 'nvme' && disk.type !== 'volume')) return []
  if (disk.type === 'volume')
    return [
      { ...emptyPlace(unknown('unsupported', name, 'a volume of a pool')), ...own(disk, name, base), kind: 'file' },
    ]
  const kind = disk.type === 'nvme' ? 'nvme' : disk.path.startsWith('/dev/') ? 'block' : 'file'
  const place = kind === 'file' ? placeOnBoth(source, target, disk.path) : NOWHERE
  const lost = kind === 'block' ? isLost(source, target, disk.path) : known(false)
  const item = { ...emptyPlace(place), ...own(disk, name, base), kind, lost: orGap(lost) }
  return [locate(item, placeOf(disk))]
}

const own = ({ path, readonly }: Disk, name: string, base: boolean) => ({
  name,
  path,
  readonly,
  base,
  lost: false as boolean | Unknown,
})

const NOWHERE: Result<Place> = known({
  is: '',
  ...{ sourceMount: '', sourceDevice: '', sourceType: '', targetMount: '', targetDevice: '', targetType: '' },
})

function emptyPlace(place: Result<Place>) {
  const field = (pick: (one: Place) => string): string | Unknown => orGap(map(place, pick))
  return {
    place: field(({ is }) => is),
    sourceMount: field((one) => one.sourceMount),
    sourceDevice: field((one) => one.sourceDevice),
    sourceType: field((one) => one.sourceType),
    targetMount: field((one) => one.targetMount),
    targetDevice: field((one) => one.targetDevice),
    targetType: field((one) => one.targetType),
  }
}

/** Only a name that the source lists is looked for: what else may stand in /dev is not known. */
function isLost(source: AllFacts, target: AllFacts, path: string): Result<boolean> {
  const names = (host: AllFacts) => factOf<readonly (string | Unknown)[]>(host, 'storage', 'blockNames')
  return chain(all(names(source), names(target)), ([here, there]) => {
    if (there.includes(path)) return known(false)
    if (!here.includes(path)) return unknown('not-recorded', path)
    return there.find(isUnknown) ?? known(true)
  })
}
