import type { MoveEstimate } from '../engine/report.ts'
import { humanBytes } from '../parse/size.ts'
import { plain, wrap } from './plain.ts'
import { INDENT } from './problem.ts'

/** How long a migration would take, and what that rests on. */
export function moveLines(move: MoveEstimate, width: number): string {
  const text = [...sentences(move), `This assumes: ${move.assumes.map(plain).join('; ')}.`].join(' ')
  const lines = wrap(text, width - INDENT.length).map((line) => INDENT + line)
  return `MOVE     ${lines.join('\n').trimStart()}`
}

function sentences({ bytes, megabits, onePassSeconds, seconds, downtimeSeconds, converges }: MoveEstimate): string[] {
  const once = `${humanBytes(bytes)} over ${megabits} Mbit/s take ${time(onePassSeconds)} for one pass.`
  if (converges === null) return [once]
  if (seconds === null)
    return [
      once,
      'The guest changes its memory as fast as the line sends it: the migration would never end by itself. virsh migrate has --auto-converge, ' +
        '--postcopy and --timeout for that.',
    ]
  const all = `All of it takes about ${time(seconds)}, and the guest stands still for about ${time(downtimeSeconds!)}.`
  return converges ? [once, all] : [once, all, 'It changes its memory too fast for less.']
}

const MINUTE = 60
const HOUR = 3600

/** 0.3 s, 36 s, 4 min, 2.5 h */
function time(seconds: number): string {
  if (seconds < 0.1) return 'less than 0.1 s'
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`
  if (seconds < 2 * MINUTE) return `${Math.round(seconds)} s`
  if (seconds < 2 * HOUR) return `${Math.round(seconds / MINUTE)} min`
  return `${Number((seconds / HOUR).toFixed(1))} h`
}
