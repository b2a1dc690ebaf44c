/** One line of `systemctl list-units --all --plain --no-legend`: its load, active and sub state. */
export interface Unit {
  readonly name: string
  readonly load: string
  readonly active: string
  readonly sub: string
  /** systemd made it of a script in /etc/init.d, and calls it "LSB: Xen daemons" or "SYSV: …". */
  readonly script: boolean
}

/** `libvirtd.service loaded active running Virtualization daemon`; a dot or a star before it marks one that is not well. */
export function parseUnits(text: string): Unit[] {
  return text.split('\n').flatMap((line) => {
    const match = /^[^\w@-]*\s*([\w@.:\\-]+\.\w+)\s+(\S+)\s+(\S+)\s+(\S+)\s*(LSB:|SYSV:)?/.exec(line)
    if (!match) return []
    const [, name, load, active, sub, script] = match
    return [{ name: name!, load: load!, active: active!, sub: sub!, script: script !== undefined }]
  })
}
