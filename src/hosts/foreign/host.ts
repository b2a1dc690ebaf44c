import { follow } from '../../archive/contents.ts'
import { isGlob } from '../../evidence/ask.ts'
import type { Answer, Ask, AskOptions, Host, Question } from '../../types.ts'
import type { Reply } from '../gaps.ts'
import { answerAll, type Machine } from '../machine.ts'
import { expandIn, listFolder, readFile, readLink } from '../tree.ts'
import { commandOf } from './commands.ts'
import type { Dump } from './dump.ts'
import { Listings } from './listings.ts'
import { type Proofs, proofsOf } from './proofs.ts'

const NOT_RECORDED: Reply = { gap: 'not-recorded' }
/** Owners and modes are those of whoever unpacked it. */
const THERE = 'it was there, and nobody wrote down its mode and owner'

const RUN = '/run/'
const VAR_RUN = '/var/run/'

/** A machine as another program's archive tells of it. What that never recorded stays unknown. */
export class ForeignHost implements Host, Machine {
  readonly label: string
  readonly at: Date | null
  readonly #dump: Dump
  readonly #listings: Listings
  readonly #proofs: Proofs

  constructor(dump: Dump) {
    this.label = dump.label
    this.at = dump.at
    this.#dump = dump
    this.#listings = new Listings(dump)
    this.#proofs = proofsOf(dump)
  }

  answer(asks: readonly Ask[], onAnswer?: (answer: Answer) => void): Promise<Answer[]> {
    return answerAll(this, asks, onAnswer)
  }

  /** Where the archive proves that what an ask is for was not there, it would not have been made on the machine itself. */
  withheld(options: AskOptions): Reply | null {
    const path = options.if && 'path' in options.if ? options.if.path : undefined
    return path !== undefined && this.#listings.look(path) === null
      ? { gap: 'withheld', detail: `${path} is not there` }
      : null
  }

  async one(question: Question, options: Parameters<Machine['one']>[1]): Promise<Reply> {
    if ('command' in question) return this.#command(question.command)
    if ('file' in question) return this.#file(this.#own(question.file), options)
    if ('stat' in question) return this.#stat(question.stat)
    return 'link' in question ? this.#link(question.link) : this.#list(question.list)
  }

  async glob(pattern: string): Promise<readonly string[] | Reply> {
    const own = this.#own(pattern)
    if (this.#dump.whole(own)) {
      const found = expandIn(this.#dump.files, own)
      return own !== pattern && 'length' in found ? found.map((path) => VAR_RUN + path.slice(RUN.length)) : found
    }
    const folder = pattern.slice(0, pattern.lastIndexOf('/'))
    const names = isGlob(folder) ? null : this.#listings.matching(folder, pattern.slice(folder.length + 1))
    return names ?? NOT_RECORDED
  }

  /** Where there is a /run, /var/run is a link to it, which nobody copies. */
  #own(path: string): string {
    const { files } = this.#dump
    const linked = path.startsWith(VAR_RUN) && files.names(RUN.slice(0, -1)) !== null && files.look('/var/run') === null
    return linked ? RUN + path.slice(VAR_RUN.length) : path
  }

  #command(argv: readonly string[]): Reply {
    const stdout = commandOf(argv, this.#dump)
    if (stdout !== null) return { data: { kind: 'command', stdout, stderr: '', exit: 0 } }
    const detail = this.#proofs.lacking(argv)
    return detail === null ? NOT_RECORDED : { gap: 'absent', detail }
  }

  #file(path: string, options: Parameters<Machine['one']>[1]): Reply {
    const reply = readFile(this.#dump.files, path, options)
    if ('data' in reply || reply.gap !== 'not-recorded') return reply
    const text = this.#proofs.file(path)
    if (text !== null) return { data: { kind: 'file', text } }
    return this.#listings.look(path) === null ? { gap: 'absent' } : (this.#absent(path) ?? reply)
  }

  #stat(path: string): Reply {
    const listed = this.#listings.look(path)
    if (listed === null) return { gap: 'absent' }
    if (listed?.stat) return { data: { kind: 'stat', stat: listed.stat } }
    const there = listed !== undefined || follow(this.#dump.files, path) !== null || this.#proofs.present(path) !== null
    return there ? { gap: 'malformed', detail: THERE } : (this.#absent(path) ?? NOT_RECORDED)
  }

  #link(path: string): Reply {
    const listed = this.#listings.look(path)
    return listed?.target === undefined
      ? readLink(this.#dump.files, path)
      : { data: { kind: 'link', target: listed.target } }
  }

  #list(path: string): Reply {
    const names = this.#listings.names(path)
    if (names) return { data: { kind: 'list', names } }
    return this.#dump.whole(path) ? listFolder(this.#dump.files, path) : NOT_RECORDED
  }

  #absent(path: string): Reply | null {
    const detail = this.#proofs.absent(path)
    return detail === null ? null : { gap: 'absent', detail }
  }
}
