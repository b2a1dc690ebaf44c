import { command, file } from '../../evidence/ask.ts'
import type { Evidence } from '../../evidence/evidence.ts'
import { locate } from '../../evidence/locate.ts'
import { all, isUnknown, map } from '../../evidence/result.ts'
import { parseDf } from '../../parse/df.ts'
import { holding, parseMounts } from '../../parse/mount-table.ts'
import type { Unknown } from '../../types.ts'
import { number, object, string } from '../schema.ts'

export const roomAsks = {
  mounts: file('/proc/mounts'),
  df: command(['df', '-klP'], { if: { path: '/proc/self/stat' } }),
} as const

export const roomSchema = object(
  {
    mount: string('Where the file system is mounted'),
    promised: number('bytes', 'What raw images of guests on it may still grow by'),
    available: number('bytes', 'What users may still fill'),
  },
  'One local file system with sparse images',
)

interface Image {
  readonly path: string
  readonly format: string
  readonly prefix: string
  readonly readonly: boolean
  readonly size: number | null | Unknown
  readonly allocated: number | null | Unknown
}

/** Only of a raw image is the size of the file that of the disk. */
const isRaw = ({ format, prefix, readonly }: Image): boolean =>
  !readonly && (format === 'raw' || (format === '' && /^(file|tap2?:aio|aio)$/.test(prefix)))

/** File systems on which sparse images lie, each once. What lies on a server is left out. */
export function rooms(evidence: Evidence, disks: readonly Image[]) {
  const tables = all(
    map(evidence.text(roomAsks.mounts), parseMounts),
    map(evidence.output(roomAsks.df), ({ stdout }) => parseDf(stdout)),
  )
  return map(tables, ([mounts, lines]) => {
    const images = new Map(disks.filter(isRaw).map((image) => [image.path, image]))
    const stores = new Map<string, { promised: number; available: number; gap: Unknown | null }>()
    for (const { path, size, allocated } of images.values()) {
      if (size === null || allocated === null) continue
      const mount = holding(mounts, path)?.path
      const line = lines.find((one) => one.path === mount)
      if (mount === undefined || !line) continue
      const store = stores.get(mount) ?? { promised: 0, available: line.free * 1024, gap: null }
      const gap = isUnknown(size) ? size : isUnknown(allocated) ? allocated : null
      const more = isUnknown(size) || isUnknown(allocated) ? 0 : Math.max(0, size - allocated)
      stores.set(mount, { ...store, promised: store.promised + more, gap: store.gap ?? gap })
    }
    return [...stores].map(([mount, { promised, available, gap }]) =>
      locate({ mount, promised: gap ?? promised, available }, { ask: 'df -klP' }),
    )
  })
}
