import { setImmediate } from 'node:timers/promises'
import type { Rule } from '../../engine/rule.ts'
import { cpuSets } from '../../migration/cpu/sets.ts'
import type { Side } from '../../migration/guest.ts'
import { matrix, type Row } from '../../migration/matrix.ts'
import type { Matrix } from '../../reporters/matrix.ts'
import { UserError } from '../../types.ts'
import type { Output } from '../outputs.ts'
import { type Format, look } from '../render.ts'

const PRINTED: readonly Format[] = ['text', 'json']

export function onlyMatrixFormats(outputs: readonly Output[]): void {
  const other = outputs.find(({ format }) => !PRINTED.includes(format))
  if (other) throw new UserError(`--matrix is not printed as ${other.format}`, `There are: ${PRINTED.join(', ')}.`)
}

/** Judges everything; other things of this process have their turn between two guests. */
export async function judgeAll(
  sides: readonly Side[],
  rules: readonly Rule[],
  options: { readonly offline: boolean; readonly version: string },
): Promise<Matrix> {
  if (sides.length < 2) throw new UserError('a matrix needs two machines at least')
  const rows: Row[] = []
  for (const row of matrix(sides, rules, options.offline)) {
    rows.push(row)
    await setImmediate()
  }
  return { vdoctor: options.version, hosts: sides.map(({ host }) => host.label), rows, cpus: cpuSets(sides) }
}

export async function printMatrix(made: Matrix, format: Format): Promise<string> {
  const { matrixJson, matrixText } = await import('../../reporters/matrix.ts')
  return format === 'json' ? matrixJson(made) : matrixText(made, await look())
}

/** 1 where a guest has no host that could take it, 3 with `strict` where it has none that surely can, 0. */
export function matrixCode({ rows }: Matrix, strict: boolean): 0 | 1 | 3 {
  const some = (...verdicts: readonly string[]) =>
    rows.every(({ cells }) => cells.some(({ verdict }) => verdicts.includes(verdict)))
  if (!some('green', 'amber')) return 1
  return strict && !some('green') ? 3 : 0
}
