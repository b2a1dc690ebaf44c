import type { CommandOutput, Evidence, Member } from '../../evidence/evidence.ts'
import { isUnknown, known, unknown } from '../../evidence/result.ts'
import type { Ask, Result, Unknown } from '../../types.ts'
import { namedPaths } from '../guests/paths.ts'
import { object, string } from '../schema.ts'

/** An image may lie behind a symbolic link anywhere on its way. */
export const realPathAsks = {
  realPaths: {
    each: namedPaths as { command: readonly [string, ...string[]] },
    ask: { command: ['readlink', '-f', '{}'] },
    timeoutMs: 4000,
  },
} as const satisfies Readonly<Record<string, Ask>>

export const realPathSchema = object(
  {
    path: string('/var/lib/libvirt/images/web1.img'),
    real: string('The same without symbolic links; "" where it is not there'),
  },
  'One path that a definition of a guest names',
)

export interface RealPath {
  readonly path: string
  readonly real: string
}

/** `/mnt/images/web1.img`; nothing, and exit 1, where a folder on the way is not there. */
export function realPathsOf(evidence: Evidence): Result<readonly (RealPath | Unknown)[]> {
  const members: Result<readonly Member<CommandOutput>[]> = evidence.outputs(realPathAsks.realPaths)
  if (!members.ok) return members.gap === 'absent' ? known([]) : members
  return known(
    members.value.map(({ name, result }) => {
      if (!result.ok) return result
      const real = result.value.stdout.replace(/\n$/, '')
      if (real.startsWith('/')) return { path: name, real }
      return result.value.exit === 1
        ? { path: name, real: '' }
        : unknown('malformed', 'readlink -f', real.slice(0, 200))
    }),
  )
}

const maps = new WeakMap<readonly (RealPath | Unknown)[], ReadonlyMap<string, string>>()

/** Made once for each host: a thousand guests ask for it. */
function realOf(list: readonly (RealPath | Unknown)[]): ReadonlyMap<string, string> {
  const made = maps.get(list) ?? new Map(list.flatMap((one) => (isUnknown(one) ? [] : [[one.path, one.real] as const])))
  maps.set(list, made)
  return made
}

/** Where a path really leads; not known where nobody looked. */
export function realPath(path: string, list: readonly (RealPath | Unknown)[]): Result<string> {
  const real = realOf(list).get(path)
  if (real === undefined) return list.find(isUnknown) ?? unknown('not-recorded', `readlink -f ${path}`)
  return real === '' ? unknown('absent', `readlink -f ${path}`) : known(real)
}
