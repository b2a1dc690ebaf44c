import { createHash } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import type { Answer, Question } from '../types.ts'
import { UserError } from '../types.ts'
import { BUNDLE_VERSION, type Entry, type Header, MANIFEST } from './manifest.ts'
import { redact } from './redact.ts'

/** Writes answers into a folder as they come; the folder is a bundle after every line. */
export class BundleWriter {
  readonly folder: string
  readonly #manifest: number
  #commands = 0

  /** The folder must not exist, or be empty. */
  constructor(folder: string, version: string, recorded: Date) {
    this.folder = folder
    try {
      if (existsSync(folder) && readdirSync(folder).length > 0)
        throw new UserError(`${folder} is not empty`, 'Name a new folder.')
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      this.#manifest = openSync(join(folder, MANIFEST), 'ax', 0o600)
    } catch (error) {
      if (error instanceof UserError) throw error
      throw new UserError(`cannot write to ${folder}: ${(error as Error).message}`)
    }
    const header: Header = { bundle: BUNDLE_VERSION, vdoctor: version, recorded: recorded.toISOString(), by: 'bundle' }
    this.#append(header)
  }

  add(answer: Answer): void {
    const ask = JSON.parse(answer.key) as Question
    if (!answer.ok) {
      const detail = answer.detail === undefined ? {} : { detail: answer.detail }
      this.#append({ ask, outcome: answer.gap, ...detail, ms: answer.ms } satisfies Entry)
    } else this.#append({ ask, outcome: 'ok', ms: answer.ms, ...this.#data(ask, answer.data) } satisfies Entry)
  }

  close(): void {
    closeSync(this.#manifest)
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
      case 'file':
        return { ...this.#write('data', filePlace(ask), data.text), ...(data.truncated && { truncated: true }) }
      case 'command': {
        const place = join('commands', `${String(++this.#commands).padStart(3, '0')}-${slug(ask)}`)
        const { data: stderr } = this.#write('data', `${place}.err`, data.stderr)
        return {
          exit: data.exit,
          ...this.#write('data', `${place}.out`, data.stdout),
          ...(stderr === undefined ? {} : { stderr }),
        }
      }
    }
  }

  /** Empty contents need no file: `bytes` says it. */
  #write(field: 'data', place: string, text: string): { data?: string; bytes: number; sha256?: string } {
    if (text === '') return { bytes: 0 }
    const clean = Buffer.from(redact(text))
    const path = join(this.folder, place)
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(path, clean, { mode: 0o600 })
    return { [field]: place, bytes: clean.length, sha256: createHash('sha256').update(clean).digest('hex') }
  }

  #append(line: object): void {
    writeSync(this.#manifest, `${JSON.stringify(line)}\n`)
  }
}

/** `/proc/cpuinfo` → `files/proc/cpuinfo`; a path cannot climb out of the bundle. */
function filePlace(ask: Question): string {
  if (!('file' in ask)) throw new Error(`no file: ${JSON.stringify(ask)}`)
  return join('files', normalize(`/${ask.file}`))
}

const slug = (ask: Question): string =>
  'command' in ask
    ? ask.command
        .join('-')
        .replace(/[^A-Za-z0-9.]+/g, '-')
        .replace(/^-|-$/g, '')
        .slice(0, 40)
    : 'command'
