import type { Answer } from '../types.ts'

export interface Progress {
  readonly onAnswer: (answer: Answer) => void
  readonly stop: () => void
}

/** A serial console tells no width (0), and the spinner would then clear lines without end. */
const NARROWEST = 20

/** A spinner with a count, on a terminal only. */
export async function startProgress(what: string): Promise<Progress | null> {
  if (!process.stderr.isTTY || (process.stderr.columns ?? 0) < NARROWEST) return null
  const { default: ora } = await import('ora')
  const spinner = ora({ text: what, discardStdin: false }).start()
  let done = 0
  return {
    onAnswer: () => {
      spinner.text = `${what}: ${++done} answers`
    },
    stop: () => void spinner.stop(),
  }
}
