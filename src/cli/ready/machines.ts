import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { limiter } from '../../hosts/limiter.ts'
import type { Side } from '../../migration/guest.ts'
import { openSide } from './side.ts'

const AT_ONCE = 4
/** What makes a folder itself a machine. */
const MACHINE = ['manifest.jsonl', 'proc', 'sys', 'etc']

/** Machines as they are named, and those in folders that are none themselves. */
const named = (names: readonly string[]): string[] =>
  names.flatMap((name) => {
    const folder = statSync(name, { throwIfNoEntry: false })?.isDirectory() === true
    if (!folder || MACHINE.some((inside) => existsSync(join(name, inside)))) return [name]
    const inside = readdirSync(name).filter((entry) => !entry.startsWith('.'))
    return inside.sort().map((entry) => join(name, entry))
  })

/** Reads all of them; one that cannot be read does not keep the others from their places. */
export async function openSides(
  names: readonly string[],
): Promise<{ readonly sides: readonly Side[]; readonly errors: readonly Error[] }> {
  const oneOf = limiter(AT_ONCE)
  const results = await Promise.allSettled(named(names).map((name) => oneOf(() => openSide(name))))
  return {
    sides: results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
    errors: results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : [])),
  }
}
