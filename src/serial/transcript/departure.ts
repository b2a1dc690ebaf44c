import { parseLogLine } from '../../parse/log-line.ts'

/** Where a boot leaves another one. */
export interface Departure {
  /** From 1, in the record that is explained. */
  readonly line: number
  readonly text: string
  /** What the good boot said where this one left it; null at its end. */
  readonly instead: string | null
}

/** So many lines after it decide whether a strange line is a turn or a passing remark. */
const WINDOW = 12
const MOST_KNOWN = 3

/**
 * The first line from which on hardly any line is one of the good boot's: times, addresses and numbers differ in every boot, and so does the
 * order of what runs side by side, so lines are compared without both. null: it never leaves it.
 */
export function departure(lines: readonly string[], good: readonly string[]): Departure | null {
  const known = new Map<string, number>()
  good.forEach((line, at) => known.set(essence(line), at))
  const strange = lines.map((line) => essence(line) !== '' && !known.has(essence(line)))
  for (const [at, isStrange] of strange.entries()) {
    if (!isStrange) continue
    const ahead = lines.slice(at, at + WINDOW).filter((line, offset) => essence(line) !== '' && !strange[at + offset])
    if (ahead.length > MOST_KNOWN) continue
    const common = lines.slice(0, at).findLast((line) => essence(line) !== '' && known.has(essence(line)))
    const next = common === undefined ? 0 : known.get(essence(common))! + 1
    const instead = good.slice(next).find((line) => essence(line) !== '') ?? null
    return { line: at + 1, text: lines[at]!, instead }
  }
  return null
}

/** `[    2.303513] Freeing unused decrypted memory: 2036K` → `freeing unused decrypted memory: #k` */
const essence = (line: string): string =>
  parseLogLine(line, 0)
    .message.toLowerCase()
    .replace(/0x[0-9a-f]+|\b[0-9a-f]{8,}\b|\d+/g, '#')
    .replace(/\s+/g, ' ')
    .trim()
