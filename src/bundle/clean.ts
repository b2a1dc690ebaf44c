import type { Answer, Data, EachQuestion, Question } from '../types.ts'
import { readable } from './readable.ts'

/** `key`: of the answer that the text belongs to. */
export type Clean = (text: string, key: string) => string

/**
 * An answer as it may be kept. The question is cleaned as well, since names that the machine told stand in it (members of globs and of
 * `each`); those of `declared`, which hold none, stay what a check asks for.
 */
export function cleanAnswer(answer: Answer, cleanAny: Clean, declared: ReadonlySet<string>): Answer {
  const clean = (text: string): string => cleanAny(text, answer.key)
  const key = declared.has(answer.key) ? answer.key : cleanKey(answer.key, clean)
  if (!answer.ok)
    return answer.detail === undefined ? { ...answer, key } : { ...answer, key, detail: clean(answer.detail) }
  const data = cleanData(answer.data, clean)
  return data === null
    ? { key, ms: answer.ms, ok: false, gap: 'malformed', detail: 'no text, and therefore not kept' }
    : { ...answer, key, data }
}

type CleanText = (text: string) => string

/** null for what cannot be read as text: nobody could say that no secret is in it. */
function cleanData(data: Data, clean: CleanText): Data | null {
  switch (data.kind) {
    case 'link':
      return { ...data, target: clean(data.target) }
    case 'list':
      return { ...data, names: data.names.map(clean) }
    case 'expands':
      return { ...data, values: data.values.map(clean) }
    case 'stat':
      return data
    case 'file': {
      const text = readable(data.text)
      return text === null ? null : { ...data, text: clean(text) }
    }
    case 'command': {
      const [stdout, stderr] = [readable(data.stdout), readable(data.stderr)]
      return stdout === null || stderr === null ? null : { ...data, stdout: clean(stdout), stderr: clean(stderr) }
    }
  }
}

function cleanKey(key: string, clean: CleanText): string {
  return JSON.stringify(cleanQuestion(JSON.parse(key) as Question | EachQuestion, clean))
}

function cleanQuestion(question: Question | EachQuestion, clean: CleanText): object {
  return Object.fromEntries(
    Object.entries(question as unknown as Record<string, unknown>).map(([name, value]) => {
      if (name === 'pick') return [name, value]
      if (typeof value === 'string') return [name, clean(value)]
      return [
        name,
        Array.isArray(value) ? value.map((word) => clean(word as string)) : cleanQuestion(value as Question, clean),
      ]
    }),
  )
}
