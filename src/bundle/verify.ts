import { askKey, askLabel } from '../evidence/ask.ts'
import { sha256 as sumOf } from './checksum.ts'
import { answerOf, type Entry, type Manifest, MANIFEST } from './manifest.ts'

/** The files of a bundle, in a folder or an archive; names as the manifest tells them. */
export interface BundleFiles {
  readonly names: readonly string[]
  /** null where there is none. */
  read(name: string): Buffer | null
}

export interface Verified {
  /** A sentence each; none: it is as it was recorded. */
  readonly faults: readonly string[]
  /** Files whose checksum is right, and those that have none. */
  readonly sums: number
  readonly without: number
}

interface Told {
  readonly of: string
  readonly name: string
  readonly bytes: number | undefined
  readonly sha256: string | undefined
}

/** Compares what the manifest tells with what is there. */
export function verify({ entries, made }: Manifest, files: BundleFiles): Verified {
  const told: Told[] = made.map(({ made: name, bytes, sha256 }) => ({ of: name, name, bytes, sha256 }))
  for (const { ask, data, bytes, sha256, stderr, stderrBytes, stderrSha256 } of entries) {
    if (data !== undefined) told.push({ of: askLabel(ask), name: data, bytes, sha256 })
    if (stderr !== undefined)
      told.push({ of: `stderr of ${askLabel(ask)}`, name: stderr, bytes: stderrBytes, sha256: stderrSha256 })
  }
  const names = new Set(told.map(({ name }) => name))
  return {
    faults: [
      ...contradictions(entries, files),
      ...doubles(told).map((name) => `${name} belongs to two items`),
      ...told.flatMap((one) => faultOf(one, files)),
      ...files.names
        .filter((name) => name !== MANIFEST && !names.has(name))
        .map((name) => `${name} is not in the manifest`),
    ],
    sums: told.filter(({ sha256 }) => sha256 !== undefined).length,
    without: told.filter(({ sha256 }) => sha256 === undefined).length,
  }
}

/** The collector answers some questions twice, which does no harm where the answers agree. */
function contradictions(entries: readonly Entry[], files: BundleFiles): string[] {
  const contents = (entry: Entry): string => {
    const answer = answerOf(entry, askKey(entry.ask), (name) => files.read(name)?.toString('utf8') ?? null)
    return JSON.stringify({ ...answer, ms: 0 })
  }
  const first = new Map<string, Entry>()
  return entries.flatMap((entry) => {
    const other = first.get(askKey(entry.ask))
    if (other === undefined) first.set(askKey(entry.ask), entry)
    return other === undefined || contents(other) === contents(entry)
      ? []
      : [`${askLabel(entry.ask)} is answered twice, and not alike`]
  })
}

function doubles(told: readonly Told[]): string[] {
  const owners = new Map<string, string>()
  const shared = told.filter(({ name, of }) => {
    if (!owners.has(name)) owners.set(name, of)
    return owners.get(name) !== of
  })
  return [...new Set(shared.map(({ name }) => name))]
}

function faultOf({ of, name, bytes, sha256 }: Told, files: BundleFiles): string[] {
  if (name.startsWith('/') || name.split('/').includes('..')) return [`${of}: ${name} leads out of the bundle`]
  const data = files.read(name)
  if (data === null) return [`${of}: ${name} is missing`]
  if (bytes !== undefined && data.length !== bytes) return [`${of}: ${name} has ${data.length} bytes, and had ${bytes}`]
  if (sha256 === undefined || sumOf(data) === sha256) return []
  return [`${of}: ${name} was changed: its checksum is wrong`]
}
