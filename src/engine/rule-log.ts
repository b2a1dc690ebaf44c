import { capturesOf, literalsOf, LONGEST_LITERAL, patternFault, SHORTEST_LITERAL } from '../signatures/pattern.ts'
import { DEFAULT_CONTEXT_LINES, type LogContext, type LogPattern, type Signature } from '../signatures/signature.ts'
import type { LogFile } from './rule-schema.ts'

type ContextFile = Exclude<LogFile['then'], readonly unknown[] | undefined>

/** Reads the `log` part of a rule file. Throws with a sentence where a pattern cannot be used. */
export function readSignature(log: LogFile): Signature {
  return {
    in: log.in,
    match: patternsOf(log.match, log.anchor),
    context: [
      ...contexts(log.before, 'before'),
      ...contexts(log['not-before'], 'before', true),
      ...contexts(log.then, 'then'),
      ...contexts(log['not-then'], 'then', true),
    ],
  }
}

/** Names of all captures: what `{log.NAME}` may say. */
export const captureNames = ({ match, context }: Signature): string[] => [
  ...new Set([...match, ...context.flatMap((one) => one.match)].flatMap(({ regexp }) => capturesOf(regexp))),
]

function contexts(given: LogFile['then'], side: LogContext['side'], absent?: true): LogContext[] {
  const list = given === undefined ? [] : ([given].flat() as ContextFile[])
  return list.map(({ match, anchor, lines, seconds }) => ({
    side,
    match: patternsOf(match, anchor),
    lines: lines === undefined ? DEFAULT_CONTEXT_LINES : Number(lines),
    ...(seconds === undefined ? {} : { seconds: Number(seconds) }),
    ...(absent && { absent }),
  }))
}

/** Authors may name the literals themselves, where what vdoctor would choose stands in every second line. */
function patternsOf(match: string | readonly string[], anchor?: string | readonly string[]): LogPattern[] {
  const named = anchor === undefined ? null : [anchor].flat().map((text) => text.toLowerCase())
  for (const literal of named ?? []) {
    if (literal.length < SHORTEST_LITERAL || literal.length > LONGEST_LITERAL || /[^\u0020-\u007e]/.test(literal))
      throw new Error(`an anchor has ${SHORTEST_LITERAL} to ${LONGEST_LITERAL} plain characters: ${literal}`)
  }
  return [match].flat().map((regexp) => {
    const fault = patternFault(regexp)
    if (fault !== null) throw new Error(`${fault}: ${regexp}`)
    const literals = named ?? literalsOf(regexp)
    if (!literals)
      throw new Error(
        `no text of ${SHORTEST_LITERAL} letters is in every line that this matches, so it cannot be looked for quickly: ${regexp}`,
      )
    return { regexp, literals }
  })
}
