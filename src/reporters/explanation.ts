import type { ExplainedBoot, Explanation } from '../serial/transcript/explanation.ts'
import type { Passed } from '../serial/transcript/transcript.ts'
import { plain } from './plain.ts'
import { byRule, INDENT, indented, type Look, problem } from './problem.ts'

/** Of boots that went well only a line each; the last is told in full. */
export function explanationText(
  { vdoctor, record, lines, boots, forgotten, departure }: Explanation,
  look: Look,
): string {
  const head = `vdoctor ${vdoctor} · ${record === '-' ? 'standard input' : plain(record)}: ${lines} lines, ${many(boots.length, 'boot')}`
  const parts = [
    forgotten > 0 ? `${head}, and ${many(forgotten, 'older one')} not told` : head,
    ...boots.map((boot, index) => bootText(boot, index + 1 + forgotten, index === boots.length - 1, look)),
    departure === null ? '' : departed(departure, look),
  ]
  return `${parts.filter(Boolean).join('\n\n')}\n`
}

const many = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

const WORDS: Readonly<Record<ExplainedBoot['outcome'], string>> = {
  fine: 'went well',
  died: 'DIED',
  stuck: 'WAITS',
  open: 'the record ends on the way',
}

function bootText(boot: ExplainedBoot, number: number, last: boolean, look: Look): string {
  const { outcome, reached, first, last: end, prompt, stages, findings, seeMore, lastWords } = boot
  const where =
    prompt !== null && outcome === 'stuck'
      ? ` at ${prompt}`
      : reached === null
        ? ''
        : ` ${outcome === 'fine' ? 'up to' : 'in'}: ${reached}`
  const head = `Boot ${number}, lines ${first} to ${end}: ${WORDS[outcome]}${where}`
  if (outcome === 'fine' && !last) return head
  const width = look.width - INDENT.length
  const way = stages.length === 0 ? 'no stage of a boot was recognised' : stages.map(passed).join(' → ')
  return [
    head,
    ...indented(way, width),
    ...(outcome === 'fine' ? [] : indented(`last words: ${plain(lastWords.trim())}`, width)),
    ...byRule(findings).map((group) => `\n${problem(group, look)}`),
    ...(outcome !== 'fine' && findings.length === 0
      ? ['', ...indented('None of its messages is one that vdoctor knows as a fault.', width)]
      : []),
    ...(seeMore.length > 0 ? ['', 'To see more at the next boot:'] : []),
    ...seeMore.flatMap(({ where: place, what, warning }) =>
      indented(`${place}: ${what}${warning === undefined ? '' : ` (${warning})`}`, width),
    ),
  ].join('\n')
}

const passed = ({ stage, line, seconds }: Passed): string =>
  `${stage} (line ${line}${seconds === null ? '' : `, ${seconds.toFixed(1)} s`})`

function departed({ line, text, instead }: NonNullable<Explanation['departure']>, look: Look): string {
  const width = look.width - INDENT.length
  return [
    `It leaves the other boot in line ${line}:`,
    ...indented(plain(text), width),
    ...(instead === null ? [] : ['There stood:', ...indented(plain(instead), width)]),
  ].join('\n')
}
