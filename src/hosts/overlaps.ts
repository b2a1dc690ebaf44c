import { isGlob, pathOf } from '../evidence/ask.ts'
import type { Ask } from '../types.ts'

/** One ask for a path or for what a glob matches. `name`: `file /etc/xen/*` */
interface PathAsk {
  readonly kind: string
  readonly path: string
  readonly glob: RegExp | null
}

const asRegExp = (glob: string): RegExp =>
  new RegExp(
    `^${glob
      .replace(/[.+^$(){}|]/g, '\\$&')
      .replaceAll('*', '[^/]*')
      .replaceAll('?', '[^/]')}$`,
  )

function pathAsk(ask: Ask): PathAsk | null {
  const path = 'each' in ask ? undefined : pathOf(ask)
  if (path === undefined) return null
  const kind = ['file', 'link', 'list', 'stat'].find((name) => name in ask)!
  return { kind, path, glob: isGlob(path) ? asRegExp(path) : null }
}

/** Which globs may match what is asked for otherwise, too: a shell has to look before it asks again, and that takes time. */
export class Overlaps {
  /** Paths that are asked for by name: `stat /var/log/journal`. */
  readonly fixed: readonly string[]
  readonly #asks: readonly PathAsk[]

  constructor(asks: readonly Ask[]) {
    this.#asks = asks.flatMap((ask) => pathAsk(ask) ?? [])
    const plain = asks.filter((ask) => ask.if === undefined && !ask.probe).flatMap((ask) => pathAsk(ask) ?? [])
    this.fixed = plain
      .filter((one) => one.glob === null && this.#asks.some((other) => other.glob && meet(other, one)))
      .map(({ kind, path }) => `${kind} ${path}`)
  }

  has(ask: Ask): boolean {
    const one = pathAsk(ask)
    return one?.glob != null && this.#asks.some((other) => other.path !== one.path && meet(one, other))
  }
}

/** Whether both may lead to the same path: one matches the other's path, with any name in the place of its own asterisks. */
const meet = (one: PathAsk, other: PathAsk): boolean =>
  one.kind === other.kind &&
  (one.glob?.test(example(other.path)) === true || other.glob?.test(example(one.path)) === true)

const example = (path: string): string =>
  path
    .replace(/\[([^\]])[^\]]*\]/g, '$1')
    .replaceAll('*', 'x')
    .replaceAll('?', 'x')
