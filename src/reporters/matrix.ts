import Table from 'cli-table3'
import { Changes, cheapestStep, nearestCell } from '../migration/changes.ts'
import type { CpuSource } from '../facts/pair/host-cpu.ts'
import type { CpuSet } from '../migration/cpu/sets.ts'
import type { Cell, Row, Verdict } from '../migration/matrix.ts'
import { plain, wrap } from './plain.ts'
import { type Look, stepText } from './problem.ts'

/** All guests on all hosts: `hosts` are their labels, in the order that rows and cells count in. */
export interface Matrix {
  readonly vdoctor: string
  readonly hosts: readonly string[]
  readonly rows: readonly Row[]
  readonly cpus: readonly CpuSet[]
}

/** Columns that a host needs in the table: "amber", and its borders. */
const COLUMN = 8
const LONGEST_NAME = 24
const MOST_CHANGES = 10

/** One row a guest, one column a host; where there are more hosts than columns, how many of each colour. */
export function matrixText(matrix: Matrix, look: Look): string {
  const { vdoctor, hosts, rows } = matrix
  const counts = count(rows.flatMap(({ cells }) => cells))
  const parts = [
    `vdoctor ${vdoctor} · ${rows.length} ${rows.length === 1 ? 'guest' : 'guests'} on ${hosts.length} hosts`,
    hosts.map((label, index) => `${String(index + 1).padStart(4)}  ${plain(label)}`).join('\n'),
    rows.length === 0 ? '' : LONGEST_NAME + COLUMN * (hosts.length + 1) <= look.width ? table(matrix) : summary(matrix),
    single(matrix, look.width),
    stuck(matrix, look.width),
    ...matrix.cpus.map((cpu) => common(cpu, look.width)),
    `${counts.green} green, ${counts.amber} amber, ${counts.red} red`,
  ]
  return `${parts.filter(Boolean).join('\n\n')}\n`
}

/** Version 1: `{version, vdoctor, hosts: [label], guests: [{guest, toolstack, live, source, targets: [{target, verdict, problems, undecided}]}], cpus: [{type, hosts, source, features, libvirtXml, xlCpuid, unknown}]}`, a line a guest. */
export function matrixJson({ vdoctor, hosts, rows, cpus }: Matrix): string {
  const guests = rows.map(({ cells, source, ...row }) =>
    JSON.stringify({ ...row, source: hosts[source], targets: cells.map((cell) => cellJson(cell, hosts)) }),
  )
  const head = JSON.stringify({ version: 1, vdoctor, hosts }).slice(0, -1)
  return `${head},"guests":[\n${guests.join(',\n')}\n],"cpus":${JSON.stringify(cpus)}}\n`
}

const cellJson = ({ target, verdict, problems, undecided }: Cell, hosts: readonly string[]) => ({
  target: hosts[target],
  verdict,
  problems: problems.map((finding) => {
    const { rule, subject, severity, title, says } = finding
    return { rule, subject, severity, title, says, change: cheapestStep(finding) ?? null }
  }),
  undecided,
})

const count = (cells: readonly Cell[]): Record<Verdict, number> => {
  const counts = { green: 0, amber: 0, red: 0 }
  for (const { verdict } of cells) counts[verdict]++
  return counts
}

const NO_LINES = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' }
const plainTable = (head: readonly string[]) =>
  new Table({ head: [...head], chars: NO_LINES, style: { head: [], border: [] } })
const short = (name: string): string => {
  const safe = plain(name)
  return safe.length > LONGEST_NAME - 4 ? `${safe.slice(0, LONGEST_NAME - 5)}…` : safe
}

function table({ hosts, rows }: Matrix): string {
  const drawn = plainTable(['guest', ...hosts.map((_, index) => String(index + 1))])
  for (const { guest, cells } of rows) {
    const at = new Map(cells.map(({ target, verdict }) => [target, verdict]))
    drawn.push([short(guest), ...hosts.map((_, index) => at.get(index) ?? 'here')])
  }
  return drawn.toString()
}

