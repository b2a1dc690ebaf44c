import type { FixTemplate, Rule } from '../engine/rule.ts'
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
      'What to do',
      rule.fix.flatMap((step) => paragraph(stepText(step))),
    ),
    ...section('It is fine', rule.fineWhen === undefined ? [] : paragraph(`when ${rule.fineWhen}`)),
    ...section('It looks', [
      ...(rule.applies === undefined ? [] : [`  applies  ${rule.applies}`]),
      ...(rule.each ? [`  each     ${rule.each.name} in ${rule.each.list}`] : []),
      `  when     ${rule.when}`,
    ]),
    ...section(
      'Documented in',
      rule.documented.map(({ in: document, section: part }) => `  ${document}${part === undefined ? '' : `, ${part}`}`),
    ),
    '',
  ].join('\n')
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
