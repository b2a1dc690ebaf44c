import type { Answer } from '../types.ts'

export interface Progress {
  readonly onAnswer: (answer: Answer) => void
  readonly stop: () => void
}

/** A spinner with a count, on a terminal only. */
export async function startProgress(what: string): Promise<Progress | null> {
  if (!process.stderr.isTTY) return null
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
