import { freePort } from '../hosts/sshd.ts'
import { consoleCase } from './console.ts'
import { death } from './diagnose.ts'
import { type Fault, startsItAnew } from './fault.ts'
import { Pair } from './migrate.ts'
import type { Move } from './move.ts'
import { healthyCase, unexpected } from './healthy.ts'
import type { Image } from './image.ts'
import { LabError } from './lab-error.ts'
import { type Boot, healthy, Machine } from './machine.ts'
import { check, round } from './round.ts'

/** How one fault came out; `failures` are sentences. */
export interface Outcome {
  readonly name: string
  readonly failures: readonly string[]
}

export interface Place {
  readonly image: Image
  /** Where the folders of hosts are. */
  readonly hosts: string
  readonly say: (text: string) => void
  /** What hosts say becomes fixtures. */
  readonly keep: boolean
}

/** One boot, or several one after the other: what a core is given to do. */
export type Job = (place: Place) => Promise<Outcome[]>

/** So many faults are broken together: the fewer, the less one can hide of another. */
const TOGETHER = 20
const KINDS = ['xen', 'kvm'] as const

interface Wish {
  readonly isWanted: (name: string) => boolean
  readonly smoke: boolean
}

/** The faults by the boot that they need; the usual boots look at a healthy host first. Long ones come first. */
export function boots(faults: readonly Fault[], { isWanted, smoke }: Wish): Job[] {
  const groups = new Map<string, Fault[]>(
    KINDS.filter((kind) => smoke || isWanted(`${kind}/healthy`)).map((kind) => [JSON.stringify(healthy(kind)), []]),
  )
  for (const fault of faults) {
    const key = JSON.stringify(fault.boot)
    groups.set(key, [...(groups.get(key) ?? []), fault])
  }
  return [...groups]
    .map(([key, some], index) => ({ boot: JSON.parse(key) as Boot, some, name: `${index + 1}` }))
    .sort((a, b) => rounds(b.some).length - rounds(a.some).length)
    .map(({ boot, some, name }) => (place) => {
      const usual = JSON.stringify(boot) === JSON.stringify(healthy(boot.kind))
      const look = !usual ? 'no' : smoke ? 'inside' : isWanted(`${boot.kind}/healthy`) ? 'all' : 'no'
      return treat(place, boot, some, `${boot.kind}-${name}`, look)
    })
}

export const consoles = (isWanted: (name: string) => boolean): Job[] =>
  KINDS.filter((kind) => isWanted(`${kind}/console`)).map((kind) => async (place) => {
    place.say(`${kind}/console`)
    const port = await freePort()
    return [await outcome(place, `${kind}/console`, () => consoleCase(place.image, kind, place.hosts, port))]
  })

/** Two hosts of a kind, and every migration between them: planted together, moved one after the other. */
export const migrations = (moves: readonly Move[]): Job[] =>
  KINDS.filter((kind) => moves.some((move) => move.kind === kind)).map((kind) => async (place) => {
    place.say(`${kind}/migration: two hosts boot`)
    const ports = [await freePort(), await freePort(), await freePort()]
    const outcomes: Outcome[] = []
    const mine = moves.filter((move) => move.kind === kind)
    const [last, together] = [mine.filter(({ alone }) => alone), mine.filter(({ alone }) => !alone)]
    let pair: Pair
    try {
      pair = await Pair.start(place.image, kind, place.hosts, ports)
      place.say(`${kind}/migration: ${together.length} guests start`)
      if (together.length > 0) await pair.plant(together)
    } catch (error) {
      return Promise.all(mine.map(({ name }) => outcome(place, name, () => Promise.reject(error as Error))))
    }
    for (const move of [...together, ...last]) {
      place.say(move.name)
      outcomes.push(await outcome(place, move.name, () => pair.move(move)))
    }
    await pair.stop()
    return outcomes
  })

async function outcome({ say }: Place, name: string, work: () => Promise<readonly string[]>): Promise<Outcome> {
  const failures = await work().catch((error: Error) => [
    String(error instanceof LabError ? error.message : error.stack),
  ])
  if (failures.length) say(`FAILED ${name}\n${failures.join('\n')}`)
  return { name, failures }
}

/** Those that bear it are broken and mended together, after those that are alone. */
function rounds(faults: readonly Fault[]): Fault[][] {
  const together = faults.filter(({ alone, dies }) => !alone && !dies)
  const count = Math.ceil(together.length / TOGETHER)
  const many = Array.from({ length: count }, (_, index) => together.filter((_, at) => at % count === index))
  const apart = faults.filter(({ alone, dies }) => alone && !dies).map((fault) => [fault])
  const [last, first] = [
    apart.filter((some) => some.some(startsItAnew)),
    apart.filter((some) => !some.some(startsItAnew)),
  ]
  return [...first, ...many, ...last]
}

/** All rounds of one boot. A host that died is started anew for what is left. */
async function treat(
  place: Place,
  boot: Boot,
  faults: readonly Fault[],
  name: string,
  look: 'no' | 'inside' | 'all',
): Promise<Outcome[]> {
  const { image, hosts, say, keep } = place
  const outcomes: Outcome[] = []
  for (const fault of faults.filter(({ dies }) => dies)) {
    say(fault.name)
    outcomes.push(await outcome(place, fault.name, () => death(image, fault, hosts, name, keep)))
  }
  let machine: Machine | undefined
  let known = new Set<string>()
  const up = async (): Promise<Machine> => {
    if (machine) return machine
    say(`${name}: boots`)
    known = new Set()
    return (machine = await Machine.start(image, boot, hosts, name, await freePort()))
  }
  if (look !== 'no') {
    say(`${boot.kind}/healthy`)
    const failures = async (): Promise<string[]> => {
      const host = await up()
      return look === 'all'
        ? healthyCase(host, boot.kind)
        : unexpected(await check(host, 'healthy'), boot.kind, 'inside')
    }
    outcomes.push(await outcome(place, `${boot.kind}/healthy`, failures))
  }
  for (const [index, some] of rounds(faults).entries()) {
    const names = some.map((fault) => fault.name)
    try {
      const host = await up()
      say(`${name}: ${names.join(', ')}`)
      const failures = await round(host, some, known, `round-${index}`, keep)
      for (const one of names) outcomes.push(await outcome(place, one, async () => failures.get(one)!))
      if (some.some(startsItAnew)) {
        await host.stop()
        machine = undefined
      }
    } catch (error) {
      const shown = error instanceof LabError ? error : (error as Error).stack
      for (const one of names)
        outcomes.push(await outcome(place, one, () => Promise.reject(new LabError(String(shown)))))
      await machine?.stop()
      machine = undefined
    }
  }
  await machine?.stop()
  return outcomes
}
