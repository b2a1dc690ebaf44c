import type { AllFacts } from '../engine/judge.ts'
import type { MoveEstimate } from '../engine/report.ts'
import { isUnknown } from '../evidence/result.ts'
import type { Toolstack } from '../facts/pair.ts'
import { humanBytes } from '../parse/size.ts'
import type { Side } from './guest.ts'

/** What of a line carries memory: 1,448 of the 1,538 bytes that a packet of TCP takes on Ethernet with an MTU of 1,500. */
const PAYLOAD = 1448 / 1538
const ASSUMED_MEGABITS = 1000
const PAGE = 4096

/** When a toolstack stops copying a running guest and suspends it. */
interface Policy {
  /** Passes over memory, the first included. */
  readonly passes: number
  /** Suspend when what is left is sent in so many seconds, or is so many bytes. */
  readonly leftSeconds?: number
  readonly leftBytes?: number
  /** Most that is sent while it runs, in sizes of the guest. */
  readonly factor?: number
}

/** QEMU goes on for ever; so many passes are taken for that. */
const FOR_EVER = 1000
const QEMU: Policy = { passes: FOR_EVER, leftSeconds: 0.3 } // downtime-limit of QEMU: 300 ms
const LIBXL: Policy = { passes: 5, leftBytes: 50 * PAGE } // xg_sr_save.c: 5 passes, or fewer than 50 pages
const XEND: Policy = { passes: 30, leftBytes: 50 * PAGE, factor: 3 } // xc_domain_save.c: 29 more passes, 3 sizes
const POLICY: Readonly<Record<Toolstack, Policy>> = {
  'libvirt-qemu': QEMU,
  'libvirt-libxl': LIBXL,
  xl: LIBXL,
  xm: XEND,
}

export interface Course {
  readonly seconds: number
  /** How long the guest stands still. */
  readonly downtimeSeconds: number
  readonly converges: boolean
}

/**
 * Copying `bytes` over a line of `line` bytes a second, while the guest changes `dirty` bytes a second: each pass sends what changed
 * during the one before. `converges` is false where more is left than the toolstack waits for; QEMU then never ends, and Xen suspends
 * the guest all the same.
 */
export function course(bytes: number, line: number, dirty: number, policy: Policy): Course {
  const enough = Math.max(policy.leftBytes ?? 0, (policy.leftSeconds ?? 0) * line)
  const most = bytes * (policy.factor ?? Infinity)
  let [left, sent, seconds] = [bytes, 0, 0]
  for (let pass = 0; pass < policy.passes; pass++) {
    sent += left
    seconds += left / line
    left = Math.min(bytes, (dirty * left) / line)
    if (left <= enough || sent + left > most) break
  }
  const downtimeSeconds = left / line
  return { seconds: seconds + downtimeSeconds, downtimeSeconds, converges: left <= enough }
}

/** Null where the guest's memory is not known. */
export function estimate(
  guest: { readonly name: string; readonly memory: unknown },
  toolstack: Toolstack,
  source: Side,
  target: Side,
): MoveEstimate | null {
  const { memory: bytes, name } = guest
  if (typeof bytes !== 'number') return null
  const speeds = [source, target].map(({ facts }) => fastest(facts))
  const told = speeds.filter((speed) => speed !== null)
  const megabits = told.length > 0 ? Math.min(...told) : ASSUMED_MEGABITS
  const line = (megabits * 1e6 * PAYLOAD) / 8
  const dirty = dirtyRate(source.facts, name)
  const policy = POLICY[toolstack]
  const done = dirty === null ? null : course(bytes, line, dirty, policy)
  const endless = done?.converges === false && policy === QEMU
  return {
    bytes,
    megabits,
    onePassSeconds: bytes / line,
    dirtyBytesPerSecond: dirty,
    // A migration that never ends takes no time that could be told.
    seconds: endless ? null : (done?.seconds ?? null),
    downtimeSeconds: endless ? null : (done?.downtimeSeconds ?? null),
    converges: done?.converges ?? null,
    assumes: [
      told.length === 2
        ? `the fastest network card that is up on both hosts carries it, and nothing else does: ${megabits} Mbit/s`
        : told.length === 1
          ? `both hosts have a line of ${megabits} Mbit/s, as the one that tells it`
          : `a line of ${megabits} Mbit/s, since neither host tells how fast its line is`,
      'all memory of the guest is sent, though QEMU sends hardly anything of a page that holds only zeros',
      ...(dirty === null
        ? [
            toolstack === 'libvirt-qemu'
              ? 'nobody has measured how fast the guest changes its memory (virsh domdirtyrate-calc measures it)'
              : 'nobody knows how fast the guest changes its memory: Xen does not count it',
          ]
        : [`the guest goes on to change ${humanBytes(dirty)} a second, as measured last`]),
      ...(toolstack === 'xl' ? ['ssh keeps up with the line'] : []),
    ],
  }
}

interface Nic {
  readonly name: string
  readonly kind: unknown
  readonly state: unknown
}

/** Megabits a second of the fastest card or bond that is up; null where none tells. */
function fastest(facts: AllFacts): number | null {
  const [nics, links] = [facts['network']?.['interfaces'], facts['migration']?.['links']]
  if (!nics?.ok || !links?.ok) return null
  const up = new Set(
    (nics.value as readonly Nic[])
      .filter((nic) => !isUnknown(nic) && (nic.kind === 'physical' || nic.kind === 'bond') && nic.state === 'up')
      .map(({ name }) => name),
  )
  const speeds = (links.value as readonly { name: string; megabits: unknown }[]).flatMap((link) =>
    !isUnknown(link) && up.has(link.name) && typeof link.megabits === 'number' ? [link.megabits] : [],
  )
  return speeds.length > 0 ? Math.max(...speeds) : null
}

function dirtyRate(facts: AllFacts, guest: string): number | null {
  const rates = facts['migration']?.['dirtyRates']
  if (!rates?.ok) return null
  const found = (rates.value as readonly { guest: string; bytesPerSecond: number }[]).find((one) => one.guest === guest)
  return found?.bytesPerSecond ?? null
}
