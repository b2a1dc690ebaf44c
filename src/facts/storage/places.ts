import { list } from '../../evidence/ask.ts'
import type { Evidence } from '../../evidence/evidence.ts'
import { locate } from '../../evidence/locate.ts'
import { absentAs, known } from '../../evidence/result.ts'
import { at } from '../../parse/guest/guest.ts'
import { type MountLine, volumePath } from '../../parse/mounts.ts'
import type { Result, Unknown } from '../../types.ts'
import { object, string, strings } from '../schema.ts'

export const fileSystemSchema = object(
  {
    device: string('Device, server:/path, or whatever the file system calls its source'),
    point: string('Where it is mounted'),
    type: string('ext4, nfs4, fuse.glusterfs …'),
    options: strings('Its options'),
  },
  'One mounted file system',
)

/** What the kernel makes up: nobody keeps an image there. */
const MADE_UP =
  /^(proc|sysfs|devtmpfs|devpts|devfs|cgroup2?|cpuset|securityfs|selinuxfs|pstore|efivarfs|bpf|debugfs|tracefs|configfs|fusectl|mqueue|hugetlbfs|binfmt_misc|rpc_pipefs|nfsd|xenfs|usbfs|rootfs)$/

export const holdsFiles = ({ type }: MountLine): boolean => !MADE_UP.test(type)

export const fileSystemOf = ({ device, point, type, options, line }: MountLine) =>
  locate({ device, point, type, options }, at('/proc/mounts', line))

const FOLDERS = ['/dev/mapper', '/dev/disk/by-id', '/dev/disk/by-path', '/dev/disk/by-uuid'] as const

export const blockNameAsks = {
  mapper: list(FOLDERS[0]),
  byId: list(FOLDERS[1]),
  byPath: list(FOLDERS[2]),
  byUuid: list(FOLDERS[3]),
} as const

/** `/dev/mapper/vg0-web1` is also `/dev/vg0/web1`. A folder that is not there has no names in it. */
export const blockNames = (evidence: Evidence): Result<readonly (string | Unknown)[]> =>
  known(
    Object.values(blockNameAsks).flatMap((ask, index): (string | Unknown)[] => {
      const names = absentAs(evidence.names(ask), [])
      if (!names.ok) return [names]
      return names.value.flatMap((name) => {
        const path = `${FOLDERS[index]}/${name}`
        const volume = volumePath(path)
        return volume === path ? [path] : [path, volume]
      })
    }),
  )
