import { known, map, unknown } from '../../evidence/result.ts'
import { cpuModels } from '../../parse/cpu/models.ts'
import type { Result } from '../../types.ts'
import { type Found, NOTHING, type Sides } from './sides.ts'

/** QEMU is started there anew, and must make the same processor; libvirt compares what came out of it. */
export function compareQemu(sides: Sides): Result<Found> {
  const { guest, cpu, live, by, from, to } = sides
  // QEMU makes all of an emulated processor itself.
  if (guest.type !== 'kvm') return known(NOTHING)
  const hidden = new Set(cpu.hidden)
  const followsHost = /^(host-passthrough|host-model|maximum)$/.test(cpu.mode) && cpu.model === ''
  const lacks = (feature: string): boolean => !hidden.has(feature) && !to.most.has(feature)
  // What the source's list does not have either, QEMU makes.
  const needed = cpu.required.filter((feature) => from.most.has(feature) && lacks(feature))
  const unwanted = by === 'libvirt' ? cpu.forbidden.filter((feature) => to.most.has(feature)) : []
  if (followsHost) {
    const own = live ? [...from.most].filter(lacks) : []
    return known({ ...NOTHING, missing: unique([...own, ...needed]), followsHost })
  }
  if (!live && cpu.model === '') return known({ ...NOTHING, unwanted })
  return map(ofModel(sides, hidden), ({ missing, modelKnown }) => ({
    ...{ ...NOTHING, unwanted, modelKnown },
    // Started anew, it gets what is there where nobody is told to compare.
    missing: !live && cpu.check === 'none' ? [] : unique([...missing, ...needed]),
  }))
}

function ofModel(
  { cpu, live, by, from, to }: Sides,
  hidden: ReadonlySet<string>,
): Result<Pick<Found, 'missing' | 'modelKnown'>> {
  if (cpu.model === '') return known({ missing: [], modelKnown: true })
  if (by === 'libvirt') {
    const [here, there] = [from, to].map(({ emulator }) => emulator!.models.find(({ name }) => name === cpu.model))
    if (!there) return known({ missing: [], modelKnown: false })
    // What the source lacks too, a running guest runs without: it was started with check='none'.
    const also = new Set(live ? here?.blockers : [])
    return known({
      missing: there.blockers.filter((feature) => !hidden.has(feature) && !also.has(feature)),
      modelKnown: true,
    })
  }
  const features = cpuModels().get(cpu.model)?.features
  if (!features) return unknown('unsupported', 'cpuinfo', `what a ${cpu.model} is, libvirt on the hosts would tell`)
  const missing = [...features].filter((one) => !hidden.has(one) && from.most.has(one) && !to.most.has(one))
  return known({ missing, modelKnown: unknown('absent', 'libvirt', 'libvirt has no notes of QEMU there') })
}

const unique = (list: readonly string[]): string[] => [...new Set(list)]
