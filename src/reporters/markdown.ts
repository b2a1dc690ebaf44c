import { RANK, type Report } from '../engine/report.ts'
import type { Finding, FixStep } from '../types.ts'
import { plain } from './plain.ts'
import { byRule, commandLine, place, stepNotes, stepText } from './problem.ts'
import { open } from './told.ts'

/** For a ticket or a wiki: a table of what is wrong, then each rule's cause and cure. */
export const markdownReport = (reports: readonly Report[]): string => reports.map(one).join('\n')

function one(report: Report): string {
  const problems = [...open(report)].sort((a, b) => RANK[a.severity] - RANK[b.severity])
  const unknown = new Set(report.undecided.flatMap(({ rules }) => rules)).size
  const when = report.at === null ? '' : `, ${report.at.slice(0, 16).replace('T', ' ')} UTC`
  return [
    `# ${text(report.host)}`,
    '',
    `vdoctor ${text(report.vdoctor)}${when}: ${problems.length === 0 ? 'no problem found' : `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`}` +
      `${unknown > 0 ? `, ${unknown} rules undecided` : ''}.`,
    '',
    ...(problems.length > 0 ? [...table(problems), '', ...byRule(problems).flatMap(section)] : []),
  ].join('\n')
}

const table = (problems: readonly Finding[]): string[] => [
  '| severity | rule | subject | what |',
  '|---|---|---|---|',
  ...problems.map(
    ({ severity, rule, subject, says }) =>
      `| ${severity} | ${text(rule)} | ${text(subject) || 'this host'} | ${text(says)} |`,
  ),
]

function section(group: readonly Finding[]): string[] {
  const [first] = group as [Finding]
  const places = [...new Set(group.flatMap(({ evidence }) => evidence.map(place)))]
  return [
    `## ${text(first.title)}`,
    '',
    text(first.why),
    '',
    ...(places.length > 0 ? [`From: ${places.map(code).join(', ')}`, ''] : []),
    ...first.fix.map((step) => `- ${fix(step)}`),
    ...(first.fix.length > 0 ? [''] : []),
    ...(first.fineWhen === undefined ? [] : [`Fine when ${text(first.fineWhen)}`, '']),
  ]
}

const fix = (step: FixStep): string =>
  'run' in step ? `${code(commandLine(step.run))}${text(stepNotes(step))}` : text(stepText(step))

/** What has a meaning in Markdown, or in the HTML that it may hold, has none. */
const text = (untrusted: string): string => plain(untrusted).replace(/[\\`*_{}[\]<>()#+!|~&$@]/g, (char) => `\\${char}`)

/** As long a fence as the text needs; a bar would end a cell of a table. */
function code(untrusted: string): string {
  const inside = plain(untrusted)
  const longest = Math.max(0, ...[...inside.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  const space = inside.startsWith('`') || inside.endsWith('`') ? ' ' : ''
  return `${fence}${space}${inside}${space}${fence}`
}
