import { chain, isUnknown, known, map, orGap, unknown } from '../../evidence/result.ts'
import type { Emulator } from '../../parse/cpu/qemu-caps.ts'
import type { Guest } from '../../parse/guest/guest.ts'
import type { Result, Unknown } from '../../types.ts'
import { bool, number, object } from '../schema.ts'
import { type AllFacts, factOf } from './facts-of.ts'

export const pairMachineSchema = object(
  {
    known: bool("QEMU: the target's emulator knows the guest's machine type; true where it names none"),
    maxCpus: number('count', 'QEMU: most virtual CPUs that this machine type can have there'),
  },
  'The machine that the guest is, on the target',
)

/** Only libvirt needs the same emulator and machine type; xl takes those of its own. */
export function pairMachine(target: AllFacts, guest: Guest) {
  const notes = chain(
    factOf<readonly (Emulator | Unknown)[]>(target, 'offers', 'emulators'),
    (list): Result<Emulator> => {
      const own = list.find((one) => !isUnknown(one) && one.path === guest.emulator)
      if (own && !isUnknown(own)) return known(own)
      return list.find(isUnknown) ?? unknown('absent', 'libvirt', `it has no notes of ${guest.emulator}`)
    },
  )
  const machine = map(notes, ({ machines }) =>
    machines.find(({ name, alias }) => guest.machine === name || guest.machine === alias),
  )
  return {
    known: guest.machine === '' ? true : orGap(map(machine, (one) => one !== undefined)),
    maxCpus: orGap(
      map(machine, (one) => {
        if (!one || one.maxCpus === 0) throw new Error('no limit is told')
        return one.maxCpus
      }),
    ),
  }
}
