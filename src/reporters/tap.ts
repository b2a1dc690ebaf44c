import type { Report } from '../engine/report.ts'
import type { Finding } from '../types.ts'
import { plain } from './plain.ts'
import { fails, nameOf, type Threshold, told, undecided, verdicts } from './told.ts'

/** The Test Anything Protocol, version 13: a line a verdict, and below it what was found. */
export function tapReport(reports: readonly Report[], threshold: Threshold): string {
  const several = reports.length > 1
  const lines = reports.flatMap((report) =>
    verdicts(report).map((one) => ({
      one,
      name: `${several ? `${plain(report.host)}: ` : ''}${one.area}/${nameOf(one)}`,
    })),
  )
  return [
    'TAP version 13',
    `1..${lines.length}`,
    ...lines.flatMap(({ one, name }, index) => line(one, index + 1, name, threshold)),
    '',
  ].join('\n')
}

function line(finding: Finding, number: number, name: string, threshold: Threshold): string[] {
  const start = `${fails(finding, threshold) ? 'not ok' : 'ok'} ${number} - ${escaped(name)}`
  if (finding.outcome === 'ok') return [start]
  if (finding.outcome === 'unknown') return [`${start} # SKIP ${escaped(undecided(finding))}`]
  return [
    start,
    '  ---',
    `  severity: ${finding.severity}`,
    '  message: |',
    ...told(finding).map((text) => `    ${text}`),
    '  ...',
  ]
}

/** `#` begins a directive. */
const escaped = (text: string): string => text.replace(/[\\#]/g, (char) => `\\${char}`)
