import { fromUtf16 } from '../evidence/utf16.ts'

/** Random bytes, read as UTF-8, are a third of these; a text in another encoding has a few. */
const MOST_BROKEN = 0.2
const MOST_CONTROLS = 0.05

/** What a machine said, as text; null where it is none. */
export function readable(said: string): string | null {
  const text = fromUtf16(said)
  let broken = 0
  let controls = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0xfffd) broken++
    else if (code < 0x20 && !HARMLESS.has(code)) controls++
  }
  return broken > text.length * MOST_BROKEN || controls > text.length * MOST_CONTROLS ? null : text
}

/** NULs, which a crash leaves in a log, what moves the cursor, and escape sequences. */
const HARMLESS = new Set([0x00, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x1b])
