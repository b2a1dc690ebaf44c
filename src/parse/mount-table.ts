/** One line of /proc/mounts or /etc/fstab. */
export interface MountLine {
  readonly device: string
  readonly path: string
  readonly type: string
  readonly options: readonly string[]
  readonly line: number
}

/** `/dev/vda / ext4 rw,relatime 0 0`: blanks in names are written \040. */
export function parseMounts(text: string): MountLine[] {
  return text.split('\n').flatMap((line, at) => {
    const [device, path, type, options] = line.trim().split(/\s+/)
    if (!device || device.startsWith('#') || !path || !type) return []
    return [{ device: plain(device), path: plain(path), type, options: (options ?? '').split(','), line: at + 1 }]
  })
}

const plain = (name: string): string =>
  name.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)))

/** The mount that holds a path: the longest that leads to it; of two on one place the later. */
export function holding<T extends { readonly path: string }>(mounts: readonly T[], path: string): T | null {
  let best: T | null = null
  for (const mount of mounts) {
    const leads = mount.path === '/' || path === mount.path || path.startsWith(`${mount.path}/`)
    if (leads && mount.path.length >= (best?.path.length ?? 0)) best = mount
  }
  return best
}
