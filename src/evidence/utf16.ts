const SAMPLE = 4096

/**
 * Text in UTF-16, as Windows writes it. Hosts read bytes as UTF-8, which leaves a NUL beside each letter, and two broken characters for
 * the mark at its beginning; the collector takes the NULs away. Any other text stays as it is.
 */
export function fromUtf16(text: string): string {
  if (!text.includes('\0')) return text.startsWith('\ufffd\ufffd') ? text.slice(2) : text
  const head = text.slice(0, SAMPLE).replace(MARK, '')
  const alone = head.match(/(?<!\0)\0(?!\0)/g)?.length ?? 0
  return head.length >= 4 && alone > head.length * 0.4 ? text.replace(MARK, '').replaceAll('\0', '') : text
}

const MARK = /^\ufffd\ufffd/
