import { nearest } from './nearest.ts'

const ADDRESS = /^(?:([0-9a-f]{1,4}):)?([0-9a-f]{1,2}):([0-9a-f]{1,2})\.([0-7])$/i

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')

/** `3:0.0`, `0000:03:00.0` → `0000:03:00.0`; null where it is no address of a PCI function. */
export function normalPciAddress(text: string): string | null {
  const match = ADDRESS.exec(text.trim())
  if (!match) return null
  const [domain = 0, bus, slot] = [match[1] ?? '0', match[2]!, match[3]!].map((part) => parseInt(part, 16))
  return slot! > 0x1f ? null : formatPciAddress(domain, bus!, slot!, Number(match[4]))
}

export const formatPciAddress = (domain: number, bus: number, slot: number, fn: number): string =>
  `${hex(domain, 4)}:${hex(bus, 2)}:${hex(slot, 2)}.${fn.toString(16)}`

/**
 * An entry of `pci=`: `0000:03:00.0,permissive=1`, `03:00.0@1a`, `seize=1,bdf=03:00.0`. `03:00.*` and `03:00.0-3` are several
 * functions, and `name=` one that xl was told before: these have no address here, and no problem.
 */
export function parseXlPci(text: string): { address: string; problem: string } {
  const parts = text.split(',').map((part) => part.trim())
  const keyed = parts.find((part) => part.startsWith('bdf='))?.slice(4)
  const first = (keyed ?? parts[0]!).split('@')[0]!.trim()
  const address = normalPciAddress(first) ?? ''
  const several = /\.(\*|[0-7]-[0-7])$/.test(first) || parts.some((part) => part.startsWith('name='))
  const unknown = (keyed === undefined ? parts.slice(1) : parts).map(optionProblem).find(Boolean) ?? ''
  return { address, problem: address === '' && !several ? `${first} is no address of a PCI device` : unknown }
}

const OPTIONS = ['permissive', 'msitranslate', 'seize', 'power_mgmt', 'rdm_policy', 'vslot', 'name', 'bdf']

/** `opt=` and its like of xm have gone; `power_mgmt=1` stays. */
function optionProblem(part: string): string {
  const key = /^([a-z_]+)=/.exec(part)?.[1]
  if (key === undefined || OPTIONS.includes(key)) return ''
  const meant = nearest(key, OPTIONS)
  return meant === null ? '' : `${key}= is unknown, ${meant}= was probably meant`
}

/** libvirt's four attributes: a number without 0x is decimal, and octal where it begins with 0. Null where one is no number or too large. */
export function libvirtPciAddress(attributes: Readonly<Record<string, string>>): string | null {
  const part = (name: string, most: number): number => {
    const text = attributes[name] ?? '0'
    const octal = /^0[0-7]+$/.test(text)
    const value = octal ? parseInt(text, 8) : /^(0x[0-9a-f]+|0|[1-9]\d*)$/i.test(text) ? Number(text) : NaN
    return value <= most ? value : NaN
  }
  const [domain, bus, slot, fn] = [part('domain', 0xffff), part('bus', 0xff), part('slot', 0x1f), part('function', 7)]
  return [domain, bus, slot, fn].some(Number.isNaN) ? null : formatPciAddress(domain!, bus!, slot!, fn!)
}
