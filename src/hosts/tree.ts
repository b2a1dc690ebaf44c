import { type Contents, expand, follow } from '../archive/contents.ts'
import { FolderContents } from '../archive/folder.ts'
import { isGlob } from '../evidence/ask.ts'
import type { Answer, Ask, Host, Question } from '../types.ts'
import type { Reply } from './gaps.ts'
import { answerAll, type Machine } from './machine.ts'

const NOT_RECORDED: Reply = { gap: 'not-recorded' }

type Options = Parameters<Machine['one']>[1]

/**
 * A bare folder with proc/, sys/, etc/ … as other tools' test dumps have it, or an archive of one. What it lacks was never recorded:
 * nobody can tell whether the machine had it. Modes and owners are those of whoever copied it, so `stat` is not answered either.
 */
export class TreeHost implements Host, Machine {
  readonly label: string
  readonly at = null
  readonly #contents: Contents

  constructor(from: string, contents: Contents = new FolderContents(from)) {
    this.label = `tree ${from}`
    this.#contents = contents
  }

  answer(asks: readonly Ask[], onAnswer?: (answer: Answer) => void): Promise<Answer[]> {
    return answerAll(this, asks, onAnswer)
  }

  withheld(): null {
    return null
  }

  async one(question: Question, options: Options): Promise<Reply> {
    if ('command' in question || 'stat' in question) return NOT_RECORDED
    if ('file' in question) return readFile(this.#contents, question.file, options)
    return 'link' in question ? readLink(this.#contents, question.link) : listFolder(this.#contents, question.list)
  }

  async glob(pattern: string): Promise<readonly string[] | Reply> {
    return expandIn(this.#contents, pattern)
  }
}

export function readFile(contents: Contents, path: string, options: Options): Reply {
  const found = follow(contents, path)
  if (found === null) return missing(contents)
  const read = contents.read(found, { maxBytes: options.maxBytes, fromEnd: options.fromEnd ?? false })
  if ('bytes' in read) {
    const text = read.bytes.toString('utf8')
    return { data: read.truncated ? { kind: 'file', text, truncated: true } : { kind: 'file', text } }
  }
  if (read.failed === 'too-big') return { gap: 'too-big', detail: `${contents.look(found)?.size} bytes` }
  return read.failed === 'passed-by'
    ? { gap: 'not-recorded', detail: 'too large to be kept while the archive was read' }
    : NOT_RECORDED
}

export function readLink(contents: Contents, path: string): Reply {
  const found = follow(contents, path, false)
  if (found === null) return missing(contents)
  const target = contents.look(found)?.target
  return target === undefined ? NOT_RECORDED : { data: { kind: 'link', target } }
}

export function listFolder(contents: Contents, path: string): Reply {
  const found = follow(contents, path)
  const names = found === null ? null : contents.names(found)
  // More of it may have been in the rest.
  return names === null || contents.cut !== null ? missing(contents) : { data: { kind: 'list', names } }
}

export function expandIn(contents: Contents, pattern: string): readonly string[] | Reply {
  if (contents.cut !== null) return missing(contents)
  const paths = expand(contents, pattern)
  if (paths.length > 0) return paths
  // That nothing matches is only known where the folder itself was copied; which folders a pattern leads through is not.
  const folder = pattern.slice(0, pattern.lastIndexOf('/')) || '/'
  const known = !isGlob(folder) && follow(contents, folder)
  return known && contents.names(known) !== null ? [] : NOT_RECORDED
}

function missing({ cut }: Contents): Reply {
  return cut === null ? NOT_RECORDED : { gap: 'not-recorded', detail: `of the archive, ${cut}` }
}
