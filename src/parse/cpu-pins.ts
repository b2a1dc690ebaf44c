import type { XlValue } from './xl/config.ts'

/** Processors that a guest, or a part of it, is to run on. */
export interface CpuPin {
  /** "all", "vcpu 0", "emulator" */
  readonly what: string
  /** As written: 0-3,^2 */
  readonly written: string
  readonly cpus: readonly number[]
}

const MOST = 4096

/** `0-3,^2,8` → 0, 1, 3, 8. Null for what names no processors: `all`, `node:0`, or what cannot be read. */
export function parseCpuSet(text: string): number[] | null {
  if (text.length > MOST) return null
  const [with_, without]: [Set<number>, Set<number>] = [new Set(), new Set()]
  for (const part of text.split(',').map((one) => one.trim())) {
    const match = /^(\^?)(\d{1,5})(?:-(\d{1,5}))?$/.exec(part)
    if (!match) return null
    const [, not, from, to = from] = match
    for (let cpu = Number(from); cpu <= Math.min(Number(to), MOST); cpu++) (not ? without : with_).add(cpu)
  }
  const cpus = [...with_].filter((cpu) => !without.has(cpu))
  return cpus.length === 0 ? null : cpus
}

export function pinOf(what: string, written: string): CpuPin | null {
  const cpus = parseCpuSet(written)
  return cpus === null ? null : { what, written, cpus }
}

/** `cpus = "1-7"` for all, `cpus = ["1", "2"]` for one after the other. */
export function xlPins(value: XlValue | undefined): (CpuPin & { line: number })[] {
  const parts = value === undefined ? [] : value.kind === 'list' ? value.items : [value]
  return parts.flatMap((part, index) => {
    const pin = part.kind === 'list' ? null : pinOf(value!.kind === 'list' ? `vcpu ${index}` : 'all', part.text)
    return pin ? [{ ...pin, line: part.line }] : []
  })
}
