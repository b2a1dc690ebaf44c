import { parseSize } from './size.ts'

/** One part of `dom0_mem=2G,max:2G`. */
export interface Dom0MemPart {
  readonly text: string
  /** "", "min" or "max". */
  readonly kind: string
  /** Null where it depends on the machine ("10%", "-1G") or cannot be read. */
  readonly bytes: number | null
  /** A number without a unit, which counts in KiB. */
  readonly bare: boolean
  /** Xen of today can read it: "256MB" has one letter too many. */
  readonly valid: boolean
}

export function parseDom0Mem(value: string): Dom0MemPart[] {
  return value.split(',').map((text) => {
    const [, kind = '', size = ''] = /^(?:(min|max):)?(.*)$/s.exec(text) ?? []
    const absolute = /^\d+[bkmgt]?$/i.test(size)
    return {
      text,
      kind,
      bytes: absolute ? parseSize(size, 1024) : null,
      bare: /^\d+$/.test(size),
      valid: /^-?(?:0x[\da-f]+|\d+)[bkmgt]?(?:\+\d+%)?$|^\d+%$/i.test(size),
    }
  })
}

/** How one serial port is set up: `com1=115200,8n1,0x3f8,4`. */
export interface SerialOption {
  readonly port: string
  /** Null for "auto". */
  readonly baud: number | null
  /** 8n1; "" where the word ends before it: a blank after the comma cuts it off. */
  readonly frame: string
  readonly cut: boolean
}

export function parseSerialOptions(parameters: Readonly<Record<string, string>>): SerialOption[] {
  return ['com1', 'com2'].flatMap((port) => {
    const value = parameters[port]
    if (value === undefined) return []
    const [speed = '', frame = ''] = value.split(',')
    const baud = /^\d+/.exec(speed)?.[0]
    return [{ port, baud: baud === undefined ? null : Number(baud), frame, cut: /,$/.test(value) }]
  })
}

/** A switch of Xen: bare, or not "no", "off", "false", "disable", "0". */
export function isSwitchedOn(words: readonly string[], name: string): boolean {
  const word = words.findLast((one) => one === name || one.startsWith(`${name}=`) || one === `no-${name}`)
  if (word === undefined || word.startsWith('no-')) return false
  return word === name || !/^(no|off|false|disable|0)$/.test(word.slice(name.length + 1))
}

/** What Xen said about a word that it did not take. */
export interface RefusedOption {
  readonly name: string
  readonly value: string
  readonly invalid: boolean
}

/** The last two only exist on x86, and GRUB gives them to every Xen that UEFI starts. */
const FROM_GRUB = ['placeholder', 'dummy', 'no-real-mode', 'edd']

/** `(XEN) parameter "dom0_mem" has invalid value "256MB", rc=-22!`, `(XEN) parameter "noacpi" unknown!`; what GRUB's scripts put in is nobody's fault. */
export function parseRefusedOptions(log: string): RefusedOption[] {
  const found = new Map<string, RefusedOption>()
  for (const [, name, value] of log.matchAll(/parameter "([^"]*)" (?:unknown!|has invalid value "([^"]*)", rc=)/g))
    if (name && !FROM_GRUB.includes(name)) found.set(name, { name, value: value ?? '', invalid: value !== undefined })
  return [...found.values()]
}
