import { known } from '../../src/evidence/result.ts'
import type { AllFacts } from '../../src/engine/judge.ts'
import type { Side } from '../../src/migration/guest.ts'
import { changed } from './machines.ts'

type Item = Readonly<Record<string, unknown>>
type Values = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** A healthy pair of hosts before facts are made of it: what a plant changes. */
export interface Scene {
  /** The guest itself, and what it has. */
  readonly guest: Item
  readonly has: Readonly<
    Record<
      'disks' | 'interfaces' | 'hostdevs' | 'peripherals' | 'consoles' | 'graphics' | 'unknownKeys',
      readonly Item[]
    >
  >
  /** What libvirt notes of it while it runs. */
  readonly live: Item
  /** Facts that differ from the recorded machine. */
  readonly both: Values
  readonly source: Values
  readonly target: Values
}

/** One fault: which rule must find it, and the scene with it. */
export interface Plant {
  readonly finds: string
  readonly with: (scene: Scene) => Scene
}

const merged = (a: Values, b: Values): Values =>
  Object.fromEntries(
    [...new Set([...Object.keys(a), ...Object.keys(b)])].map((name) => [name, { ...a[name], ...b[name] }]),
  )

export const guest =
  (change: Item) =>
  (scene: Scene): Scene => ({ ...scene, guest: { ...scene.guest, ...change } })
export const live =
  (change: Item) =>
  (scene: Scene): Scene => ({ ...scene, live: { ...scene.live, ...change } })
export const has =
  (kind: keyof Scene['has'], item: Item) =>
  (scene: Scene): Scene => ({
    ...scene,
    has: { ...scene.has, [kind]: [...scene.has[kind], item] },
  })
export const source =
  (change: Values) =>
  (scene: Scene): Scene => ({ ...scene, source: merged(scene.source, change) })
export const target =
  (change: Values) =>
  (scene: Scene): Scene => ({ ...scene, target: merged(scene.target, change) })
export const all =
  (...steps: ((scene: Scene) => Scene)[]) =>
  (scene: Scene): Scene =>
    steps.reduce((so, step) => step(so), scene)

const facts = (values: Values): AllFacts =>
  Object.fromEntries(
    Object.entries(values).map(([name, fields]) => [
      name,
      Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, known(value)])),
    ]),
  )

/** The two hosts of a scene. `machine` is a recorded one; both are that machine where nothing is said. */
export function hostsOf(machine: Side, scene: Scene): { source: Side; target: Side } {
  const name = scene.guest['name']
  const own = { guest: name, configFile: scene.guest['configFile'] }
  const lists = Object.fromEntries(
    Object.entries(scene.has).map(([kind, items]) => [kind, items.map((item) => ({ ...own, ...item }))]),
  )
  const {
    snapshots = [],
    saved = [],
    backings = [],
    ...noted
  } = scene.live as {
    snapshots?: Item[]
    saved?: string[]
    backings?: Item[]
  }
  const running = {
    guests: { all: [scene.guest], ...lists },
    backends: {
      domains: [{ ...own, ...noted }],
      snapshots: snapshots.map((one) => ({ ...own, ...one })),
      savedGuests: saved,
      backings: backings.map((one) => ({ ...own, ...one })),
    },
  }
  const empty = Object.fromEntries(Object.keys(lists).map((kind) => [kind, []]))
  const nobody = {
    guests: { all: [], ...empty },
    backends: { domains: [], snapshots: [], savedGuests: [], backings: [] },
  }
  return {
    source: changed(machine, facts(merged(merged(running, scene.both), scene.source)), 'source'),
    target: changed(machine, facts(merged(merged(nobody, scene.both), scene.target)), 'target'),
  }
}
