import type { Report } from '../engine/report.ts'
import { open } from './told.ts'
import { plain } from './plain.ts'

type Labels = Readonly<Record<string, string>>
interface Sample {
  readonly labels: Labels
  readonly value: number
}

/** Prometheus' text format, for the textfile collector of its node exporter: what is wrong, how much of it, and as of when. */
export function prometheusReport(reports: readonly Report[]): string {
  return [
    metric(
      'vdoctor_problem',
      'A problem that was found and is not waived; 1 for each rule and subject.',
      reports.flatMap((report) =>
        open(report).map(({ rule, area, subject, severity }) => ({
          labels: { host: report.host, area, rule, subject, severity },
          value: 1,
        })),
      ),
    ),
    metric(
      'vdoctor_problems',
      'Problems found and not waived, by severity.',
      reports.flatMap((report) =>
        (['error', 'warning', 'info'] as const).map((severity) => ({
          labels: { host: report.host, severity },
          value: open(report).filter((one) => one.severity === severity).length,
        })),
      ),
    ),
    metric(
      'vdoctor_verdicts',
      'Verdicts by outcome; unknown ones could not be decided.',
      reports.flatMap((report) =>
        (['problem', 'ok', 'unknown', 'skipped'] as const).map((outcome) => ({
          labels: { host: report.host, outcome },
          value: report.findings.filter((one) => one.outcome === outcome).length,
        })),
      ),
    ),
    metric(
      'vdoctor_evidence_timestamp_seconds',
      'When the machine was in the state that was judged.',
      reports.flatMap(({ host, at }) => (at === null ? [] : [{ labels: { host }, value: Date.parse(at) / 1000 }])),
    ),
    metric(
      'vdoctor_build_info',
      'The version that judged.',
      [...new Set(reports.map(({ vdoctor }) => vdoctor))].map((version) => ({ labels: { version }, value: 1 })),
    ),
  ].join('')
}

function metric(name: string, help: string, samples: readonly Sample[]): string {
  if (samples.length === 0) return ''
  const lines = samples.map(({ labels, value }) => {
    const inside = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`)
    return `${name}{${inside.join(',')}} ${value}\n`
  })
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`
}

const escaped = (text: string): string => plain(text).replace(/[\\"]/g, (char) => `\\${char}`)
