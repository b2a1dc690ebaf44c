import { below, type Contents } from '../archive/contents.ts'
import { FolderContents } from '../archive/folder.ts'
import { openContents } from '../archive/open.ts'
import { MANIFEST } from '../bundle/manifest.ts'
import type { Ask, Host } from '../types.ts'
import { UserError } from '../types.ts'

/** A recorded machine, recognised by what is in it, and a sentence where it could not be read to its end. */
export interface Recording {
  readonly host: Host
  readonly note: string | null
}

/** `asks`: what will be asked; an archive is read once, and only what these can want is kept. */
export async function openRecording(from: string, asks: readonly Ask[]): Promise<Recording> {
  const contents = await openContents(from, async () => (await import('./wanted.ts')).wantedBy(asks))
  const note = contents.cut === null ? null : `${from} was read in part: ${contents.cut}`
  for (const root of roots(contents)) {
    const host = await recognise(from, below(contents, root), !(contents instanceof FolderContents))
    if (host) return { host, note }
  }
  throw new UserError(
    `${from} holds neither ${MANIFEST} nor proc/, sys/ or etc/${note === null ? '' : `, as far as it can be read: ${contents.cut}`}`,
    'It is no recording of a machine.',
  )
}

/** By what is in it, never by its name. */
async function recognise(from: string, contents: Contents, packed: boolean): Promise<Host | null> {
  if (contents.look(`/${MANIFEST}`)?.kind === 'file') {
    const { BundleHost } = await import('./bundle.ts')
    return new BundleHost(from, contents, packed ? (await import('../bundle/checksum.ts')).sha256 : undefined)
  }
  const foreign = await import('./foreign/kinds.ts')
  const dump = foreign.dumpOf(from, contents, packed)
  if (dump) {
    const { ForeignHost } = await import('./foreign/host.ts')
    return new ForeignHost(dump)
  }
  if (['/proc', '/sys', '/etc'].some((path) => contents.names(path) !== null)) {
    const { TreeHost } = await import('./tree.ts')
    return new TreeHost(from, contents)
  }
  return null
}

/** An archive holds its files at its root, or in one folder. */
function roots(contents: Contents): string[] {
  if (contents instanceof FolderContents) return ['/']
  const folders = contents.names('/')!.filter((name) => contents.look(`/${name}`)?.kind === 'dir')
  return folders.length !== 1 ? ['/'] : ['/', `/${folders[0]!}`]
}
