import type { Finding, FixStep } from '../types.ts'
import type { Cell, Row } from './matrix.ts'

/** What would have to be done, and how many cells only wait for it. */
export interface Change {
  readonly finding: Finding
  readonly target: number
  readonly step: FixStep
  /** Guests that this alone would let go there. */
  readonly guests: readonly string[]
}

/** From what hurts nobody to what hurts everybody; texts of rules say it in words. */
const INTERRUPTION: readonly RegExp[] = [/^nothing/, /guest/, /network/, /host|reboot/]
const UNSAID = 1

const cost = ({ interrupts }: FixStep): number => {
  const place = interrupts === undefined ? UNSAID : INTERRUPTION.findIndex((word) => word.test(interrupts))
  return place === -1 ? UNSAID : place
}

/** The step that mends it where it is, and interrupts least; commands that only look mend nothing. */
export function cheapestStep({ fix }: Finding): FixStep | undefined {
  const mending = fix.filter((step) => !('run' in step) && !step.elsewhere)
  return mending.sort((a, b) => cost(a) - cost(b))[0]
}

/** Cells that one thing stands in the way of: what turns most of them green comes first. */
export class Changes {
  readonly #found = new Map<string, Change & { readonly guests: string[] }>()

  add({ guest, cells }: Pick<Row, 'guest' | 'cells'>): void {
    for (const { target, problems, undecided } of cells) {
      const [finding] = problems
      const step = finding && cheapestStep(finding)
      if (!step || problems.length > 1 || undecided.length > 0) continue
      const key = JSON.stringify([finding.rule, target, step])
      const known = this.#found.get(key)
      if (known) known.guests.push(guest)
      else this.#found.set(key, { finding, target, step, guests: [guest] })
    }
  }

  all(): Change[] {
    return [...this.#found.values()].sort((a, b) => b.guests.length - a.guests.length || cost(a.step) - cost(b.step))
  }
}

const errors = ({ problems }: Cell): number => problems.filter(({ severity }) => severity === 'error').length

/** Where a guest could go with the least to do: fewest errors, then fewest warnings, then fewest questions. */
export const nearestCell = ({ cells }: Pick<Row, 'cells'>): Cell | undefined =>
  [...cells].sort(
    (a, b) => errors(a) - errors(b) || a.problems.length - b.problems.length || a.undecided.length - b.undecided.length,
  )[0]
