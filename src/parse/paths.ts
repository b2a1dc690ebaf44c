import type { CommandOutput, Member } from '../evidence/evidence.ts'
import { known, map, unknown } from '../evidence/result.ts'
import type { Result, Stat } from '../types.ts'
import { parseLs } from './ls.ts'

/** What `ls -ldnskL` tells: the status behind links, and the space that it takes up. Null where nothing is there. */
export type PathStatus = (Stat & { readonly allocated: number }) | null

/** Looks up what `ls` said of each path. A path that was not asked for is `not-recorded`. */
export class Paths {
  readonly #members: Result<ReadonlyMap<string, Result<CommandOutput>>>

  constructor(members: Result<readonly Member<CommandOutput>[]>) {
    this.#members = map(members, (list) => new Map(list.map(({ name, result }) => [name, result])))
  }

  status(path: string): Result<PathStatus> {
    if (!this.#members.ok) return this.#members
    const said = this.#members.value.get(path)
    return said ? statusOf(said, path) : unknown('not-recorded', `ls ${path}`)
  }

  /** False for "" and names without a path: then there is nothing to look for. */
  missing(path: string): Result<boolean> {
    return path.startsWith('/') ? map(this.status(path), (status) => status === null) : known(false)
  }
}

/** `12 -rw-r--r-- 1 0 0 8192 Nov 20 06:37 /srv/web1.img`: blocks of 1,024 bytes come first. */
function statusOf(said: Result<CommandOutput>, path: string): Result<PathStatus> {
  if (!said.ok) return said
  const { stdout, stderr, exit } = said.value
  const ask = `ls ${path}`
  if (exit !== 0) {
    if (/No such file|Not a directory/.test(stderr)) return known(null, ...said.from)
    return unknown(/ermission denied/.test(stderr) ? 'denied' : 'malformed', ask, stderr.trim().slice(0, 200))
  }
  return map(said, () => {
    const [, blocks, rest] = /^\s*(\d+)\s+(.*)$/m.exec(stdout) ?? []
    if (rest === undefined) throw new Error(`not a line of ls -ldnsk: ${stdout.slice(0, 80)}`)
    return { ...parseLs(rest), allocated: Number(blocks) * 1024 }
  })
}
