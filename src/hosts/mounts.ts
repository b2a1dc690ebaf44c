import { readFileSync } from 'node:fs'

/** File systems that the kernel makes up: reading one cannot wait for a disk or a network. */
const VIRTUAL = new Set(
  (
    'proc sysfs devtmpfs tmpfs ramfs securityfs debugfs tracefs cgroup cgroup2 xenfs configfs efivarfs devpts hugetlbfs mqueue bpf ' +
    'pstore selinuxfs'
  ).split(' '),
)
/** On a disk of this machine. All others (nfs, cifs, fuse, autofs, ceph …) can block for ever in `open` or even `lstat`. */
const LOCAL = new Set(
  'ext2 ext3 ext4 xfs btrfs zfs reiserfs jfs f2fs vfat msdos exfat ntfs3 iso9660 udf squashfs erofs overlay aufs ufs'.split(
    ' ',
  ),
)

export type Nearness = 'virtual' | 'local' | 'unsafe'

export interface Mount {
  readonly point: string
  readonly type: string
  readonly nearness: Nearness
}

/** Mount points with octal escapes undone: `36 25 0:31 / /mnt/my\040share rw - nfs4 filer:/x rw` */
export function parseMountinfo(text: string): Mount[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const fields = line.split(' ')
      const type = fields[fields.indexOf('-', 6) + 1] ?? ''
      const point = fields[4]!.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))
      return { point, type, nearness: VIRTUAL.has(type) ? 'virtual' : LOCAL.has(type) ? 'local' : 'unsafe' }
    })
}

const NOWHERE: Mount = { point: '/', type: 'unknown', nearness: 'unsafe' }

/** Where paths lie, told from the kernel's own list: asking touches no mount. */
export class Mounts {
  readonly #byPoint: ReadonlyMap<string, Mount>

  /** Later mounts cover earlier ones at the same point. */
  constructor(mounts: readonly Mount[]) {
    this.#byPoint = new Map(mounts.map((mount) => [mount.point, mount]))
  }

  /** A machine that has no mountinfo (not Linux) gets every path read from a child process. */
  static ofThisMachine(): Mounts {
    try {
      return new Mounts(parseMountinfo(readFileSync('/proc/self/mountinfo', 'utf8')))
    } catch {
      return new Mounts([])
    }
  }

  /** The mount that a path without symbolic links lies on. */
  at(path: string): Mount {
    for (let point = path; ; point = point.slice(0, point.lastIndexOf('/'))) {
      const mount = this.#byPoint.get(point || '/')
      if (mount) return mount
      if (point === '') return NOWHERE
    }
  }
}
