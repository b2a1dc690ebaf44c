import type { Evidence } from '../../evidence/evidence.ts'
import { isUnknown, known, unknown } from '../../evidence/result.ts'
import type { Ask, Result, Unknown } from '../../types.ts'
import { namedPaths } from '../guests/paths.ts'
import { object, string } from '../schema.ts'

/** Folders above a file that are looked at: /var/lib/libvirt/images/web/1.img has six parts. */
const DEPTH = 6

/** Each part of the way to a file that a definition names, as it may be a symbolic link: /var, /var/lib, /var/lib/xen … */
export const wayAsks = Object.fromEntries(
  Array.from({ length: DEPTH }, (_, index): [string, Ask] => [
    `way${index + 1}`,
    {
      each: namedPaths as { command: readonly [string, ...string[]] },
      pick: Array<string>(index + 1)
        .fill('[^/]+')
        .join('/'),
      ask: { link: '/{}' },
      timeoutMs: 4000,
    },
  ]),
)

export const waySchema = object(
  { path: string('/var/lib/libvirt/images'), target: string('Where the link leads; "" where it is none') },
  'One folder or file on the way to what a definition names',
)

export interface Way {
  readonly path: string
  readonly target: string
}

/** What is no link cannot be read as one, which is the gap `malformed`; what is not there leads nowhere else. */
export const waysOf = (evidence: Evidence): Result<readonly (Way | Unknown)[]> =>
  known(
    Object.values(wayAsks).flatMap((ask): (Way | Unknown)[] => {
      const members = evidence.links(ask)
      if (!members.ok) return members.gap === 'absent' ? [] : [members]
      return members.value.map(({ name, result }) => {
        if (result.ok) return { path: `/${name}`, target: result.value }
        return result.gap === 'malformed' || result.gap === 'absent' ? { path: `/${name}`, target: '' } : result
      })
    }),
  )

const maps = new WeakMap<readonly (Way | Unknown)[], ReadonlyMap<string, string>>()

/** Made once for each host: a thousand guests ask for it. */
function linksOf(ways: readonly (Way | Unknown)[]): ReadonlyMap<string, string> {
  const made =
    maps.get(ways) ?? new Map(ways.flatMap((way) => (isUnknown(way) ? [] : [[way.path, way.target] as const])))
  maps.set(ways, made)
  return made
}

/** Where a file really lies, as far as the first link on its way; `linked` says that there was one. Not known where a part was not looked at. */
export function follow(path: string, ways: readonly (Way | Unknown)[]): Result<{ path: string; linked: boolean }> {
  const leads = linksOf(ways)
  const parts = path.split('/').filter(Boolean)
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const prefix = `/${parts.slice(0, depth).join('/')}`
    const target = leads.get(prefix)
    if (target === undefined) return ways.find(isUnknown) ?? unknown('not-recorded', prefix)
    if (target !== '')
      return known({ path: joined(target, parts.slice(0, depth - 1), parts.slice(depth)), linked: true })
  }
  return known({ path, linked: false })
}

/** `../mnt/images` seen from /var/lib, and what follows behind it. */
function joined(target: string, folder: readonly string[], rest: readonly string[]): string {
  const parts = target.startsWith('/') ? [] : [...folder]
  for (const part of [...target.split('/'), ...rest])
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  return `/${parts.join('/')}`
}
