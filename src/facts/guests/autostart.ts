import type { Evidence, Member } from '../../evidence/evidence.ts'
import { locate } from '../../evidence/locate.ts'
import { absentAs, all } from '../../evidence/result.ts'
import { baseName } from '../../parse/guest/guest.ts'
import type { Ask, Result, Unknown } from '../../types.ts'
import { guestAsks } from './sources.ts'

interface BrokenLink {
  readonly file: string
  readonly target: string
}

/** Links of the autostart folders behind which there is no definition: nothing starts, and nobody says so. */
export function brokenAutostart(evidence: Evidence): (BrokenLink | Unknown)[] {
  const { xlAutoLinks, xlAuto, qemuAutostartLinks, qemu, libxlAutostartLinks, libxl } = guestAsks
  return [
    ...broken(evidence, xlAutoLinks, xlAuto, (link) => link),
    ...broken(evidence, qemuAutostartLinks, qemu, (link) => `/etc/libvirt/qemu/${baseName(link)}`),
    ...broken(evidence, libxlAutostartLinks, libxl, (link) => `/etc/libvirt/libxl/${baseName(link)}`),
  ]
}

/** A glob leaves out what is not there: of a link that leads nowhere, only the link itself is known. */
function broken(
  evidence: Evidence,
  links: Ask,
  files: Ask,
  fileOf: (link: string) => string,
): (BrokenLink | Unknown)[] {
  const found = absentAs<readonly Member<string>[]>(evidence.links(links), [])
  const there = absentAs<readonly Member<string>[]>(evidence.texts(files), [])
  const both: Result<readonly [readonly Member<string>[], readonly Member<string>[]]> = all(found, there)
  if (!both.ok) return [both]
  const [members, definitions] = both.value
  const results = new Map(definitions.map(({ name, result }) => [name, result]))
  return members.flatMap(({ name, result }): (BrokenLink | Unknown)[] => {
    const file = results.get(fileOf(name))
    if (file) return file.ok || file.gap === 'malformed' || file.gap === 'too-big' ? [] : [file]
    if (result.ok) return [locate({ file: name, target: result.value }, { ask: `link ${name}`, path: name })]
    return result.gap === 'malformed' ? [] : [result]
  })
}
