import { judge, type AllFacts } from '../engine/judge.ts'
import { makeReport, type Report } from '../engine/report.ts'
import type { Rule } from '../engine/rule.ts'
import { isUnknown } from '../evidence/result.ts'
import { pairFacts, type Toolstack } from '../facts/pair.ts'
import { nearest } from '../parse/nearest.ts'
import { type Host, UserError } from '../types.ts'

/** One side: a machine, and what is known of it. */
export interface Side {
  readonly host: Pick<Host, 'label' | 'at'>
  readonly facts: AllFacts
}

export interface ReadyOptions {
  readonly source: Side
  readonly target: Side
  /** The guest is shut down first, or is down already. */
  readonly offline: boolean
  readonly version: string
}

/** Recordings further apart than that are said to be so. */
const APART_MS = 3_600_000

interface GuestItem {
  readonly name: string
  readonly toolstack: string
  readonly type: string
}

/** Whether a guest could move from one host to the other: every reason against it that is known, in one pass. */
export function readiness(
  name: string,
  rules: readonly Rule[],
  { source, target, offline, version }: ReadyOptions,
): Report {
  if (source.host.label === target.host.label)
    throw new UserError(
      `source and target are the same: ${source.host.label}`,
      'Name the host that the guest shall go to with --target.',
    )
  const guest = guestNamed(name, source, target)
  const toolstack = toolstackOf(guest)
  const facts = pairFacts({ source: source.facts, target: target.facts }, guest.name, { toolstack, live: !offline })
  const concerned = rules.filter(({ pair }) => pair && (pair.by.length === 0 || pair.by.includes(toolstack)))
  const label = `guest ${guest.name}: ${source.host.label} → ${target.host.label}`
  const at = target.host.at ?? source.host.at
  const host: Host = { label, at, answer: async () => [] }
  return makeReport(host, { ...source.facts, ...facts }, judge(concerned, facts), version, [])
}

/** How far apart the two were recorded, in a sentence; null where that does not matter, or nobody wrote it down. */
export function apart({ source, target }: Pick<ReadyOptions, 'source' | 'target'>): string | null {
  const [from, to] = [source.host.at, target.host.at]
  if (!from || !to || Math.abs(to.getTime() - from.getTime()) <= APART_MS) return null
  const day = (at: Date): string => at.toISOString().slice(0, 16).replace('T', ' ')
  return `The source was recorded at ${day(from)} and the target at ${day(to)} UTC: much may have changed between.`
}

function guestNamed(name: string, source: Side, target: Side): GuestItem {
  const here = guestsOf(source)
  const found = here.filter((guest) => guest.name === name)
  if (found.length === 1) return found[0]!
  if (found.length > 1)
    throw new UserError(
      `${source.host.label} has ${found.length} guests called "${name}"`,
      'Rename one of them first: nobody can tell which is meant.',
    )
  if (guestsOf(target).some((guest) => guest.name === name))
    throw new UserError(
      `"${name}" is not on ${source.host.label}, but on ${target.host.label}`,
      'Turn --source and --target round.',
    )
  const meant = nearest(
    name,
    here.map((guest) => guest.name),
  )
  throw new UserError(
    `${source.host.label} has no guest called "${name}"${meant ? `; did you mean "${meant}"?` : ''}`,
    here.length > 0
      ? `There are: ${here.map((guest) => guest.name).join(', ')}.`
      : 'No guest of it is known: were its definitions recorded?',
  )
}

function guestsOf({ facts }: Side): GuestItem[] {
  const all = facts['guests']?.['all']
  if (!all?.ok) return []
  return (all.value as readonly unknown[]).filter((one) => !isUnknown(one)) as GuestItem[]
}

/** xend's guests are moved by xm, and libvirt's by itself, whatever is below. */
function toolstackOf({ toolstack, type }: GuestItem): Toolstack {
  if (toolstack === 'xend') return 'xm'
  if (toolstack === 'xl') return 'xl'
  return type === 'kvm' || type === 'qemu' ? 'libvirt-qemu' : 'libvirt-libxl'
}
