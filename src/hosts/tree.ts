import fastGlob from 'fast-glob'
import { lstatSync, readlinkSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { isGlob } from '../evidence/ask.ts'
import type { Answer, Ask, Host, Question } from '../types.ts'
import type { Reply } from './gaps.ts'
import { answerAll, type Machine } from './machine.ts'
import { listFolder, readLink, readRecorded } from './read.ts'

const NOT_RECORDED: Reply = { gap: 'not-recorded' }
const MOST_LINKS = 40

/**
 * A bare folder with proc/, sys/, etc/ … as other tools' test dumps have it. What it lacks was never recorded: nobody can tell
 * whether the machine had it. Modes and owners are those of whoever copied it, so `stat` is not answered either.
 */
export class TreeHost implements Host, Machine {
  readonly label: string
  readonly at = null
  readonly #root: string

  constructor(root: string) {
    this.label = `tree ${root}`
    this.#root = resolve(root)
  }

  answer(asks: readonly Ask[], onAnswer?: (answer: Answer) => void): Promise<Answer[]> {
    return answerAll(this, asks, onAnswer)
  }

  withheld(): null {
    return null
  }

  async one(question: Question): Promise<Reply> {
    if ('command' in question || 'stat' in question) return NOT_RECORDED
    const path = this.#inside(
      'file' in question ? question.file : 'link' in question ? question.link : question.list,
      !('link' in question),
    )
    if (path === null) return NOT_RECORDED
    const reply = 'file' in question ? readRecorded(path) : 'link' in question ? readLink(path) : listFolder(path)
    return 'gap' in reply ? NOT_RECORDED : reply
  }

  async glob(pattern: string): Promise<readonly string[] | Reply> {
    const found = fastGlob.sync(`.${pattern}`, {
      cwd: this.#root,
      onlyFiles: false,
      suppressErrors: true,
      followSymbolicLinks: true,
    })
    const paths = found.map((path) => path.slice(1)).filter((path) => this.#inside(path, false) !== null)
    // That nothing matches is only known where the folder itself was copied; which folders a pattern leads through is not.
    if (
      paths.length === 0 &&
      (isGlob(dirname(pattern)) || this.#inside(dirname(pattern.replace(/[*?[].*$/, 'x')), true) === null)
    )
      return NOT_RECORDED
    return paths.sort()
  }

  /** The path below the root, its links followed as that machine would have: absolute ones start at the root, none leaves it. */
  #inside(path: string, last: boolean, links = 0): string | null {
    if (links > MOST_LINKS) return null
    let here = '/'
    const names = path.split('/').filter(Boolean)
    for (const [index, name] of names.entries()) {
      const next = join(here, name)
      try {
        const follow = last || index < names.length - 1
        if (follow && lstatSync(join(this.#root, next)).isSymbolicLink()) {
          const target = resolve(here, readlinkSync(join(this.#root, next)))
          return this.#inside(join(target, ...names.slice(index + 1)), last, links + 1)
        }
        if (!follow) lstatSync(join(this.#root, next))
      } catch {
        return null
      }
      here = next
    }
    return join(this.#root, here)
  }
}
