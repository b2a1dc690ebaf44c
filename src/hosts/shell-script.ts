import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { askKey, DEFAULT_MAX_BYTES, DEFAULT_TIMEOUT_MS, isGlob, pathOf, question } from '../evidence/ask.ts'
import type { Ask, AskOptions, EachQuestion, Precondition, Question } from '../types.ts'
import { Overlaps } from './overlaps.ts'
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
  const groups = new Map<string, (EachQuestion & AskOptions)[]>()
  for (const ask of distinct)
    if ('each' in ask) groups.set(askKey(ask.each), [...(groups.get(askKey(ask.each)) ?? []), ask])
  const overlaps = new Overlaps(distinct)
  const lines: string[] = [`asked=${word(overlaps.fixed.map((line) => `${line}\n`).join(''))}`]
  for (const kind of ['stat', 'link'] as const) {
    const paths = distinct.filter((ask) => isBare(ask) && kind in ask).map((ask) => word(pathOf(ask)!))
    if (paths.length > 0) lines.push(`many ${kind} ${paths.join(' ')}`)
  }
  for (const ask of distinct) {
    if ('each' in ask) {
      lines.push(...eachLines(groups.get(askKey(ask.each)) ?? [], options.probe))
      groups.delete(askKey(ask.each))
    } else if (!groups.has(askKey(ask)) && !(isBare(ask) && ('stat' in ask || 'link' in ask)))
      lines.push(allowed(ask, askKey(ask), `${overlaps.has(ask) ? 'once ' : ''}${call(ask, ask)}`, options.probe))
  }
  return lines
}

/** Nothing but a path. */
const isBare = (ask: Ask): boolean => {
  const path = pathOf(ask)
  return path !== undefined && !isGlob(path) && Object.keys(ask).length === 1
}

/** The line, made only where the ask may be made. */
function allowed(options: AskOptions, key: string, line: string, probe: boolean): string {
  if (options.probe && !probe) return `gap ${word(key)} withheld ${word(PROBE_WITHHELD)}`
  return options.if ? `may ${word(key)} ${precondition(options.if)} && ${line}` : line
}

/** What is said where it does not hold, and the test. */
const precondition = (condition: Precondition): string => `${word(detail(condition))} ${test(condition)}`

function detail(condition: Precondition): string {
  if ('path' in condition) return `${condition.path} is not there`
  if ('daemon' in condition) return `${condition.daemon.join(' or ')} does not run; asking would start it or hang`
  const others = condition.unless ? ', or another one' : ''
  return `module ${condition.module} is not loaded; asking would load it${others}`
}

function test(condition: Precondition): string {
  if ('path' in condition) return `there ${word(condition.path)}`
  if ('daemon' in condition)
    return ['runs', ...condition.daemon.map((name) => word(name.slice(0, COMM_LENGTH)))].join(' ')
  return ['loaded', ...[condition.module, ...(condition.unless ?? [])].map(word)].join(' ')
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

/** The outer question once, where any of the asks may be made, and what each of them makes of its lines. */
function eachLines(asks: readonly (EachQuestion & AskOptions)[], probe: boolean): string[] {
  const [first] = asks
  if (!first) return []
  const wanted = asks.filter((ask) => probe || !ask.probe)
  const tests = wanted.map((ask) => (ask.if ? test(ask.if) : 'true'))
  const members = asks.flatMap((ask) => {
    const inner = ask.ask
    const key = askKey(ask)
    const values = `values ${word(key)} ${word(ask.pick ?? '')} ${'command' in inner ? "''" : 'names'}`
    return [
      'picked=',
      allowed(ask, key, values, probe),
      'for value in $picked; do',
      '  quote "$value"',
      `  ${call(inner, ask, { value: 'value', json: 'json' })}`,
      'done',
    ]
  })
  const outer = `{ outer=yes; ${call(first.each, first)}; outer=; }`
  return [...(wanted.length === 0 ? [] : [`if ${[...new Set(tests)].join(' || ')}; then ${outer}; fi`]), ...members]
}
