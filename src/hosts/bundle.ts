import type { Contents } from '../archive/contents.ts'
import { follow } from '../archive/contents.ts'
import { FolderContents } from '../archive/folder.ts'
import { answerOf, type Entry, type Header, MANIFEST, parseManifest } from '../bundle/manifest.ts'
import { askKey, fill, withPath } from '../evidence/ask.ts'
import type { Answer, Ask, Host, Question } from '../types.ts'
import { UserError } from '../types.ts'

/** Of one item, and of the table of contents; far above what an ask may bring. */
const MOST_BYTES = 64 << 20

/**
 * A recorded machine: the folder that `vdoctor bundle --unpacked` or the collector wrote, or an archive of it. Reads nothing outside it:
 * the manifest came with it and is not to be trusted.
 */
export class BundleHost implements Host {
  readonly label: string
  readonly at: Date
  readonly header: Header
  readonly #contents: Contents
  readonly #entries = new Map<string, Entry>()
  readonly #sha256: ((bytes: Buffer) => string) | undefined
  readonly #folders = new Map<string, string | null>()

  /**
   * Throws a UserError where it is no readable bundle. `sha256`: items whose checksum is wrong are not believed; those of a folder may have
   * been edited by hand.
   */
  constructor(from: string, contents: Contents = new FolderContents(from), sha256?: (bytes: Buffer) => string) {
    this.label = `bundle ${from}`
    this.#contents = contents
    this.#sha256 = sha256
    const manifest = this.#read(MANIFEST)
    const path = `${from}/${MANIFEST}`
    if (manifest === null) {
      const { size = 0 } = contents.look(`/${MANIFEST}`) ?? {}
      const why = size > MOST_BYTES ? `: it has ${size} bytes, which is more than any machine's` : ''
      throw new UserError(`cannot read ${path}${why}`)
    }
    const { header, entries } = parseManifest(manifest.toString('utf8'), path)
    this.header = header
    this.at = new Date(header.recorded)
    for (const entry of entries) this.#entries.set(askKey(entry.ask), entry)
  }

  async answer(asks: readonly Ask[], onAnswer?: (answer: Answer) => void): Promise<Answer[]> {
    const answers = new Map<string, Answer>()
    for (const ask of asks) this.#answer(ask, answers, onAnswer)
    return [...answers.values()]
  }

  #answer(ask: Ask, answers: Map<string, Answer>, onAnswer?: (answer: Answer) => void): void {
    const key = askKey(ask)
    if (answers.has(key)) return
    if ('each' in ask) this.#answer(ask.each, answers, onAnswer)
    const entry = this.#entries.get(key)
    const answer: Answer = entry ? this.#recorded(entry, key) : { key, ms: 0, ok: false, gap: 'not-recorded' }
    answers.set(key, answer)
    onAnswer?.(answer)
    if (!answer.ok || answer.data.kind !== 'expands') return
    for (const value of answer.data.values) {
      const member = 'each' in ask ? fill(ask.ask, value) : withPath(ask as Question, value)
      if (member) this.#answer(member, answers, onAnswer)
    }
  }

  #recorded(entry: Entry, key: string): Answer {
    let damaged = false
    const answer = answerOf(entry, key, (file) => {
      const bytes = this.#read(file)
      const sum = file === entry.data ? entry.sha256 : entry.stderrSha256
      if (bytes !== null && this.#sha256 && sum !== undefined) damaged ||= this.#sha256(bytes) !== sum
      return bytes === null ? null : bytes.toString('utf8')
    })
    return damaged ? { key, ms: answer.ms, ok: false, gap: 'malformed', detail: 'its checksum is wrong' } : answer
  }

  #read(file: string): Buffer | null {
    const path = this.#path(file)
    const read = path === null ? null : this.#contents.read(path, { maxBytes: MOST_BYTES, fromEnd: false })
    return read && 'bytes' in read ? read.bytes : null
  }

  /** Links are followed to each folder once, and to what lies there only where it is one. */
  #path(file: string): string | null {
    const at = file.lastIndexOf('/')
    const [folder, name] = [file.slice(0, Math.max(0, at)), file.slice(at + 1)]
    let inside = this.#folders.get(folder)
    if (inside === undefined) this.#folders.set(folder, (inside = follow(this.#contents, folder)))
    if (inside === null) return null
    const path = `${inside === '/' ? '' : inside}/${name}`
    return name !== '..' && this.#contents.look(path)?.kind === 'file' ? path : follow(this.#contents, file)
  }
}
