import type { Ask, AskOptions, EachQuestion, Question } from '../types.ts'

/** Files: 1 MiB. Commands: 4 MiB. */
export const DEFAULT_MAX_BYTES = { file: 1 << 20, command: 4 << 20 }
export const DEFAULT_TIMEOUT_MS = { file: 2_000, command: 10_000 }

export const file = (path: string, options: AskOptions = {}): Ask => ({ file: path, ...options })
export const link = (path: string, options: AskOptions = {}): Ask => ({ link: path, ...options })
export const list = (path: string, options: AskOptions = {}): Ask => ({ list: path, ...options })
export const stat = (path: string, options: AskOptions = {}): Ask => ({ stat: path, ...options })
export const command = (argv: readonly [string, ...string[]], options: AskOptions = {}): Ask => ({
  command: argv,
  ...options,
})

/** The question alone, without limits and preconditions: what an answer is stored and found under. */
export function question(ask: Ask | Question | EachQuestion): Question | EachQuestion {
  if ('each' in ask) {
    const each = question(ask.each) as Question
    const inner = question(ask.ask) as Question
    return ask.pick === undefined ? { each, ask: inner } : { each, pick: ask.pick, ask: inner }
  }
  if ('file' in ask) return { file: ask.file }
  if ('link' in ask) return { link: ask.link }
  if ('list' in ask) return { list: ask.list }
  if ('stat' in ask) return { stat: ask.stat }
  return { command: ask.command }
}

const keys = new WeakMap<object, string>()

/** `{"file":"/proc/cpuinfo"}`: the same question has the same key, whoever asks. */
export function askKey(ask: Ask | Question | EachQuestion): string {
  let key = keys.get(ask)
  if (key === undefined) keys.set(ask, (key = JSON.stringify(question(ask))))
  return key
}

/** For people: `/proc/cpuinfo`, `xl info`, `link /sys/block/sda`. Of a program that is a word of a command, nobody wants to read the text. */
export function askLabel(ask: Ask | Question | EachQuestion): string {
  if ('each' in ask) return askLabel(ask.ask)
  if ('file' in ask) return ask.file
  if ('link' in ask) return `link ${ask.link}`
  if ('list' in ask) return `folder ${ask.list}`
  if ('stat' in ask) return `stat ${ask.stat}`
  return ask.command.map((word) => (word.includes('\n') ? '…' : word)).join(' ')
}

export const isGlob = (path: string): boolean => /[*?[]/.test(path)

/** The path of a question that has one. */
export function pathOf(ask: Question | EachQuestion): string | undefined {
  if ('file' in ask) return ask.file
  if ('link' in ask) return ask.link
  if ('list' in ask) return ask.list
  return 'stat' in ask ? ask.stat : undefined
}

/** The same question about another path. */
export function withPath(ask: Question, path: string): Question {
  if ('file' in ask) return { file: path }
  if ('link' in ask) return { link: path }
  if ('list' in ask) return { list: path }
  return { stat: path }
}

/** Names of devices, guests and pools: nothing that a program could take for an option, or a terminal for an order. */

const UNSAFE = /^-|[\u0000-\u001f\u007f-\u009f]/

/** Fills `{}`. Null where the value must not be put into a path or a command. */
export function fill(ask: Question, value: string): Question | null {
  if (value === '' || UNSAFE.test(value)) return null
  const put = (text: string): string => text.replaceAll('{}', () => value)
  if ('command' in ask) return { command: ask.command.map(put) as [string, ...string[]] }
  if (value.includes('/') || value === '.' || value === '..') return null
  return withPath(ask, put(pathOf(ask)!))
}

/** What `pick` matches, line by line, each value once. */
export function pickValues(lines: readonly string[], pick?: string): string[] {
  const pattern = pick === undefined ? undefined : new RegExp(pick)
  const values = new Set<string>()
  for (const line of lines) {
    const value = pattern ? pattern.exec(line)?.[0] : line
    if (value) values.add(value)
  }
  return [...values]
}
