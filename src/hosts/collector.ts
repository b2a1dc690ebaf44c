import { dirname } from 'node:path'
import { sedExpressions } from '../bundle/redact.ts'
import { BUNDLE_VERSION } from '../bundle/manifest.ts'
import { askKey, DEFAULT_MAX_BYTES, DEFAULT_TIMEOUT_MS, isGlob, pathOf, question, withPath } from '../evidence/ask.ts'
import type { Ask, AskOptions, EachQuestion, Precondition, Question } from '../types.ts'
import { COMM_LENGTH, PROBE_WITHHELD } from './preconditions.ts'

/** Any text as one word of a POSIX shell. */
const word = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** A JSON key with `{}` in it, as a word in which a shell variable stands for `{}`. */
const keyWith = (key: string, variable: string): string =>
  key
    .split('{}')
    .map((part) => word(part))
    .join(`"$${variable}"`)

/**
 * The asks as one POSIX sh script that writes a bundle: `prelude` (collector.sh) holds the functions, each ask becomes one line.
 * Asks that need --probe are not made, since nobody can have allowed them.
 */
export function collectorScript(prelude: string, asks: readonly Ask[], version: string): string {
  const distinct = new Map(asks.map((ask) => [askKey(ask), ask]))
  const header = { bundle: BUNDLE_VERSION, vdoctor: version, recorded: 'NOW', by: 'collector' }
  const stamp = `printf '%s\\n' "{\\"bundle\\":${header.bundle},\\"vdoctor\\":\\"${version}\\",\\"recorded\\":\\"$(date -u +%Y-%m-%dT%H:%M:%SZ)\\",\\"by\\":\\"collector\\"}" >"$manifest"`
  return [
    '#!/bin/sh',
    `# vdoctor ${version} collector`,
    prelude,
    cleaner(),
    stamp,
    ...[...distinct.values()].map(lines),
    'rm -rf "$tmp"',
    'say "$(($(wc -l <"$manifest") - 1)) answers are in $out"',
    'say "Bring that folder to a machine with vdoctor, and run: vdoctor check --from FOLDER"',
    '',
  ].join('\n')
}

/** The known secrets as one sed call. */
function cleaner(): string {
  const scripts = sedExpressions.map((expression) => `-e ${word(expression)}`)
  return `clean() {\n  sed $ere ${scripts.join(' ')}\n}`
}

function lines(ask: Ask): string {
  if (ask.probe) return `gap ${word(askKey(ask))} withheld ${word(PROBE_WITHHELD)}`
  const body = 'each' in ask ? eachLines(ask) : plainLines(ask)
  if (!ask.if) return body
  const { test, detail } = precondition(ask.if)
  return `if ${test}; then\n${body}\nelse\n  gap ${word(askKey(ask))} withheld ${word(detail)}\nfi`
}

function precondition(condition: Precondition): { test: string; detail: string } {
  if ('path' in condition) return { test: `[ -e ${word(condition.path)} ]`, detail: `${condition.path} is not there` }
  if ('module' in condition) {
    const others = (condition.unless ?? []).map((path) => ` && [ ! -e ${word(path)} ]`)
    return {
      test: `[ -d ${word(`/sys/module/${condition.module}`)} ]${others.join('')}`,
      detail: `module ${condition.module} is not loaded; asking would load it${condition.unless ? ', or another one' : ''}`,
    }
  }
  const names = condition.daemon.map((name) => word(name.slice(0, COMM_LENGTH)))
  return {
    test: `runs ${names.join(' ')}`,
    detail: `${condition.daemon.join(' or ')} does not run; asking would start it or hang`,
  }
}

function plainLines(ask: Question & AskOptions): string {
  const path = pathOf(ask)
  if (path === undefined || !isGlob(path))
    return call(word(askKey(ask)), ask, ask, path === undefined ? '' : word(path))
  let folder = path
  while (isGlob(folder)) folder = dirname(folder)
  const member = keyWith(JSON.stringify(withPath(question(ask) as Question, '{}')), 'json')
  // Unquoted: here the shell is meant to expand it. Nothing in a declared glob needs quoting.
  return [
    `if base ${word(askKey(ask))} ${word(folder)}; then`,
    `  set -- ${path}`,
    '  [ -e "$1" ] || [ -h "$1" ] || set --',
    `  expands ${word(askKey(ask))} \${1+"$@"}`,
    '  for path; do',
    '    quote "$path"',
    `    ${call(member, ask, ask, '"$path"')}`,
    '  done',
    'fi',
  ].join('\n')
}

/** One function call of the prelude. */
function call(key: string, ask: Question, options: AskOptions, path: string, argv?: string): string {
  const kind = 'command' in ask ? 'command' : 'file'
  const seconds = Math.ceil((options.timeoutMs ?? DEFAULT_TIMEOUT_MS[kind]) / 1000)
  const bytes = options.maxBytes ?? DEFAULT_MAX_BYTES[kind]
  if ('command' in ask) {
    const slug = ask.command
      .join('-')
      .replace(/[^A-Za-z0-9.]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 40)
    return `ask_command ${key} ${seconds} ${bytes} '${options.backend ?? ''}' ${word(slug)} ${argv ?? ask.command.map(word).join(' ')}`
  }
  if ('file' in ask) return `ask_file ${key} ${seconds} ${bytes} '${options.fromEnd ? 'end' : ''}' ${path}`
  return `ask_${Object.keys(question(ask))[0]!} ${key} ${seconds} ${path}`
}

function eachLines(ask: EachQuestion & AskOptions): string {
  const { each, pick, ask: inner } = ask
  const key = word(askKey(ask))
  const member = keyWith(JSON.stringify(question(inner)), 'json')
  const fill = (text: string): string =>
    text
      .split('{}')
      .map((part) => (part === '' ? '' : word(part)))
      .join('"$value"') || "''"
  const argv = 'command' in inner ? inner.command.map(fill).join(' ') : undefined
  const path = pathOf(inner)
  return [
    call(word(askKey(each)), each, ask, pathOf(each) === undefined ? '' : word(pathOf(each)!)),
    `if ! outer_gap ${key}; then`,
    `  lines_of_last | pick ${word(pick ?? '')} >"$tmp/values"`,
    '  set --',
    '  while IFS= read -r value; do',
    '    safe "$value" && set -- ${1+"$@"} "$value"',
    '  done <"$tmp/values"',
    `  expands ${key} \${1+"$@"}`,
    '  for value; do',
    '    quote "$value"',
    `    ${call(member, inner, ask, path === undefined ? '' : fill(path), argv)}`,
    '  done',
    'fi',
  ].join('\n')
}
