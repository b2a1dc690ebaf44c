import type { Location, Log, ReportingDescriptor, Result, Run } from 'sarif'
import type { Report } from '../engine/report.ts'
import type { Finding, Severity, Source } from '../types.ts'
import { plain, wellFormed } from './plain.ts'
import { told, undecided } from './told.ts'

const LEVEL: Readonly<Record<Severity, Result.level>> = { error: 'error', warning: 'warning', info: 'note' }

/** The machine's root, which paths of evidence are relative to. */
const ROOT = 'ROOT'

/** SARIF 2.1.0: a run a machine; problems as results that fail, what could not be decided as `open` ones. */
export function sarifReport(reports: readonly Report[]): string {
  const log: Log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: reports.map(run),
  }
  return `${JSON.stringify(log, null, 2)}\n`
}

function run(report: Report): Run {
  const findings = report.findings.filter(({ outcome }) => outcome === 'problem' || outcome === 'unknown')
  const rules = [...new Map(findings.map((finding) => [finding.rule, descriptor(finding)])).values()]
  const index = new Map(rules.map(({ id }, at) => [id, at]))
  return {
    tool: { driver: { name: 'vdoctor', version: report.vdoctor, rules } },
    automationDetails: { id: `vdoctor/${plain(report.host)}` },
    originalUriBaseIds: { [ROOT]: { uri: 'file:///' } },
    invocations: [{ executionSuccessful: true, ...(report.at === null ? {} : { endTimeUtc: report.at }) }],
    columnKind: 'utf16CodeUnits',
    results: findings.map((finding) => result(finding, index.get(finding.rule)!)),
    properties: { host: report.host, platform: report.platform },
  }
}

const descriptor = ({ rule, area, title, severity }: Finding): ReportingDescriptor => ({
  id: rule,
  shortDescription: { text: title },
  defaultConfiguration: { level: LEVEL[severity] },
  properties: { tags: [area] },
})

function result(finding: Finding, ruleIndex: number): Result {
  const { rule, subject, outcome, severity, evidence, waived, confidence } = finding
  const problem = outcome === 'problem'
  return {
    ruleId: rule,
    ruleIndex,
    kind: problem ? 'fail' : 'open',
    level: problem ? LEVEL[severity] : 'none',
    message: { text: problem ? told(finding).slice(1).join('\n') : undecided(finding) },
    locations: locations(subject, problem ? evidence : []),
    partialFingerprints: { 'ruleAndSubject/v1': `${rule}/${subject}` },
    ...(waived === undefined ? {} : { suppressions: [{ kind: 'external', justification: plain(waived) }] }),
    properties: { subject, ...(confidence && { confidence }) },
  }
}

/** Files by path and line; of what no file told, only the subject. */
function locations(subject: string, evidence: readonly Source[]): Location[] {
  const logicalLocations = subject === '' ? [] : [{ name: plain(subject), kind: 'resource' }]
  const files = evidence.filter(({ path }) => path?.startsWith('/'))
  if (files.length === 0) return logicalLocations.length === 0 ? [] : [{ logicalLocations }]
  return files.map(({ path, line }) => ({
    physicalLocation: {
      artifactLocation: { uri: uriOf(path!), uriBaseId: ROOT },
      ...(line === undefined ? {} : { region: { startLine: line } }),
    },
    ...(logicalLocations.length > 0 && { logicalLocations }),
  }))
}

/** `/etc/xen/web 1.cfg` → `etc/xen/web%201.cfg` */
const uriOf = (path: string): string => wellFormed(path.slice(1)).split('/').map(encodeURIComponent).join('/')
