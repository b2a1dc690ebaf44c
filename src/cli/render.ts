import type { Report } from '../engine/report.ts'
import type { Look } from '../reporters/problem.ts'
import { textReport } from '../reporters/text.ts'

export const FORMATS = ['text', 'table', 'json'] as const

const NARROWEST = 60
const WIDEST = 120
/** Where nobody says how wide: a pipe, a serial console. */
const USUAL = 100

/** A report in one of the formats; colours only where somebody looks. */
export async function render(
  report: Report,
  format: (typeof FORMATS)[number],
  options: { all: boolean },
): Promise<string> {
  switch (format) {
    case 'json':
      return (await import('../reporters/json.ts')).jsonReport(report)
    case 'table':
      return (await import('../reporters/table.ts')).tableReport(report, columns())
    case 'text':
      return textReport(report, { ...(await look()), ...options })
  }
}

export const look = async (): Promise<Look> => ({ width: columns(), color: await colors() })

const columns = (): number => Math.min(WIDEST, Math.max(NARROWEST, process.stdout.columns || USUAL))

async function colors() {
  if (!process.stdout.isTTY || process.env['NO_COLOR'] || process.env['TERM'] === 'dumb') return null
  return (await import('ansis')).default
}
