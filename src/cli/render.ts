import type { Report } from '../engine/report.ts'
import type { Look } from '../reporters/problem.ts'
import { textReport } from '../reporters/text.ts'
import type { Severity } from '../types.ts'

export const FORMATS = ['text', 'table', 'json', 'markdown', 'junit', 'sarif', 'tap', 'nagios', 'prometheus'] as const
export type Format = (typeof FORMATS)[number]

export interface RenderOptions {
  readonly all: boolean
  readonly failOn: Severity | 'never'
  readonly strict: boolean
}

const NARROWEST = 60
const WIDEST = 120
/** Where nobody says how wide: a pipe, a serial console. */
const USUAL = 100

/** Reports in one of the formats, complete; colours only where somebody looks. */
export async function render(reports: readonly Report[], format: Format, options: RenderOptions): Promise<string> {
  switch (format) {
    case 'json':
      return (await import('../reporters/json.ts')).jsonReport(reports)
    case 'table':
      return (await import('../reporters/table.ts')).tableReport(reports, columns())
    case 'markdown':
      return (await import('../reporters/markdown.ts')).markdownReport(reports)
    case 'junit':
      return (await import('../reporters/junit.ts')).junitReport(reports, options)
    case 'sarif':
      return (await import('../reporters/sarif.ts')).sarifReport(reports)
    case 'tap':
      return (await import('../reporters/tap.ts')).tapReport(reports, options)
    case 'nagios':
      return (await import('../reporters/nagios.ts')).nagiosReport(reports, options.strict)
    case 'prometheus':
      return (await import('../reporters/prometheus.ts')).prometheusReport(reports)
    case 'text': {
      const shown = { ...(await look()), all: options.all }
      return reports.map((report) => textReport(report, shown)).join(`\n${'='.repeat(shown.width)}\n\n`)
    }
  }
}

export const look = async (): Promise<Look> => ({ width: columns(), color: await colors() })

const columns = (): number => Math.min(WIDEST, Math.max(NARROWEST, process.stdout.columns || USUAL))

async function colors() {
  if (!process.stdout.isTTY || process.env['NO_COLOR'] || process.env['TERM'] === 'dumb') return null
  return (await import('ansis')).default
}
