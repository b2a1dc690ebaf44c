import type { Contents } from '../../archive/contents.ts'
import { follow } from '../../archive/contents.ts'
import { type Recorded, succeeded } from './dump.ts'

/** `Fri Nov 20 12:35:58 UTC 2026`, `Fri 20 Nov 2026 12:35:58 PM UTC`; letters for other zones stand for several. */
function utc(text: string): Date | null {
  const line = text.split('\n').find((one) => /\b(UTC|GMT)\b/.test(one)) ?? ''
  const at = Date.parse(line.replace(/^\w+,?\s+/, ''))
  return Number.isNaN(at) ? null : new Date(at)
}

/** When an archive was recorded: what `date` printed, or when its file was written. */
export function dateOf(
  printed: readonly (Recorded | null)[],
  contents: Contents,
  written: readonly string[],
): Date | null {
  for (const recorded of printed) {
    const at = utc(succeeded(recorded) ?? '')
    if (at) return at
  }
  for (const path of written) {
    const found = follow(contents, path)
    const mtime = found === null ? null : contents.look(found)!.mtime
    if (mtime) return new Date(mtime)
  }
  return null
}
