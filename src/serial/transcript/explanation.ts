import type { Finding } from '../../types.ts'
import type { Departure } from './departure.ts'
import { rankOf, type Stage } from './stages.ts'
import { type SeeMore, seeMore } from './see-more.ts'
import type { Boot } from './transcript.ts'

/** What became of one boot. */
export interface ExplainedBoot extends Boot {
  /** The last stage before it went down or was heard of no more. */
  readonly reached: Stage | null
  /** fine: it came to a login, or went down as it was told. stuck: it waits at a prompt. open: the record ends on the way. */
  readonly outcome: 'fine' | 'died' | 'stuck' | 'open'
  /** What its messages say, the gravest causes of its end first. */
  readonly findings: readonly Finding[]
  readonly seeMore: readonly SeeMore[]
}

/** A console's record, explained. */
export interface Explanation {
  readonly version: 1
  readonly vdoctor: string
  readonly record: string
  readonly lines: number
  readonly boots: readonly ExplainedBoot[]
  readonly forgotten: number
  /** Of the last boot, where another record was given to compare with. */
  readonly departure: Departure | null
}

export function explainBoot(boot: Boot, findings: readonly Finding[], lastLines: string): ExplainedBoot {
  const before = boot.stages.filter(({ stage }) => stage !== 'shutdown' && stage !== 'off')
  const reached = before.at(-1)?.stage ?? null
  const outcome = outcomeOf(boot, reached)
  return {
    ...boot,
    reached,
    outcome,
    findings,
    seeMore: outcome === 'fine' || reached === null ? [] : seeMore(reached, boot, lastLines),
  }
}

function outcomeOf({ end, prompt, stages }: Boot, reached: Stage | null): ExplainedBoot['outcome'] {
  if (end === 'crashed') return 'died'
  if (prompt !== null) return 'stuck'
  const shut = stages.some(({ stage }) => stage === 'shutdown')
  if (shut || (reached !== null && rankOf(reached) >= rankOf('login'))) return 'fine'
  return end === 'record ends' ? 'open' : 'died'
}
