import { chain, isUnknown, known, map, unknown } from '../../evidence/result.ts'
import { type MountLine } from '../../parse/mounts.ts'
import type { Result, Unknown } from '../../types.ts'
import { realPath, type RealPath } from '../storage/real-paths.ts'
import { type AllFacts, factOf } from './facts-of.ts'

type Mount = Pick<MountLine, 'device' | 'point' | 'type' | 'options'>

/** Only the host itself has what lies on these. */
const LOCAL = /^(ext[234]|xfs|btrfs|zfs|jfs|reiserfs|f2fs|bcachefs|ufs|vfat|tmpfs|ramfs|overlay|squashfs|iso9660)$/
/** Several hosts can have these at once, and libvirt knows it. */
const SHARED = /^(nfs4?|cifs|smb3|smbfs|afs|ceph|gpfs|acfs|glusterfs|fuse\.glusterfs|fuse\.quobyte|ocfs2|gfs2?)$/
/** They lie on a disk that each host names by itself. */
const CLUSTER = /^(ocfs2|gfs2?|gpfs|acfs)$/

/** Where a file lies, seen from both hosts. */
export interface Place {
  /** local, served (local, and the target has that path from a server, which may be the source), shared, missing (the source has it from a server, the target has no such mount), other (from somewhere else), read-only. */
  readonly is: string
  readonly sourceMount: string
  readonly sourceDevice: string
  readonly sourceType: string
  readonly targetMount: string
  readonly targetDevice: string
  readonly targetType: string
  /** Files there carry SELinux labels of their own. */
  readonly targetLabels: boolean
}

/** The longest mount point above a path; of two on one place the later. */
function holding(mounts: readonly (Mount | Unknown)[], path: string): Result<Mount> {
  let best: Mount | undefined
  for (const mount of mounts) {
    if (isUnknown(mount)) return mount
    const leads = mount.point === '/' || path === mount.point || path.startsWith(`${mount.point}/`)
    if (leads && mount.point.length >= (best?.point.length ?? 0)) best = mount
  }
  return best ? known(best) : unknown('not-recorded', '/proc/mounts', `no file system holds ${path}`)
}

/** The mount that a path really lies on, and the path without links. A share is one wherever links on it lead. */
function mountOf(host: AllFacts, path: string): Result<{ mount: Mount; path: string }> {
  const mounts = factOf<readonly (Mount | Unknown)[]>(host, 'storage', 'fileSystems')
  const real = chain(factOf<readonly (RealPath | Unknown)[]>(host, 'storage', 'realPaths'), (list) =>
    realPath(path, list),
  )
  return chain(mounts, (list) => {
    const plain = map(holding(list, path), (mount) => ({ mount, path }))
    if (!real.ok) return plain.ok && SHARED.test(plain.value.mount.type) ? plain : real
    return map(holding(list, real.value), (mount) => ({ mount, path: real.value }))
  })
}

/** Where a file of the source is on the target, if it is there at all. */
export function placeOnBoth(source: AllFacts, target: AllFacts, path: string): Result<Place> {
  return chain(mountOf(source, path), ({ mount: from, path: real }) => {
    const there = chain(factOf<readonly (Mount | Unknown)[]>(target, 'storage', 'fileSystems'), (mounts) =>
      holding(mounts, path),
    )
    if (LOCAL.test(from.type)) return map(there, (to) => placed(SHARED.test(to.type) ? 'served' : 'local', from, to))
    if (!SHARED.test(from.type)) return unknown('unsupported', '/proc/mounts', `nobody knows who shares ${from.type}`)
    return chain(there, (to) => compare(from, to, real, path))
  })
}

function compare(from: Mount, to: Mount, real: string, path: string): Result<Place> {
  if (LOCAL.test(to.type) && real === path) return known(placed('missing', from, to))
  if (LOCAL.test(to.type) || !SHARED.test(to.type))
    return unknown('unsupported', '/proc/mounts', 'a symbolic link or an unknown file system may lead to it')
  if (family(from.type) !== family(to.type)) return known(placed('other', from, to))
  const [a, b] = [shareOf(from), shareOf(to)]
  const sameFolder = a.folder + below(from, real) === b.folder + below(to, path)
  if (a.server === b.server && sameFolder)
    return known(placed(to.options.includes('ro') ? 'read-only' : 'shared', from, to))
  if (CLUSTER.test(from.type) || (a.server !== b.server && sameFolder))
    return unknown('unsupported', '/proc/mounts', `${from.device} and ${to.device} may be the same`)
  return known(placed('other', from, to))
}

const below = ({ point }: Mount, path: string): string => (point === '/' ? path : path.slice(point.length))

const family = (type: string): string =>
  type
    .replace(/^nfs4$/, 'nfs')
    .replace(/^(smb3|smbfs)$/, 'cifs')
    .replace(/^fuse\./, '')

/** `filer:/images` → filer, /images; `//filer/images` → //filer, /images; a device is all server. */
function shareOf({ device }: Mount): { server: string; folder: string } {
  const [, server, folder] = /^([^/]+:|\/\/[^/]+)(\/?.*)$/.exec(device) ?? []
  return server === undefined ? { server: device, folder: '' } : { server, folder: folder!.replace(/\/+$/, '') }
}

const placed = (is: string, from: Mount, to: Mount): Place => ({
  is,
  sourceMount: from.point,
  sourceDevice: from.device,
  sourceType: from.type,
  targetMount: to.point,
  targetDevice: to.device,
  targetType: to.type,
  targetLabels: to.options.includes('seclabel'),
})
