import { chain, isUnknown, known, map, orGap, unknown } from '../../evidence/result.ts'
import type { Emulator } from '../../parse/cpu/qemu-caps.ts'
import type { Guest } from '../../parse/guest/guest.ts'
import type { Result, Unknown } from '../../types.ts'
import { bool, number, object } from '../schema.ts'
import type { AllFacts } from './host-cpu.ts'

export const pairMachineSchema = object(
  {
    emulatorThere: bool("QEMU: the guest's emulator is at the same path on the target"),
    known: bool("QEMU: the target's emulator knows the guest's machine type; true where it names none"),
    maxCpus: number('count', 'QEMU: most virtual CPUs that this machine type can have there'),
  },
  'The machine that the guest is, on the target',
)

/** Where distributions keep emulators of x86: these are looked for on every host. */
const LOOKED_FOR = /^\/usr\/(bin\/qemu-system-[^/]+|(libexec|bin)\/qemu-kvm)$/

/** Only libvirt needs the same emulator and machine type; xl takes those of its own. */
export function pairMachine(target: AllFacts, guest: Guest) {
  const fact = <T>(set: string, name: string): Result<T> =>
    (target[set]?.[name] ?? unknown('not-recorded', `${set}.${name}`)) as Result<T>
  const there = map(fact<readonly (string | Unknown)[]>('offers', 'programs'), (list) => {
    if (list.includes(guest.emulator)) return true
    if (!LOOKED_FOR.test(guest.emulator)) throw new Error(`nobody looked for ${guest.emulator}`)
    return false
  })
  const notes = chain(fact<readonly (Emulator | Unknown)[]>('offers', 'emulators'), (list): Result<Emulator> => {
    const own = list.find((one) => !isUnknown(one) && one.path === guest.emulator)
    if (own && !isUnknown(own)) return known(own)
    return list.find(isUnknown) ?? unknown('absent', 'libvirt', `it has no notes of ${guest.emulator}`)
  })
  const machine = map(notes, ({ machines }) =>
    machines.find(({ name, alias }) => guest.machine === name || guest.machine === alias),
  )
  return {
    emulatorThere: orGap(there),
    known: guest.machine === '' ? true : orGap(map(machine, (one) => one !== undefined)),
    maxCpus: orGap(
      map(machine, (one) => {
        if (!one || one.maxCpus === 0) throw new Error('no limit is told')
        return one.maxCpus
      }),
    ),
  }
}
