import type { Diagnosis } from '../engine/diagnosis.ts'
import type { Finding } from '../types.ts'
import { plain } from './plain.ts'
import { byRule, indented, INDENT, type Look, problem } from './problem.ts'

/** What the text means, surest first; then what looks bad and is not. */
export function diagnosisText(diagnosis: Diagnosis, look: Look): string {
  const { findings, harmless, logs } = diagnosis
  const lines = logs.reduce((sum, log) => sum + log.lines, 0)
  const names = logs.map(({ name }) => (name === '-' ? 'standard input' : plain(name)))
  const read = `${lines} ${lines === 1 ? 'line' : 'lines'} of ${names.join(', ') || 'nothing'}`
  const parts = [
    `vdoctor ${diagnosis.vdoctor} · ${read}`,
    ...byRule(findings).map((group) => accusation(group, look)),
    ...byRule(harmless).map((group) => harmlessLines(group, look)),
    findings.length === 0 ? NOTHING : '',
  ]
  return `${parts.filter(Boolean).join('\n\n')}\n`
}

const NOTHING =
  'Nothing known here: no message in this text is one that vdoctor knows as a fault. That does not prove that nothing is wrong.'

const SURE: Readonly<Record<string, string>> = {
  certain: 'this message has one cause',
  likely: 'the likely cause of this message',
  possible: 'one of several causes of this message',
}

function accusation(group: readonly Finding[], look: Look): string {
  const [first] = group as [Finding]
  const facts = [...new Set(first.missing.map(({ fact }) => fact))].filter(Boolean)
  const surer = facts.length > 0 ? `; surer with --from, which would tell ${facts.join(', ')}` : ''
  const sureness = `${first.confidence ?? ''}: ${SURE[first.confidence ?? ''] ?? ''}${surer}`
  return `${problem(group, look)}\n${indented(sureness, look.width - INDENT.length).join('\n')}`
}

function harmlessLines(group: readonly Finding[], look: Look): string {
  const [first] = group as [Finding]
  const width = look.width - INDENT.length
  const said = group.map(({ said }) => plain(said!.text.trim()))
  return [
    `HARMLESS ${plain(first.title)}  [${first.rule}]`,
    ...indented(`${said[0]}${said.length > 1 ? ` and ${said.length - 1} more` : ''}`, width),
    ...indented(plain(first.why), width),
  ].join('\n')
}
