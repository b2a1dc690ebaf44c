import { normalPciAddress } from './pci-address.ts'

/** `0000:00:03.0` a line, as /sys/bus/pci/drivers/pciback/slots lists what it holds. */
export const parseSlots = (text: string): string[] => text.split('\n').flatMap((line) => normalPciAddress(line) ?? [])

export interface HideOption {
  readonly value: string
  /** One address after the other, each in its own parentheses. */
  readonly valid: boolean
  readonly devices: readonly string[]
  readonly line: number
}

const GROUP = /\(\s*((?:[0-9a-f]{1,4}:)?[0-9a-f]{1,2}:(?:[0-9a-f]{1,2}|\*)\.(?:[0-7]|\*))\s*\)/gi

/** `options xen-pciback hide=(06:01.0)(06:01.1)` of modprobe.d, and `xen-pciback.hide=(06:01.0)` of the kernel command line. */
export function parseHide(text: string): HideOption[] {
  return text.split('\n').flatMap((raw, index): HideOption[] => {
    const line = raw.replace(/#.*$/, '')
    const option =
      /^\s*options\s+(?:xen[-_])?pciback\s(?:.*\s)?hide=(.*?)\s*(?:\s[a-z_]+=.*)?$/.exec(line)?.[1] ??
      /(?:^|\s)(?:xen[-_])?pciback\.hide=(\S+)/.exec(line)?.[1]
    if (option === undefined) return []
    const value = option.replace(/^(['"])(.*)\1$/, '$2')
    const valid = value !== '' && value.replace(GROUP, '').trim() === ''
    const devices = valid ? [...value.matchAll(GROUP)].flatMap((group) => normalPciAddress(group[1]!) ?? []) : []
    return [{ value, valid, devices, line: index + 1 }]
  })
}
