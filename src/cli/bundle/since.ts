import { parseLogLine } from '../../parse/log-line.ts'
import { type Answer, UserError } from '../../types.ts'

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 }
/** A log without zones may be that far off. */
const UNZONED_MS = 14 * 3_600_000

/** `90m`, `36h`, `2d`, `1w` before `now`; or a date, `2026-11-20` or `2026-11-20T09:31:00Z`. */
export function parseSince(text: string, now: Date): Date {
  const duration = /^(\d{1,6})([mhdw])$/.exec(text)
  if (duration) return new Date(now.getTime() - Number(duration[1]) * UNITS[duration[2]!]!)
  const date = /^\d{4}-\d\d-\d\d/.test(text) ? new Date(text) : new Date(NaN)
  if (Number.isNaN(date.getTime()))
    throw new UserError(
      `--since ${text}: neither a duration nor a date`,
      'For example: 2d, 36h, 2026-11-20, 2026-11-20T09:31:00Z',
    )
  return date
}

/** A log without its lines from before `since`. That some are gone is told: its silence then proves nothing. */
export function withoutOlder(answer: Answer, since: Date, now: Date): Answer {
  if (!answer.ok) return answer
  const { data } = answer
  if (data.kind !== 'file' && data.kind !== 'command') return answer
  const whole = data.kind === 'file' ? data.text : data.stdout
  const text = newerLines(whole, since.getTime(), now.getTime())
  if (text === whole) return answer
  const cut = { truncated: true as const }
  return { ...answer, data: data.kind === 'file' ? { ...data, text, ...cut } : { ...data, stdout: text, ...cut } }
}

/** Logs are in the order of time: all from the first line on that is new enough. Lines without a time go with what stands before them. */
function newerLines(text: string, since: number, now: number): string {
  let begin = 0
  let older = false
  for (const line of text.split('\n')) {
    const { time } = parseLogLine(line, now)
    if (time && 'sinceBoot' in time) return text
    if (time && time.at >= since - (time.zoned ? 0 : UNZONED_MS)) return older ? text.slice(begin) : text
    older ||= time !== undefined
    begin += line.length + 1
  }
  return older ? '' : text
}