function summary({ rows }: Matrix): string {
  const drawn = plainTable(['guest', 'on', 'green', 'amber', 'red', 'green on'])
  for (const { guest, source, cells } of rows) {
    const { green, amber, red } = count(cells)
    const where = cells.filter(({ verdict }) => verdict === 'green').map(({ target }) => target + 1)
    drawn.push([short(guest), source + 1, green, amber, red, ranges(where)])
  }
  return drawn.toString()
}

/** 1-4, 7, 9-12 */
function ranges(numbers: readonly number[]): string {
  const found: [number, number][] = []
  for (const number of numbers) {
    const last = found.at(-1)
    if (last && last[1] === number - 1) last[1] = number
    else found.push([number, number])
  }
  const shown = found.slice(0, 4).map(([from, to]) => (from === to ? String(from) : `${from}-${to}`))
  return shown.join(', ') + (found.length > 4 ? ' …' : '')
}

/** What a single change would turn green. */
function single({ rows }: Matrix, width: number): string {
  const changes = new Changes()
  for (const row of rows) changes.add(row)
  const all = changes.all()
  if (all.length === 0) return ''
  const lines = all.slice(0, MOST_CHANGES).flatMap(({ finding, target, step, guests }) => {
    const who = guests.length === 1 ? plain(guests[0]!) : `${guests.length} guests`
    return item(`${who} on ${target + 1}: ${plain(finding.title)} (${finding.rule}). ${stepText(step)}`, width)
  })
  const more = all.length > MOST_CHANGES ? [`  … and ${all.length - MOST_CHANGES} more`] : []
  return ['One change would turn green:', ...lines, ...more].join('\n')
}

/** Guests that no host can take: where least stands in the way. */
function stuck({ rows }: Matrix, width: number): string {
  const lost = rows.filter(({ cells }) => cells.length > 0 && cells.every(({ verdict }) => verdict === 'red'))
  if (lost.length === 0) return ''
  const lines = lost.slice(0, MOST_CHANGES).flatMap((row) => {
    const { target, problems } = nearestCell(row)!
    const what = problems.filter(({ severity }) => severity === 'error').map(({ rule }) => rule)
    return item(`${plain(row.guest)}: nearest is ${target + 1}; in the way: ${[...new Set(what)].join(', ')}`, width)
  })
  const more = lost.length > MOST_CHANGES ? [`  … and ${lost.length - MOST_CHANGES} more`] : []
  return ['Guests that can go nowhere yet:', ...lines, ...more].join('\n')
}

const TOLD: Readonly<Record<CpuSource, string>> = {
  libvirt: "by libvirt's notes of QEMU",
  'xen-cpuid': 'by xen-cpuid',
  'xl info': 'by xl info',
  cpuinfo: 'a guess, by /proc/cpuinfo',
}

/** The greatest common processor, as it is pasted into a definition. */
function common({ type, hosts, source, libvirtXml, xlCpuid, unknown }: CpuSet, width: number): string {
  const whom = type === 'hvm' ? 'HVM and PVH guests' : `${type.toUpperCase()} guests`
  const text = libvirtXml || (xlCpuid && `cpuid = "${xlCpuid}"`)
  const left = unknown.length === 0 ? '' : ` Not known of ${unknown.map(plain).join(', ')}.`
  const head = text
    ? `What all of ${hosts.length - unknown.length} hosts can give ${whom} (${TOLD[source ?? 'cpuinfo']}).${left}`
    : `What all hosts can give ${whom} is not known, or their makers differ.${left}`
  return [
    ...wrap(head, width),
    ...text
      .split('\n')
      .filter(Boolean)
      .map((line) => `  ${plain(line)}`),
  ].join('\n')
}

const item = (text: string, width: number): string[] =>
  wrap(text, width - 4).map((line, index) => (index === 0 ? `  - ${line}` : `    ${line}`))
