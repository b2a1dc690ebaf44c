import { readFileSync } from 'node:fs'
import { join, normalize } from 'node:path'
import { answerOf, type Entry, type Header, MANIFEST, parseManifest } from '../bundle/manifest.ts'
import { askKey, fill, withPath } from '../evidence/ask.ts'
import type { Answer, Ask, Host, Question } from '../types.ts'
import { UserError } from '../types.ts'
import { readRecorded } from './read.ts'

/** A recorded machine: the folder that `vdoctor bundle --unpacked` or the collector wrote. Reads nothing outside it. */
export class BundleHost implements Host {
  readonly label: string
  readonly at: Date
  readonly header: Header
  readonly #folder: string
  readonly #entries = new Map<string, Entry>()

  /** Throws a UserError where the folder is no readable bundle. */
  constructor(folder: string) {
    this.label = `bundle ${folder}`
    this.#folder = folder
    const path = join(folder, MANIFEST)
    const { header, entries } = parseManifest(readManifest(path), path)
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
    const answer: Answer = entry
      ? answerOf(entry, key, (file) => this.#read(file))
      : { key, ms: 0, ok: false, gap: 'not-recorded' }
    answers.set(key, answer)
    onAnswer?.(answer)
    if (!answer.ok || answer.data.kind !== 'expands') return
    for (const value of answer.data.values) {
      const member = 'each' in ask ? fill(ask.ask, value) : withPath(ask as Question, value)
      if (member) this.#answer(member, answers, onAnswer)
    }
  }

  /** The manifest came with the bundle and is not to be trusted: no path leaves the folder. */
  #read(file: string): string | null {
    const reply = readRecorded(join(this.#folder, normalize(`/${file}`)))
    return 'data' in reply && reply.data.kind === 'file' ? reply.data.text : null
  }
}

function readManifest(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UserError(`cannot read ${path}: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`)
  }
}
