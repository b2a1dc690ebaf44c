import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { askKey, DEFAULT_MAX_BYTES, DEFAULT_TIMEOUT_MS, isGlob, pathOf, question } from '../evidence/ask.ts'
import type { Ask, AskOptions, EachQuestion, Precondition, Question } from '../types.ts'
import { COMM_LENGTH, PROBE_WITHHELD } from './preconditions.ts'

/** Beside this file, and beside the bundle that the build makes. */
let read = (name: string): string => readFileSync(join(import.meta.dirname, 'shell', name), 'utf8')

/** The single executable holds them in itself. */
export const holdShell = (reader: typeof read): void => void (read = reader)

/** The functions that the lines below call, and what becomes of the answers. */
export const shellFunctions = (sink: 'folder' | 'stream'): string =>
  ['core', 'limits', 'files', 'commands', sink].map((name) => read(`${name}.sh`)).join('\n')

/** Any text as one word of a POSIX shell. */
export const word = (text: string): string =>
  /^[A-Za-z0-9_./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`

/** A text with `{}` in it, as a word in which a shell variable stands for `{}`. */
const filled = (text: string, variable: string): string =>
  text
    .split('{}')
    .map((part) => (part === '' ? '' : word(part)))
    .join(`"$${variable}"`)

/** The asks as lines of a POSIX shell, each question once. Those that need --probe are made where it was given. */
export function shellLines(asks: readonly Ask[], options: { probe: boolean }): string[] {
  const distinct = [...new Map(asks.map((ask) => [askKey(ask), ask])).values()]
  const eaches = distinct.filter((ask) => 'each' in ask)
  const askedByEach = new Set(eaches.map((ask) => outerKey(ask)))
  const groups = new Map(eaches.map((ask) => [outerKey(ask), eaches.filter((one) => outerKey(one) === outerKey(ask))]))
  const lines: string[] = []
  for (const kind of ['stat', 'link'] as const) {
    const paths = distinct.filter((ask) => isBare(ask) && kind in ask).map((ask) => word(pathOf(ask)!))
    if (paths.length > 0) lines.push(`many ${kind} ${paths.join(' ')}`)
  }
  for (const ask of distinct) {
    if ('each' in ask) {
      const group = groups.get(outerKey(ask))
      if (group) lines.push(...eachLines(group, options.probe))
      groups.delete(outerKey(ask))
    } else if (!askedByEach.has(plainKey(ask)) && !(isBare(ask) && ('stat' in ask || 'link' in ask)))
      lines.push(allowed(ask, askKey(ask), call(ask, ask), options.probe))
  }
  return lines
}

/** Nothing but a path. */
const isBare = (ask: Ask): boolean => {
  const path = pathOf(ask)
  return path !== undefined && !isGlob(path) && Object.keys(ask).length === 1
}

const plainKey = (ask: Question & AskOptions): string => JSON.stringify([question(ask), ask.if, ask.backend])
const outerKey = (ask: EachQuestion & AskOptions): string => plainKey({ ...ask.each, ...onlyWhere(ask) })
const onlyWhere = ({ if: condition, backend, timeoutMs, probe }: AskOptions): AskOptions => ({
  ...(condition && { if: condition }),
  ...(backend && { backend }),
  ...(timeoutMs && { timeoutMs }),
  ...(probe && { probe }),
})

/** The line, made only where the ask may be made. */
function allowed(options: AskOptions, key: string, line: string, probe: boolean): string {
  if (options.probe && !probe) return `gap ${word(key)} withheld ${word(PROBE_WITHHELD)}`
  return options.if ? `may ${word(key)} ${precondition(options.if)} && ${line}` : line
}

/** What is said where it does not hold, and the test. */
function precondition(condition: Precondition): string {
  if ('path' in condition) return `${word(`${condition.path} is not there`)} there ${word(condition.path)}`
  if ('module' in condition) {
    const { module, unless } = condition
    const detail = `module ${module} is not loaded; asking would load it${unless ? ', or another one' : ''}`
    return [word(detail), 'loaded', ...[module, ...(unless ?? [])].map(word)].join(' ')
  }
  const detail = `${condition.daemon.join(' or ')} does not run; asking would start it or hang`
  return [word(detail), 'runs', ...condition.daemon.map((name) => word(name.slice(0, COMM_LENGTH)))].join(' ')
}

/** One call of a function of core.sh. `variable`: what stands for `{}` there, and its name within JSON. */
function call(ask: Question, options: AskOptions, variable?: { value: string; json: string }): string {
  const kind = 'command' in ask ? 'command' : 'file'
  const seconds = Math.ceil((options.timeoutMs ?? DEFAULT_TIMEOUT_MS[kind]) / 1000)
  const bytes = options.maxBytes ?? DEFAULT_MAX_BYTES[kind]
  const put = (text: string, name?: string): string => (name === undefined ? word(text) : filled(text, name))
  if ('command' in ask) {
    const key = put(JSON.stringify(question(ask)), variable?.json)
    const argv = ask.command.map((text) => put(text, variable?.value)).join(' ')
    return `ask_command ${key} ${seconds} ${bytes} '${options.backend ?? ''}' ${slug(ask.command)} ${argv}`
  }
  const path = pathOf(ask)!
  const limits = options.fromEnd
    ? [seconds, bytes, 'end']
    : bytes !== DEFAULT_MAX_BYTES.file
      ? [seconds, bytes]
      : seconds !== DEFAULT_TIMEOUT_MS.file / 1000
        ? [seconds]
        : []
  const how = variable === undefined && isGlob(path) ? 'glob' : 'ask'
  return [how, Object.keys(question(ask))[0]!, put(path, variable?.value), ...limits].join(' ')
}

/** `virsh -r list` → virsh-r-list: part of a file's name. */
export const slug = (argv: readonly string[]): string =>
  argv
    .join('-')
    .replace(/[^A-Za-z0-9.]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40)

/** The outer question once, and what each of the asks makes of its lines. */
function eachLines(asks: readonly (EachQuestion & AskOptions)[], probe: boolean): string[] {
  const [first] = asks as [EachQuestion & AskOptions]
  const { each } = first
  const members = asks.flatMap((ask) => {
    const inner = ask.ask
    return [
      `values ${word(askKey(ask))} ${word(ask.pick ?? '')} ${'command' in inner ? "''" : 'names'}`,
      'for value in $picked; do',
      '  quote "$value"',
      `  ${call(inner, ask, { value: 'value', json: 'json' })}`,
      'done',
    ]
  })
  const outer = allowed(first, askKey(each), call(each, onlyWhere(first)), probe)
  return ['outer=yes', outer, ...members]
}
