import { below, type Contents, follow } from '../../archive/contents.ts'
import { openContents } from '../../archive/open.ts'
import { type Entry, MANIFEST, type Manifest, answerOf, parseManifest } from '../../bundle/manifest.ts'
import type { BundleFiles } from '../../bundle/verify.ts'
import { askKey, askLabel } from '../../evidence/ask.ts'
import { nearest } from '../../parse/nearest.ts'
import { type Answer, UserError } from '../../types.ts'

/** A bundle as it lies there, packed or not. */
export interface StoredBundle {
  readonly manifest: Manifest
  readonly files: BundleFiles
  /** Why it is not whole. */
  readonly cut: string | null
}

const ALL = { maxBytes: 64 << 20, fromEnd: false } as const

/** Throws a UserError where it is none. */
export async function openStored(path: string): Promise<StoredBundle> {
  const whole = await openContents(path, async () => () => ALL)
  const roots = ['', ...whole.names('/')!.map((name) => `/${name}`)]
  const root = roots.find((one) => whole.look(`${one}/${MANIFEST}`)?.kind === 'file')
  if (root === undefined) {
    const cut = whole.cut === null ? '' : `, as far as it can be read: ${whole.cut}`
    throw new UserError(`${path} holds no ${MANIFEST}${cut}`, 'It is no bundle of vdoctor.')
  }
  const contents = below(whole, root)
  const files: BundleFiles = {
    names: filesOf(contents, ''),
    read: (name) => {
      // The manifest came with it: a name, or a link on its way, may want to lead out.
      const path = follow(contents, name)
      const read = path === null ? null : contents.read(path, ALL)
      return read && 'bytes' in read ? read.bytes : null
    },
  }
  const text = files.read(MANIFEST)?.toString('utf8') ?? ''
  const unfinished = text.endsWith('\n') ? null : 'its last line was cut off'
  return { manifest: parseManifest(text, `${path}/${MANIFEST}`), files, cut: contents.cut ?? unfinished }
}

function filesOf(contents: Contents, folder: string): string[] {
  return (contents.names(`/${folder}`) ?? []).flatMap((name) => {
    const path = folder === '' ? name : `${folder}/${name}`
    return contents.look(`/${path}`)?.kind === 'dir' ? filesOf(contents, path) : [path]
  })
}

/** Every answer that it holds. */
export const answersIn = ({ manifest, files }: StoredBundle): Answer[] =>
  manifest.entries.map((entry) => answerIn(entry, files))

const answerIn = (entry: Entry, files: BundleFiles): Answer =>
  answerOf(entry, askKey(entry.ask), (name) => files.read(name)?.toString('utf8') ?? null)

/** By its label, `/proc/cpuinfo` or `xl info`, or by its question in JSON. */
export function answerNamed(bundle: StoredBundle, name: string): Answer {
  const { entries } = bundle.manifest
  const entry = entries.find(({ ask }) => askLabel(ask) === name || askKey(ask) === name)
  if (entry) return answerIn(entry, bundle.files)
  const meant = nearest(
    name,
    entries.map(({ ask }) => askLabel(ask)),
  )
  throw new UserError(
    `the bundle holds no answer to "${name}"${meant ? `; did you mean "${meant}"?` : ''}`,
    'See "vdoctor bundle show BUNDLE".',
  )
}
