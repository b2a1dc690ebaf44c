import type { Evidence, Member } from '../../evidence/evidence.ts'
import { locate, placeOf } from '../../evidence/locate.ts'
import { absentAs, all, isUnknown, map, orGap } from '../../evidence/result.ts'
import { baseName, type Definition } from '../../parse/guest/guest.ts'
import { domainOf, guestOfXml } from '../../parse/guest/xml.ts'
import { parseXml } from '../../parse/xml.ts'
import type { Ask, Result, Source, Unknown } from '../../types.ts'
import { guestAsks } from './sources.ts'
import { bool, object, string } from '../schema.ts'

export const driftSchema = object(
  {
    guest: string('Name of the guest'),
    configFile: string('File that defines it'),
    device: string('disk hdc, interface 52:54:00:12:34:56, hostdev 0000:03:10.1'),
    ide: bool('A disk on IDE, which can only be plugged in while the guest is off'),
    defined: bool('It stands in the definition, and the guest runs without it; else the other way round'),
  },
  'One device in which a running guest and its definition differ',
)

interface Drift {
  readonly guest: string
  readonly configFile: string
  readonly device: string
  readonly ide: boolean
  readonly defined: boolean
}

/** libvirt keeps the definition in /etc and the running guest in /run; they differ where a device was changed in one only. */
export function deviceDrift(evidence: Evidence, dom0: Result<boolean>): Result<readonly (Drift | Unknown)[]> {
  const qemu = differences(evidence, guestAsks.qemu, [guestAsks.qemuLive, guestAsks.qemuLiveOld])
  if (!dom0.ok) return dom0
  if (!dom0.value) return qemu
  const libxl = differences(evidence, guestAsks.libxl, [guestAsks.libxlLive, guestAsks.libxlLiveOld])
  return map(all(qemu, libxl), (lists) => lists.flat())
}

type Files = readonly Member<string>[]

function differences(evidence: Evidence, ask: Ask, live: readonly [Ask, Ask]): Result<readonly (Drift | Unknown)[]> {
  const [now, before] = live.map((one) => absentAs<Files>(evidence.texts(one), [])) as [Result<Files>, Result<Files>]
  return map(all(absentAs<Files>(evidence.texts(ask), []), now, before), ([defined, run, varRun]) =>
    defined.flatMap(({ name, result }): (Drift | Unknown)[] => {
      // /var/run is /run by another name, or on old systems the only one.
      const running = [...run, ...varRun].filter((one) => baseName(one.name) === baseName(name))
      if (running.length === 0) return []
      const gap = [result, ...running.map((one) => one.result)].find((one) => !one.ok)
      if (gap && !gap.ok) return [gap]
      const pair = map(all(result, running[0]!.result), ([mine, its]) => [
        read(mine, name),
        read(its, running[0]!.name),
      ])
      const both = orGap(pair)
      return isUnknown(both) ? [both] : compare(both[0]!, both[1]!)
    }),
  )
}

const read = (text: string, path: string): Definition => guestOfXml(domainOf(parseXml(text)), path)

/** A CD drive keeps its name whatever is in it; an interface its address. */
function devicesOf({
  disks,
  interfaces,
  hostdevs,
}: Definition): Map<string, { ide: boolean; place: Source | undefined }> {
  const named = [
    ...disks.map((disk) => [`disk ${disk.target}`, disk.target, disk.bus === 'ide', disk] as const),
    ...interfaces.map((nic) => [`interface ${nic.mac}`, nic.mac, false, nic] as const),
    ...hostdevs.map(
      (one) => [`hostdev ${one.address}`, one.sourceKind === 'pci' ? one.address : '', false, one] as const,
    ),
  ]
  return new Map(
    named.filter(([, key]) => key !== '').map(([device, , ide, item]) => [device, { ide, place: placeOf(item) }]),
  )
}

function compare(defined: Definition, running: Definition): Drift[] {
  const [written, real] = [devicesOf(defined), devicesOf(running)]
  const { name: guest, configFile } = defined.guest
  const lacking = (a: typeof written, b: typeof written, isDefined: boolean): Drift[] =>
    [...a]
      .filter(([device]) => !b.has(device))
      .map(([device, { ide, place }]) => locate({ guest, configFile, device, ide, defined: isDefined }, place))
  return [...lacking(written, real, true), ...lacking(real, written, false)]
}
