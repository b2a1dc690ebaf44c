import type { AllFacts } from '../engine/judge.ts'
import { isUnknown } from '../evidence/result.ts'
import type { Toolstack } from '../facts/pair.ts'
import { nearest } from '../parse/nearest.ts'
import { type Host, UserError } from '../types.ts'

/** One side: a machine, and what is known of it. */
export interface Side {
  readonly host: Pick<Host, 'label' | 'at'>
  readonly facts: AllFacts
}

export interface GuestItem {
  readonly name: string
  readonly configFile: unknown
  readonly toolstack: string
  readonly type: string
  readonly running: unknown
  readonly memory: unknown
}

export function guestsOf({ facts }: Side): GuestItem[] {
  const all = facts['guests']?.['all']
  if (!all?.ok) return []
  return (all.value as readonly unknown[]).filter((one) => !isUnknown(one)) as GuestItem[]
}

/**
 * The guest of that name, or of that configuration file, on a host; throws a UserError where there is none, or two. `elsewhere` is where it
 * may be in place of it.
 */
export function guestNamed(name: string, side: Side, elsewhere?: Side): GuestItem {
  const here = guestsOf(side)
  const { label } = side.host
  const found = here.filter((guest) => guest.name === name || guest.configFile === name)
  if (found.length === 1) return found[0]!
  if (found.length > 1)
    throw new UserError(
      `${label} has ${found.length} guests called "${name}"`,
      'Rename one of them first: nobody can tell which is meant.',
    )
  if (elsewhere && guestsOf(elsewhere).some((guest) => guest.name === name))
    throw new UserError(
      `"${name}" is not on ${label}, but on ${elsewhere.host.label}`,
      'Turn --source and --target round.',
    )
  const meant = nearest(
    name,
    here.map((guest) => guest.name),
  )
  throw new UserError(
    `${label} has no guest called "${name}"${meant ? `; did you mean "${meant}"?` : ''}`,
    [
      here.length > 0
        ? `There are: ${here.map((guest) => guest.name).join(', ')}.`
        : 'No guest of it is known: were its definitions recorded?',
      ...unreadable(side),
    ].join(' '),
  )
}

/** Definitions that could be the one that is looked for. */
function unreadable({ facts }: Side): string[] {
  const errors = facts['guests']?.['syntaxErrors']
  if (!errors?.ok) return []
  const known = (errors.value as readonly unknown[]).filter((one) => !isUnknown(one)) as SyntaxErrorItem[]
  return known.map(({ file, line, message }) => `${file}:${line} cannot be read: ${message}.`)
}

interface SyntaxErrorItem {
  readonly file: string
  readonly line: number
  readonly message: string
}

/** Image files of a guest; not what lies on devices or far away. */
export function imagesOf({ facts }: Side, guest: string): string[] {
  const disks = facts['guests']?.['disks']
  if (!disks?.ok) return []
  return (disks.value as readonly unknown[])
    .filter((disk) => !isUnknown(disk))
    .map((disk) => disk as { guest: unknown; type: unknown; path: unknown })
    .filter((disk) => disk.guest === guest && disk.type === 'file' && typeof disk.path === 'string' && disk.path !== '')
    .map(({ path }) => path as string)
}

/** xend's guests are moved by xm, and libvirt's by itself, whatever is below. */
export function toolstackOf({ toolstack, type }: GuestItem): Toolstack {
  if (toolstack === 'xend') return 'xm'
  if (toolstack === 'xl') return 'xl'
  return type === 'kvm' || type === 'qemu' ? 'libvirt-qemu' : 'libvirt-libxl'
}
