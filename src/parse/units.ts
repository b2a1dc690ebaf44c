/** One line of `systemctl list-units --all --plain --no-legend`: its load, active and sub state. */
export interface Unit {
  readonly name: string
  readonly load: string
  readonly active: string
  readonly sub: string
}

/** `libvirtd.service loaded active running Virtualization daemon`; a dot or a star before it marks one that is not well. */
export function parseUnits(text: string): Unit[] {
  return text.split('\n').flatMap((line) => {
    const match = /^[^\w@-]*\s*([\w@.:\\-]+\.\w+)\s+(\S+)\s+(\S+)\s+(\S+)/.exec(line)
    return match ? [{ name: match[1]!, load: match[2]!, active: match[3]!, sub: match[4]! }] : []
  })
}
