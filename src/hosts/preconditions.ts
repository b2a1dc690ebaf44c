import { readdirSync, readFileSync } from 'node:fs'
import type { Precondition } from '../types.ts'
import type { Reply } from './gaps.ts'
import type { Resolver } from './resolve.ts'

export const PROBE_WITHHELD = 'opens something on this machine: only with --probe'

/** The kernel cuts a process's name to 15 characters. */
export const COMM_LENGTH = 15

/** `1234 (virtqemud) S 1 …` → virtqemud */
const commOf = (stat: string): string => stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))

const unlessDetail = (path: string): string => `${path} is there; asking would load another module`

/** Whether asks may be made on this machine: told from names and process lists, nothing is opened or started. */
export class Preconditions {
  readonly #resolver: Resolver
  #daemons: Set<string> | undefined

  constructor(resolver: Resolver) {
    this.#resolver = resolver
  }

  /** Null where it holds. */
  unmet(condition: Precondition): Reply | null {
    if ('path' in condition)
      return this.#there(condition.path) ? null : { gap: 'withheld', detail: `${condition.path} is not there` }
    if ('module' in condition) {
      const other = condition.unless?.find((path) => this.#there(path))
      if (other !== undefined) return { gap: 'withheld', detail: unlessDetail(other) }
      const loaded = this.#there(`/sys/module/${condition.module}`)
      return loaded
        ? null
        : { gap: 'withheld', detail: `module ${condition.module} is not loaded; asking would load it` }
    }
    this.#daemons ??= runningProcesses()
    const runs = condition.daemon.some((name) => this.#daemons!.has(name.slice(0, COMM_LENGTH)))
    return runs
      ? null
      : { gap: 'withheld', detail: `${condition.daemon.join(' or ')} does not run; asking would start it or hang` }
  }

  #there(path: string): boolean {
    return 'path' in this.#resolver.resolve(path)
  }
}

function runningProcesses(): Set<string> {
  const names = new Set<string>()
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue
    try {
      names.add(commOf(readFileSync(`/proc/${pid}/stat`, 'utf8')))
    } catch {
      // It ended meanwhile.
    }
  }
  return names
}
