import type { LogContext, LogPattern, Signature } from '../signatures/signature.ts'

interface SignatureMutant {
  readonly what: string
  readonly log: Signature
}

/**
 * Small mistakes in what a rule looks for: one of several messages forgotten; a message recognised by its literal alone; a context
 * forgotten, or looked for one line short; messages of every kind of log taken for its own.
 */
export function signatureMutants(log: Signature): SignatureMutant[] {
  return [
    ...without(log.match).map(({ gone, rest }) => ({ what: `forgot ${gone.regexp}`, log: { ...log, match: rest } })),
    ...log.match.flatMap((one, index) =>
      onlyLiteral(one).map((loose) => ({
        what: `looks only for "${one.literals.join('" or "')}"`,
        log: { ...log, match: log.match.with(index, loose) },
      })),
    ),
    ...log.context.flatMap((one, index) => contextMutants(log, one, index)),
    ...(log.in.length > 0 ? [{ what: `looks beyond ${log.in.join(', ')}`, log: { ...log, in: [] } }] : []),
  ]
}

function without(patterns: readonly LogPattern[]): { gone: LogPattern; rest: LogPattern[] }[] {
  if (patterns.length < 2) return []
  return patterns.map((gone) => ({ gone, rest: patterns.filter((one) => one !== gone) }))
}

/** Not where the pattern is plain text: then little is loosened. */
function onlyLiteral({ regexp, literals }: LogPattern): LogPattern[] {
  if (!/[\\^$.*+?()[\]{}|]/.test(plainText(regexp))) return []
  const loose = literals.map((literal) => literal.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|')
  const anyCase = loose.replace(/(\\.)|[a-z]/g, (char, escaped?: string) =>
    escaped ? char : `[${char}${char.toUpperCase()}]`,
  )
  return [{ regexp: anyCase, literals }]
}

/** Without escaped punctuation: `(2\)\.` → `(2` */
const plainText = (regexp: string): string => regexp.replace(/\\\W/g, '')

function contextMutants(log: Signature, context: LogContext, index: number): SignatureMutant[] {
  const dropped = { ...log, context: log.context.filter((_, at) => at !== index) }
  const variants = without(context.match).map(({ gone, rest }) => ({
    what: `forgot ${gone.regexp}`,
    log: { ...log, context: log.context.with(index, { ...context, match: rest }) },
  }))
  return [{ what: `forgot what stands ${context.side} it`, log: dropped }, ...variants]
}
