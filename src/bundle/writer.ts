import { closeSync, existsSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Answer, Question } from '../types.ts'
import { UserError } from '../types.ts'
import { sha256 } from './checksum.ts'
import { type Clean, cleanAnswer } from './clean.ts'
import { BUNDLE_VERSION, type Entry, type Header, type Made, MANIFEST } from './manifest.ts'
import { makeFolders } from './make-folders.ts'
import { commandPlace, filePlace, otherPlace } from './place.ts'
import { redact } from './redact.ts'

export interface WriterOptions {
  /** Told in the header. */
  readonly about?: Pick<Header, 'only' | 'since' | 'anonymized'>
  /** Keys that stay as they are, whatever cleans the rest. */
  readonly declared?: ReadonlySet<string>
  /** What is done to texts beside the redaction of secrets. */
  readonly disguise?: Clean
  /** As a tar, before it is packed. */
  readonly maxBytes?: number
  /** Of these, so many are kept free for what is no answer. */
  readonly forMade?: number
}

/** A file in a tar: its header, and its contents in blocks. */
const BLOCK = 512
const inTar = (bytes: number): number => (bytes === 0 ? 0 : BLOCK + Math.ceil(bytes / BLOCK) * BLOCK)

/** Writes answers into a folder as they come, without their secrets; the folder is a bundle after every line. */
export class BundleWriter {
  readonly folder: string
  /** Answers written; those that were known among them. */
  count = 0
  known = 0
  readonly #manifest: number
  readonly #options: WriterOptions
  readonly #keys = new Set<string>()
  #bytes = 0
  #commands = 0
  #others = 0

  /** The folder must not exist, or be empty. */
  constructor(folder: string, version: string, recorded: Date, options: WriterOptions = {}) {
    this.folder = folder
    this.#options = options
    try {
      if (existsSync(folder) && readdirSync(folder).length > 0)
        throw new UserError(`${folder} is not empty`, 'Name a new folder.')
      makeFolders(folder)
      this.#manifest = openSync(join(folder, MANIFEST), 'ax', 0o600)
    } catch (error) {
      throw cannotWrite(folder, error)
    }
    const header: Header = {
      bundle: BUNDLE_VERSION,
      vdoctor: version,
      recorded: recorded.toISOString(),
      by: 'bundle',
      ...options.about,
    }
    this.#append(header)
  }

  /** What was kept of the answer; null where its question was answered before. */
  add(answer: Answer): Answer | null {
    const { disguise, declared = new Set() } = this.#options
    const clean = cleanAnswer(answer, disguise ? (text, key) => disguise(redact(text), key) : redact, declared)
    if (this.#keys.has(clean.key)) return null
    this.#keys.add(clean.key)
    const kept = this.#fits(clean)
    const ask = JSON.parse(kept.key) as Question
    if (!kept.ok) {
      const detail = kept.detail === undefined ? {} : { detail: kept.detail }
      this.#append({ ask, outcome: kept.gap, ...detail, ms: kept.ms } satisfies Entry)
    } else this.#append({ ask, outcome: 'ok', ms: kept.ms, ...this.#data(ask, kept.data) } satisfies Entry)
    this.count++
    if (kept.ok) this.known++
    return kept
  }

  /** A file that is no answer, such as a report. False where it does not fit any more. */
  make(made: string, text: string): boolean {
    if (this.#bytes + inTar(Buffer.byteLength(text)) > (this.#options.maxBytes ?? Infinity)) return false
    const { bytes, sha256 } = this.#write(made, text)
    this.#append({ made, bytes, ...(sha256 === undefined ? {} : { sha256 }) } satisfies Made)
    return true
  }

  close(): void {
    closeSync(this.#manifest)
  }

  #fits(answer: Answer): Answer {
    const { forMade = 0, maxBytes } = this.#options
    if (maxBytes === undefined || !answer.ok) return answer
    const { data } = answer
    const texts = data.kind === 'file' ? [data.text] : data.kind === 'command' ? [data.stdout, data.stderr] : []
    const bytes = texts.reduce((sum, text) => sum + inTar(Buffer.byteLength(text)), 0)
    if (this.#bytes + bytes <= maxBytes - forMade) return answer
    const detail = `the bundle may hold ${maxBytes} bytes, and this one did not fit any more`
    return { key: answer.key, ms: answer.ms, ok: false, gap: 'too-big', detail }
  }

  #data(ask: Question, data: Extract<Answer, { ok: true }>['data']): Partial<Entry> {
    switch (data.kind) {
      case 'link':
        return { target: data.target }
      case 'list':
        return { names: data.names }
      case 'stat':
        return { stat: { ...data.stat, mode: data.stat.mode.toString(8).padStart(4, '0') } }
      case 'expands':
        return { values: data.values }
      case 'file': {
        const { place, ...sum } = this.#write(filePlace(ask), data.text)
        return { ...(place === undefined ? {} : { data: place }), ...sum, ...cutMark(data) }
      }
      case 'command': {
        const base = commandPlace(ask, ++this.#commands)
        const { place, ...sum } = this.#write(`${base}.out`, data.stdout)
        const err = this.#write(`${base}.err`, data.stderr)
        return {
          exit: data.exit,
          ...(place === undefined ? {} : { data: place }),
          ...sum,
          ...(err.place === undefined
            ? {}
            : { stderr: err.place, stderrBytes: err.bytes, ...(err.sha256 && { stderrSha256: err.sha256 }) }),
          ...cutMark(data),
        }
      }
    }
  }

  /** Empty contents need no file: `bytes` says it. */
  #write(wanted: string | null, text: string): { place?: string; bytes: number; sha256?: string } {
    if (text === '') return { bytes: 0 }
    const bytes = Buffer.from(text)
    const place = this.#put(wanted, bytes) ?? this.#put(otherPlace(++this.#others), bytes)
    if (place === null) throw new Error(`no place for ${String(wanted)}`)
    this.#bytes += inTar(bytes.length)
    return { place, bytes: bytes.length, sha256: sha256(bytes) }
  }

  /** null where that place is taken, or no place at all. */
  #put(place: string | null, bytes: Buffer): string | null {
    if (place === null) return null
    const path = join(this.folder, place)
    try {
      makeFolders(dirname(path))
      writeFileSync(path, bytes, { mode: 0o600, flag: 'wx' })
      return place
    } catch (error) {
      if (TAKEN.has((error as NodeJS.ErrnoException).code ?? '')) return null
      rmSync(path, { force: true })
      throw cannotWrite(path, error)
    }
  }

  #append(line: object): void {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`)
    try {
      writeSync(this.#manifest, bytes)
    } catch (error) {
      throw cannotWrite(join(this.folder, MANIFEST), error)
    }
    this.#bytes += bytes.length
  }
}

const TAKEN = new Set(['EEXIST', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG'])

const cutMark = (data: { truncated?: true }): { truncated?: true } => (data.truncated ? { truncated: true } : {})

const WHY: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left there',
  EDQUOT: 'the quota is used up',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'that file system is read-only',
  ENOENT: 'its folder does not exist',
  EEXIST: 'it is there already',
  ENOTDIR: 'a part of its path is no folder',
}

/** An error of the file system as a sentence. */
export function cannotWrite(path: string, error: unknown): UserError {
  if (error instanceof UserError) return error
  const { code, message } = error as NodeJS.ErrnoException
  return new UserError(`cannot write ${path}: ${WHY[code ?? ''] ?? message}`)
}
