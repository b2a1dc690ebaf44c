import type { FixTemplate, Rule } from '../engine/rule.ts'
import type { LogContext } from '../signatures/signature.ts'
import { plain, quoted, wrap } from './plain.ts'

const WIDTH = 96

/** One rule in prose, with its conditions as they stand. */
export function explainRule(rule: Rule): string {
  const paragraph = (text: string): string[] => wrap(plain(text), WIDTH).map((line) => `  ${line}`)
  const section = (name: string, lines: readonly string[]): string[] => (lines.length === 0 ? [] : ['', name, ...lines])
  return [
    `${plain(rule.title)}`,
    `${rule.id} · ${rule.severity} · ${[...new Set([rule.area, ...rule.tags])].join(', ')}`,
    ...section('It says', paragraph(rule.says)),
    ...section('Why it matters', paragraph(rule.why)),
    ...section(
      'Who refuses',
      Object.entries(rule.pair?.words ?? {}).flatMap(([toolstack, words]) => paragraph(`${toolstack}: ${words}`)),
    ),
    ...section(
      'What to do',
      rule.fix.flatMap((step) => paragraph(stepText(step))),
    ),
    ...section('It is fine', rule.fineWhen === undefined ? [] : paragraph(`when ${rule.fineWhen}`)),
    ...section('It looks', looks(rule)),
    ...section('It is no fault', rule.harmless ? ['  The message is harmless.'] : []),
    ...section(
      'Documented in',
      rule.documented.map(({ in: document, section: part }) => `  ${document}${part === undefined ? '' : `, ${part}`}`),
    ),
    '',
  ].join('\n')
}

function looks({ applies, each, when, log, confidence, unless, sameAs }: Rule): string[] {
  const near = ({ side, match, lines, seconds, absent }: LogContext): string =>
    `  ${absent ? 'not ' : ''}${side}  within ${lines} lines${seconds === undefined ? '' : ` and ${seconds} s`}: ${match.map(({ regexp }) => regexp).join('  or  ')}`
  return [
    ...(applies === undefined ? [] : [`  applies  ${applies}`]),
    ...(each ? [`  each     ${each.name} in ${each.list}`] : []),
    ...(when === undefined ? [] : [`  when     ${when}`]),
    ...(log ? [`  in       ${log.in.join(', ') || 'any text'}`] : []),
    ...(log?.match ?? []).map(({ regexp }) => `  for      ${regexp}`),
    ...(log?.context ?? []).map(near),
    ...(unless === undefined ? [] : [`  unless   ${unless}`]),
    ...(confidence ? [`  sure     ${confidence}`] : []),
    ...(sameAs ? [`  same as  ${sameAs.join(', ')}`] : []),
  ].map(plain)
}

function stepText(step: FixTemplate): string {
  const text =
    'do' in step
      ? step.do
      : 'run' in step
        ? `$ ${step.run.map(quoted).join(' ')}`
        : 'append' in step
          ? `in ${step.edit}, add the line: ${step.append}`
          : `in ${step.edit}, replace ${step.replace} with ${step.with}`
  const notes = [
    step.if && `if ${step.if}`,
    step.interrupts && `interrupts ${step.interrupts}`,
    step.undo && `undo: ${step.undo}`,
  ].filter(Boolean)
  return notes.length ? `${text} (${notes.join('; ')})` : text
}
