import { globPart, type Limits } from '../archive/contents.ts'
import type { Wanted } from '../archive/tar.ts'
import { DEFAULT_MAX_BYTES, pathOf } from '../evidence/ask.ts'
import type { Ask, Question } from '../types.ts'
import { RECORDED } from './foreign/commands.ts'
import { bugtoolName, manglings } from './foreign/mangle.ts'

/** A bundle was made of answers, which have their limits already. */
const BUNDLE = /^(\/[^/]+)?\/(manifest\.jsonl$|files\/|commands\/|others\/)/
const BUNDLE_LIMITS: Limits = { maxBytes: 32 << 20, fromEnd: false }

/** What other programs' archives are recognised by, and where they tell many things in one file. */
const TELLING =
  /\/(sos_reports\/manifest\.json|inventory\.xml|(insights_commands|rpm)\/[^/]*rpm_[^/]*-qa[^/]*|(basic-[\w-]+|boot|crash|env|fs-diskio|hardware|kvm|memory|messages|modules|mpio|network|ntp|rpm|systemd|xen)\.txt)$/
const TELLING_LIMITS: Limits = { maxBytes: 16 << 20, fromEnd: false }
const TAILED = '.tailed'

/** What these asks can want of an archive, which may hold all in a folder. */
export function wantedBy(asks: readonly Ask[]): Wanted {
  const named = new Map<string, Limits>()
  const matching: { pattern: RegExp; limits: Limits }[] = []
  const tails: { pattern: RegExp; limits: Limits }[] = []
  for (const ask of asks) {
    const path = fileOf(ask)
    if (path === null) continue
    const limits = { maxBytes: ask.maxBytes ?? DEFAULT_MAX_BYTES.file, fromEnd: ask.fromEnd ?? false }
    if (/[*?[]/.test(path)) matching.push({ pattern: pathPattern(path, '/'), limits })
    else named.set(path, larger(named.get(path), limits))
    if (limits.fromEnd) tails.push({ pattern: pathPattern(path, '\\.'), limits })
  }
  const asked = (path: string): Limits | null =>
    matching.reduce<Limits | null>(
      (limits, one) => (one.pattern.test(path) ? larger(limits, one.limits) : limits),
      named.get(path) ?? null,
    )
  const outputs = new Set(RECORDED.flatMap((command) => [...manglings(command), bugtoolName(command)]))
  return (path) => {
    if (BUNDLE.test(path)) return BUNDLE_LIMITS
    const name = path.slice(path.lastIndexOf('/') + 1)
    // `/sos_strings/logs/var.log.messages.tailed`
    if (name.endsWith(TAILED))
      return tails.find(({ pattern }) => pattern.test(`.${name.slice(0, -TAILED.length)}`))?.limits ?? null
    // Before sos 2.0 the name began with that of the plugin: `kernel.uname_-a`
    if (outputs.has(name) || outputs.has(name.slice(name.indexOf('.') + 1)) || TELLING.test(path)) return TELLING_LIMITS
    const second = path.indexOf('/', 1)
    const third = path.indexOf('/', second + 1)
    return (
      asked(path) ?? (second < 0 ? null : (asked(path.slice(second)) ?? (third < 0 ? null : asked(path.slice(third)))))
    )
  }
}

/** The file that an ask reads; the `{}` of an `each` can be anything. */
function fileOf(ask: Ask): string | null {
  const question: Question = 'each' in ask ? ask.ask : ask
  return 'file' in question ? pathOf(question)!.replaceAll('{}', '*') : null
}

/** Two asks may want the same file; one of them its end only. */
const larger = (one: Limits | null | undefined, other: Limits): Limits =>
  one ? { maxBytes: Math.max(one.maxBytes, other.maxBytes), fromEnd: one.fromEnd || other.fromEnd } : other

function pathPattern(glob: string, between: string): RegExp {
  const parts = glob
    .split('/')
    .slice(1)
    .map((part) => globPart(part).source.slice(1, -1))
  return new RegExp(`^${between}${parts.join(between)}$`)
}
