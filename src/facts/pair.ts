import type { FactSet } from './fact-set.ts'
import { domainSchema, snapshotSchema } from './backends/live.ts'
import { cpuSchema } from './guests/cpu.ts'
import * as guest from './guests/schema.ts'
import { factSets } from './index.ts'
import { pairBridgeSchema } from './pair/bridges.ts'
import { pairCpuSchema } from './pair/cpu.ts'
import { pairDiskSchema } from './pair/disks.ts'
import type { AllFacts } from './pair/facts-of.ts'
import { pairFileSchema } from './pair/files.ts'
import { guestNamespace } from './pair/guest.ts'
import { hostNamespace } from './pair/host.ts'
import { pairMachineSchema } from './pair/machine.ts'
import { type Move, TOOLSTACKS } from './pair/move.ts'
import { namesakeSchema } from './pair/namesakes.ts'
import { pairNamespace } from './pair/namespace.ts'
import { NOT_PROBED, probeAbout, type Probed } from './pair/probe.ts'
import { bool, listOf, nullable, number, object, string, strings } from './schema.ts'

/** A namespace without asks: what it holds is made of the facts of two hosts. */
const derived = (name: string, meaning: string, about: FactSet['about']): FactSet => ({
  name,
  meaning,
  about,
  asks: [],
  parse: () => ({}),
})

const hostFields = Object.fromEntries(factSets.map(({ name, about, meaning }) => [name, object(about, meaning)]))

/** What a rule with `for: pair` reads: a guest, the host that it is on, and the host where it shall run. */
export const pairSets: readonly FactSet[] = [
  derived('pair', 'A guest that is to move, and how', {
    toolstack: string(`Who moves it: ${TOOLSTACKS.join(', ')}`),
    live: bool('It runs, and shall go on running'),
    starts: bool('It does not move: it is to be started on the target'),
    cpu: pairCpuSchema,
    machine: pairMachineSchema,
    openFlaws: strings('Flaws of processors that the target calls itself vulnerable to, and the source does not'),
    disks: listOf(pairDiskSchema, 'Disks of the guest and base images below them, seen from both hosts'),
    files: listOf(pairFileSchema, 'Files of the host itself that the definition of the guest names'),
    bridges: listOf(pairBridgeSchema, 'Linux bridges of the guest that both hosts have'),
    sameName: listOf(namesakeSchema, 'Guests of the target with the name of this one'),
    sameUuid: listOf(namesakeSchema, 'Guests of the target with the UUID of this one'),
    clockSkew: nullable(
      number(
        's',
        'How far the clocks of the two hosts are apart; none where the time daemon of one of them cannot tell',
      ),
    ),
  }),
  derived('guest', 'The guest', {
    itself: guest.guestSchema,
    cpu: cpuSchema,
    disks: listOf(guest.diskSchema, 'Its disks and drives'),
    interfaces: listOf(guest.interfaceSchema, 'Its network interfaces'),
    hostdevs: listOf(guest.hostdevSchema, "The host's devices that it gets"),
    pins: listOf(guest.pinSchema, 'Processors that it is bound to'),
    numa: listOf(guest.numaSchema, 'NUMA nodes that its memory is bound to'),
    peripherals: listOf(guest.peripheralSchema, 'Its shared folders, TPMs, shared memory and so on'),
    consoles: listOf(guest.consoleSchema, 'Its serial ports and consoles'),
    graphics: listOf(guest.graphicsSchema, 'Its graphical consoles'),
    unknownKeys: listOf(guest.unknownKeySchema, 'Settings in its file that xl does not know'),
    snapshots: listOf(snapshotSchema, 'Its snapshots that libvirt keeps a record of'),
    live: listOf(domainSchema, 'What libvirt notes of it while QEMU runs it; [] while it does not run'),
    saved: bool('Its memory was saved: the next start resumes it'),
  }),
  derived('probe', 'What only trying can tell (--probe)', probeAbout),
  derived('source', 'The host that it is on: every namespace of facts', hostFields),
  derived('target', 'The host where it shall run: every namespace of facts', hostFields),
]

/** What a rule with `for: target` reads: it is asked of a guest that is only started, too. */
export const targetSets: readonly FactSet[] = pairSets.filter(({ name }) => name !== 'source' && name !== 'probe')

/**
 * Facts of two hosts as one set that conditions can read. `name` is the guest's; it must be one of the source's. Without a source it is
 * started on the target, and must be one of the target's.
 */
export function pairFacts(
  hosts: { readonly source?: AllFacts; readonly target: AllFacts },
  name: string,
  how: Omit<Move, 'starts'>,
  probe: Probed = NOT_PROBED,
): AllFacts {
  const { target } = hosts
  const source = hosts.source ?? target
  const own = guestNamespace(source, name)
  return {
    pair: pairNamespace(source, target, own, { ...how, starts: hosts.source === undefined }),
    guest: own,
    probe,
    source: hostNamespace(source, 'source'),
    target: hostNamespace(target, 'target'),
  }
}
