/** `journalctl --output=json`: an object a line. */
export const isJournalJson = (head: Buffer): boolean =>
  /^\s*\{/.test(head.toString('latin1', 0, 64)) && /"(MESSAGE|__REALTIME_TIMESTAMP)"/.test(head.toString('latin1'))

/** Longer objects are not parsed. */
const LONGEST_LINE = 1 << 20

/** Each line as the journal itself would print it: `2026-11-20T09:31:00.000Z web1 libvirtd[12]: message`. A line stays a line. */
export async function* journalText(data: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const piece of data) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n')
    rest = lines.pop()!
    if (rest.length > LONGEST_LINE) rest = rest.slice(0, LONGEST_LINE)
    if (lines.length > 0) yield Buffer.from(`${lines.map(asText).join('\n')}\n`)
  }
  if (rest) yield Buffer.from(asText(rest))
}

function asText(line: string): string {
  let entry: unknown
  try {
    entry = JSON.parse(line)
  } catch {
    return line
  }
  if (typeof entry !== 'object' || entry === null) return line
  const field = (name: string): string => textOf((entry as Record<string, unknown>)[name])
  const micros = Number(field('__REALTIME_TIMESTAMP'))
  const at = new Date(Number.isFinite(micros) ? micros / 1000 : 0).toISOString()
  const program = field('SYSLOG_IDENTIFIER') || field('_COMM') || 'unknown'
  const pid = field('_PID')
  const message = field('MESSAGE').replace(/[\r\n]+/g, ' ')
  return `${at} ${field('_HOSTNAME') || 'localhost'} ${program}${pid ? `[${pid}]` : ''}: ${message}`
}

/** The journal writes what is no UTF-8 as a list of bytes. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return Buffer.from(value.filter((one) => typeof one === 'number')).toString('latin1')
  return typeof value === 'string' ? value : ''
}
