import type { BundleWriter } from '../../bundle/writer.ts'
import { askKey, withPath } from '../../evidence/ask.ts'
import type { Answer, Host, Question } from '../../types.ts'
import type { Plan } from './plan.ts'
import { withoutOlder } from './since.ts'

export interface RecordOptions {
  /** Older lines of logs are left out. */
  readonly since?: Date | undefined
  readonly onAnswer?: ((answer: Answer) => void) | undefined
}

/** What a run has of a machine so far. */
export interface Recorded {
  /** As the writer kept them. */
  readonly kept: Answer[]
  /** Not written yet: the writer has to see all before it can choose, or rename. */
  readonly held: Answer[]
}

/** Asks for facts, then for logs. `take` writes an answer at once, or holds it. */
export async function record(
  host: Host,
  plan: Plan,
  take: (answer: Answer) => void,
  { since, onAnswer }: RecordOptions,
): Promise<void> {
  const now = host.at ?? new Date()
  const logs = new Set(plan.onlyLogs)
  const seen = (answer: Answer): void => {
    onAnswer?.(answer)
    if (logs.has(answer.key)) for (const key of membersOf(answer)) logs.add(key)
    take(since && logs.has(answer.key) ? withoutOlder(answer, since, now) : answer)
  }
  const answered = new Set((await host.answer(plan.facts, seen)).map(({ key }) => key))
  await host.answer(
    plan.logs.filter((ask) => !answered.has(askKey(ask))),
    seen,
  )
}

/** Of a glob of logs, the logs. */
function membersOf(answer: Answer): string[] {
  if (!answer.ok || answer.data.kind !== 'expands') return []
  const question = JSON.parse(answer.key) as Question
  return 'file' in question ? answer.data.values.map((path) => askKey(withPath(question, path))) : []
}

/** Small ones first, logs last; those that are as large, in the order of their questions, so that two runs choose alike. */
export function bySize(answers: readonly Answer[], logs: ReadonlySet<string>): Answer[] {
  const weigh = (answer: Answer) => ({ answer, log: logs.has(answer.key), size: sizeOf(answer) })
  return answers
    .map(weigh)
    .sort((a, b) => Number(a.log) - Number(b.log) || a.size - b.size || (a.answer.key < b.answer.key ? -1 : 1))
    .map(({ answer }) => answer)
}

function sizeOf(answer: Answer): number {
  if (!answer.ok) return 0
  const { data } = answer
  return data.kind === 'file' ? data.text.length : data.kind === 'command' ? data.stdout.length + data.stderr.length : 0
}

/** Writes what was held, in order. */
export function writeHeld(writer: BundleWriter, held: readonly Answer[], kept: Answer[]): void {
  for (const answer of held) {
    const written = writer.add(answer)
    if (written) kept.push(written)
  }
}
