import type { Gap, Known, Result, Source, Unknown } from '../types.ts'

export const known = <T>(value: T, ...from: Source[]): Known<T> => ({ ok: true, value, from })

export const unknown = (gap: Gap, ask: string, detail?: string): Unknown =>
  detail === undefined ? new Missing(gap, ask) : new Missing(gap, ask, detail)

/** A class, so that a gap is told from a value of any shape. */
class Missing implements Unknown {
  readonly ok = false
  constructor(
    readonly gap: Gap,
    readonly ask: string,
    readonly detail?: string,
  ) {}
}

export const isUnknown = (value: unknown): value is Unknown => value instanceof Missing

/** Applies a parser. What it throws is the gap `malformed`: a parser that gives up says so by throwing. */
export function map<T, U>(result: Result<T>, parse: (value: T, from: readonly Source[]) => U): Result<U> {
  if (!result.ok) return result
  try {
    return { ok: true, value: parse(result.value, result.from), from: result.from }
  } catch (error) {
    return unknown('malformed', result.from[0]?.ask ?? '', (error as Error).message)
  }
}

/** As `map`, for a parser that may itself answer with a gap. */
export function chain<T, U>(result: Result<T>, next: (value: T) => Result<U>): Result<U> {
  if (!result.ok) return result
  const answer = next(result.value)
  return answer.ok ? { ...answer, from: [...result.from, ...answer.from] } : answer
}

/** Known only where all are; the first gap otherwise. */
export function all<const T extends readonly Result<unknown>[]>(
  ...results: T
): Result<{ -readonly [K in keyof T]: T[K] extends Result<infer V> ? V : never }> {
  const gap = results.find((result) => !result.ok)
  if (gap) return gap as Unknown
  const values = results.map((result) => (result as Known<unknown>).value)
  return { ok: true, value: values as never, from: results.flatMap((result) => (result as Known<unknown>).from) }
}

/** Sources of one fact, best first. A lower one speaks only where each higher one is `absent`: else deleting one answer would flip a verdict. */
export function ranked<T>(...results: readonly [Result<T>, ...Result<T>[]]): Result<T> {
  return results.find((result) => result.ok || result.gap !== 'absent') ?? results[results.length - 1]!
}

/** `absent` is itself a value: a missing file that means the default. */
export function absentAs<T>(result: Result<T>, value: T): Result<T> {
  return !result.ok && result.gap === 'absent' ? known(value, { ask: result.ask }) : result
}

/** For a field inside a value: the value, or the gap. */
export const orGap = <T>(result: Result<T>): T | Unknown => (result.ok ? result.value : result)
