import type { ConsolePath, Fix, Link } from '../serial/setup/console-path.ts'
import { plain, wrap } from './plain.ts'
import { commandLine, type Look, place } from './problem.ts'

const WIDEST_NAME = 12
const MOST_PLACES = 2
const INDENT = '   '
const SIGNS = { ok: '  ok   ', missing: 'MISSING', unknown: '   ?   ' } as const

/** One chain after the other: what is right in a line each, what is missing with the lines that mend it. */
export function consolePathText(host: string, version: string, paths: readonly ConsolePath[], look: Look): string {
  const count = (state: ConsolePath['state']): number => paths.filter((one) => one.state === state).length
  const told: Told = new Map()
  const parts = [
    `vdoctor ${version} · ${plain(host)}`,
    ...paths.map((path) => pathText(path, look, told)),
    `${many(count('ok'))} complete, ${count('missing')} with something missing, ${count('unknown')} not known to the end.`,
  ]
  return `${parts.join('\n\n')}\n`
}

const many = (count: number): string => `${count} ${count === 1 ? 'console' : 'consoles'}`

/** Lines that were printed already, and for whom: a hundred guests want the same. */
type Told = Map<string, string>

function pathText({ guest, what, device, links }: ConsolePath, look: Look, told: Told): string {
  const head = guest === '' ? `This machine, ${what}` : `Guest ${plain(guest)}, ${what}`
  return [
    `${plain(head)}${device === '' ? '' : `: ${plain(device)}`}`,
    ...links.flatMap((one) => linkText(one, look, guest, told)),
  ].join('\n')
}

function linkText({ name, state, says, from, fix }: Link, { width, color }: Look, guest: string, told: Told): string[] {
  const sign = color && state === 'missing' ? color.yellow.bold(SIGNS[state]) : SIGNS[state]
  const head = `${INDENT}${sign}  ${name.padEnd(WIDEST_NAME)} `
  const room = Math.max(20, width - INDENT.length - SIGNS.ok.length - 2 - WIDEST_NAME - 1)
  const hanging = ' '.repeat(INDENT.length + SIGNS.ok.length + 2 + WIDEST_NAME + 1)
  const read = [...new Set(from.map(place))]
  const places = read.length <= MOST_PLACES ? read.join(', ') : ''
  const text = wrap(`${plain(says)}${state !== 'unknown' && places !== '' ? ` (${places})` : ''}`, room)
  const [first = '', ...rest] = text
  const lines = [head + first, ...rest.map((line) => hanging + line)]
  const key = JSON.stringify(fix)
  const before = told.get(key)
  if (before !== undefined && fix.length > 0) return [...lines, `${hanging}as for ${before}`]
  told.set(key, guest === '' ? 'this machine' : `guest ${plain(guest)}`)
  return fix.length === 0
    ? lines
    : [
        ...lines,
        ...(state === 'unknown' ? [`${hanging}where it is missing:`] : []),
        ...fix.flatMap((one) => fixText(one, hanging)),
      ]
}

/** Lines to be typed are never wrapped. */
function fixText({ where, editor, lines, insteadOf, run, interrupts }: Fix, hanging: string): string[] {
  const deeper = `${hanging}    `
  return [
    `${hanging}${editor ? `$ ${commandLine(editor)}, ` : ''}${plain(where)}:`,
    ...(insteadOf === undefined ? [] : [`${deeper}in place of  ${plain(insteadOf)}`]),
    ...lines.map((line) => `${deeper}${insteadOf === undefined ? '' : 'write        '}${plain(line)}`),
    ...(run === undefined ? [] : [`${deeper}$ ${plain(run)}`]),
    ...(interrupts === undefined ? [] : [`${deeper}(interrupts ${plain(interrupts)})`]),
  ]
}
