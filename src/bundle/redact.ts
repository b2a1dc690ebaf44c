import { type Secret, SECRETS } from './secrets.ts'
import { SUSPECTS } from './suspects.ts'

export const REDACTED = 'REDACTED'

/** A bracket of POSIX, as JavaScript writes it: there `]` first and the backslash are letters like others. */
const toJs = (ere: string): string =>
  ere.replace(/\[(\^?)(\]?)([^\]]*)\]/g, (_, not: string, first: string, rest: string) => {
    return `[${not}${first && '\\]'}${rest.replaceAll('\\', '\\\\').replaceAll('[', '\\[')}]`
  })

/** The same for sed: an expression each. */
export const sedExpressions: readonly string[] = SECRETS.map(({ match, tail, unless, between }) => {
  const where = between ? `/${between.join('/,/')}/` : unless === undefined ? '' : `/${unless}/!`
  return `${where}s#${match}#\\1${REDACTED}${tail === undefined ? '' : `\\${tail}`}#g`
})

interface Compiled {
  readonly match: RegExp
  readonly tail: number
  readonly unless?: RegExp | undefined
  readonly between?: readonly [RegExp, RegExp] | undefined
}

const compile = ({ match, tail, unless, between }: Secret): Compiled => ({
  match: new RegExp(toJs(match), 'g'),
  tail: tail ?? 0,
  unless: unless === undefined ? undefined : new RegExp(toJs(unless)),
  between: between && [new RegExp(toJs(between[0])), new RegExp(toJs(between[1]))],
})

const secrets = SECRETS.map(compile)
const spans = secrets.flatMap(({ between }) => (between ? [between] : []))

/** Lines without one of these are spared the search; base64 may hide one. */
const SUSPECT = new RegExp(`${toJs(SUSPECTS)}|[A-Za-z0-9+/]{24}`)

/** The text with every known secret replaced, line by line as sed sees it. What is empty stays empty, so that a set password still shows as one. */
export function redact(text: string): string {
  const within = new Map<readonly [RegExp, RegExp], boolean>()
  let changed = false
  const lines = text.split('\n').map((line) => {
    const spanned = spans.filter((span) => isWithin(span, within, line))
    if (spanned.length === 0 && !SUSPECT.test(line)) return line
    const clean = redactLine(line, spanned)
    if (clean !== line) changed = true
    return clean
  })
  return changed ? lines.join('\n') : text
}

/** The first line counts; the last one is looked for from the second on, as sed does. */
function isWithin(
  span: readonly [RegExp, RegExp],
  within: Map<readonly [RegExp, RegExp], boolean>,
  line: string,
): boolean {
  const open = within.get(span)
  if (open) within.set(span, !span[1].test(line))
  else if (span[0].test(line)) within.set(span, true)
  return open === true || within.get(span) === true
}

function redactLine(line: string, spanned: readonly (readonly [RegExp, RegExp])[]): string {
  // Arguments of a process are kept apart by NULs.
  const readable = line.replaceAll('\0', '\t')
  let clean = readable
  for (const { match, tail, unless, between } of secrets) {
    if (between && !spanned.includes(between)) continue
    if (unless?.test(clean)) continue
    clean = clean.replace(match, (...groups: unknown[]) => {
      const after = tail === 0 ? '' : (groups[tail] as string)
      return `${(groups[1] as string | undefined) ?? ''}${REDACTED}${after}`
    })
  }
  clean = clean.replace(BASE64, (word) => (hidesSecret(word) ? REDACTED : word))
  return clean === readable ? line : clean
}

const BASE64 = /[A-Za-z0-9+/]{24,}={0,2}/g
const PRINTABLE = /^[\t\n\r\x20-\x7e]+$/

/** Base64 of a text, in UTF-8 or UTF-16, that holds a secret by itself: what PowerShell and cloud-init are given. sed cannot know it. */
function hidesSecret(word: string): boolean {
  const bytes = Buffer.from(word, 'base64')
  return [bytes.toString('utf8'), bytes.toString('utf16le')].some(
    (text) => PRINTABLE.test(text) && redact(text) !== text,
  )
}
