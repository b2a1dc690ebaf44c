import { locate } from '../../evidence/locate.ts'
import { parseCpuSet, pinOf } from '../cpu-pins.ts'
import { at, type Guest, type GuestNuma, type GuestPin } from './guest.ts'
import { type Element, find, findAll } from '../xml.ts'

type Owner = { readonly guest: string; readonly configFile: string }

/** `<vcpu cpuset='4-7'>4</vcpu>`, `<vcpupin vcpu='0' cpuset='4'/>`, `<emulatorpin cpuset='0-3'/>` */
export function readPins(domain: Element, owner: Owner): GuestPin[] {
  const pins = [
    ...findAll(domain, 'vcpu').map((element) => [element, 'all'] as const),
    ...findAll(domain, 'cputune/vcpupin').map(
      (element) => [element, `vcpu ${element.attributes['vcpu'] ?? ''}`] as const,
    ),
    ...findAll(domain, 'cputune/emulatorpin').map((element) => [element, 'emulator'] as const),
  ]
  return pins.flatMap(([element, what]) => {
    const pin = pinOf(what, element.attributes['cpuset'] ?? '')
    return pin ? [locate({ ...owner, ...pin }, at(owner.configFile, element.line))] : []
  })
}

/** `<numatune><memory mode='strict' nodeset='1'/></numatune>`; strict where no mode is told. */
export function readNuma(domain: Element, owner: Owner, guest: Guest): GuestNuma[] {
  const element = find(domain, 'numatune/memory')
  const nodes = parseCpuSet(element?.attributes['nodeset'] ?? '')
  if (!element || nodes === null) return []
  const item = { ...owner, mode: element.attributes['mode'] ?? 'strict', nodes, memory: guest.maxmem }
  return [locate(item, at(owner.configFile, element.line))]
}
