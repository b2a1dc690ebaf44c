import type { Report } from '../engine/report.ts'
import type { Finding } from '../types.ts'
import { plain } from './plain.ts'
import { fails, nameOf, type Threshold, told, undecided, verdicts } from './told.ts'

/**
 * JUnit's XML as Jenkins and GitLab read it: a suite a machine, a case a verdict. What is below --fail-on, or waived, passes and says so in
 * its output; what could not be decided is skipped, with the reason.
 */
export function junitReport(reports: readonly Report[], threshold: Threshold): string {
  const suites = reports.map((report) => suite(report, threshold))
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="vdoctor">\n${suites.join('\n')}\n</testsuites>\n`
}

function suite(report: Report, threshold: Threshold): string {
  const cases = verdicts(report)
  const counts = {
    tests: cases.length,
    failures: cases.filter((one) => fails(one, threshold)).length,
    errors: 0,
    skipped: cases.filter(({ outcome }) => outcome === 'unknown').length,
  }
  const numbers = Object.entries(counts).map(([name, count]) => ` ${name}="${count}"`)
  const at = report.at === null ? '' : ` timestamp="${report.at.slice(0, 19)}"`
  return [
    `  <testsuite name="${xml(report.host)}"${numbers.join('')}${at}>`,
    ...cases.map((one) => testCase(one, threshold)),
    '  </testsuite>',
  ].join('\n')
}

function testCase(finding: Finding, threshold: Threshold): string {
  const start = `    <testcase classname="vdoctor.${xml(finding.area)}" name="${xml(nameOf(finding))}"`
  if (finding.outcome === 'ok') return `${start}/>`
  if (finding.outcome === 'unknown')
    return `${start}>\n      <skipped message="${xml(undecided(finding))}"/>\n    </testcase>`
  const text = xml(told(finding).join('\n'))
  const inside = fails(finding, threshold)
    ? `<failure type="${finding.severity}" message="${xml(finding.says)}">${text}</failure>`
    : `<system-out>${finding.severity}: ${text}</system-out>`
  return `${start}>\n      ${inside}\n    </testcase>`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** Also without what XML 1.0 has no place for: control characters and the two that are no characters. */
export const xml = (text: string): string =>
  text
    .split('\n')
    .map((line) => plain(line))
    .join('\n')
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"']/g, (char) => ENTITIES[char]!)
