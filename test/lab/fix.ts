import type { Finding, FixStep } from '../../src/types.ts'
import { type Machine, quote, type Step } from './machine.ts'

/** Carries out what a rule printed, word for word; NAMES that it leaves to the reader are filled in. */
export async function fix(
  machine: Machine,
  rule: string,
  names: Readonly<Record<string, string>>,
  broken: readonly Finding[],
  failures: string[],
): Promise<void> {
  const findings = broken.filter((one) => one.rule === rule)
  const steps = findings.flatMap((one) => one.fix)
  if (steps.every((step) => 'do' in step)) failures.push(`${rule} printed no step to carry out`)
  const fill = (word: string): string =>
    Object.entries(names).reduce((text, [name, by]) => text.replaceAll(name, by), word)
  for (const step of steps) {
    const { words, wrong } = carriedOut(step, fill)
    if (!words) continue
    const said = await machine.run(words, 120)
    if (wrong(said.status))
      failures.push(`${rule}: ${JSON.stringify(step)} ended with ${said.status}: ${said.stderr.trim()}`)
  }
}

const NOT_THERE = [124, 126, 127, 137]

function carriedOut(
  step: FixStep,
  fill: (word: string) => string,
): { words?: Step; wrong: (status: number) => boolean } {
  if ('run' in step)
    return { words: step.run.map(fill) as unknown as Step, wrong: (status) => NOT_THERE.includes(status) }
  const wrong = (status: number): boolean => status !== 0
  if ('append' in step)
    return {
      words: {
        sh: `f=${quote(step.edit)}; [ -z "$(tail -c1 "$f")" ] || echo >>"$f"; printf '%s\\n' ${quote(fill(step.append))} >>"$f"`,
      },
      wrong,
    }
  if ('replace' in step)
    return { words: ['node', '/tool/edit.cjs', step.edit, fill(step.replace), fill(step.with)], wrong }
  return { wrong }
}
