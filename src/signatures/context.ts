import { type LogTime, parseLogLine } from '../parse/log-line.ts'
import type { LogContext } from './signature.ts'
import type { Found, SignatureSet } from './signature-set.ts'

type Captures = Readonly<Record<string, string>>

/** A message that waits for what must, or must not, follow it. */
interface Pending {
  readonly found: Found
  readonly captures: Captures
  /** Contexts that have not been met yet. */
  readonly open: Set<number>
}

/** A log full of beginnings without an end must not fill our memory. */
const MOST_PENDING = 64

/** Remembers messages and contexts of one log until they prove or disprove each other. */
export class ContextTracker {
  readonly #set: SignatureSet
  readonly #now: number
  readonly #onProof: (rule: number, found: Found, captures: Captures) => void
  readonly #latest = new Map<LogContext, { found: Found; captures: Captures }>()
  readonly #pending = new Map<number, Pending[]>()

  constructor(set: SignatureSet, now: number, onProof: (rule: number, found: Found, captures: Captures) => void) {
    this.#set = set
    this.#now = now
    this.#onProof = onProof
  }

  /** Whether a message waits for what must, or must not, follow it. */
  waits(rule: number): boolean {
    const pending = this.#pending.get(rule)
    return pending !== undefined && pending.length > 0
  }

  /** `context` is -1 for the message itself. */
  met(rule: number, context: number, found: Found, captures: Captures): void {
    const contexts = this.#set.rules[rule]!.signature.context
    this.#settle(rule, found)
    const one = contexts[context]
    if (!one) this.#message(rule, contexts, found, captures)
    else if (one.side === 'before') this.#latest.set(one, { found, captures })
    else this.#followed(rule, one, context, found, captures)
  }

  /** The log is at its end: nothing that must not follow can follow any more. */
  end(): void {
    for (const rule of this.#pending.keys()) this.#settle(rule, { line: Infinity, text: '' })
  }

  #message(rule: number, contexts: readonly LogContext[], found: Found, captures: Captures): void {
    let all = captures
    const open = new Set<number>()
    for (const [index, context] of contexts.entries()) {
      if (context.side === 'then') {
        open.add(index)
        continue
      }
      const before = this.#latest.get(context)
      const near = before !== undefined && this.#near(context, before.found, found)
      if (near === (context.absent ?? false)) return
      if (before) all = { ...before.captures, ...all }
    }
    if (open.size === 0) return this.#onProof(rule, found, all)
    const pending = this.#pending.get(rule) ?? []
    if (pending.length === MOST_PENDING) pending.shift()
    pending.push({ found, captures: all, open })
    this.#pending.set(rule, pending)
  }

  #followed(rule: number, context: LogContext, index: number, found: Found, captures: Captures): void {
    const contexts = this.#set.rules[rule]!.signature.context
    const kept = (this.#pending.get(rule) ?? []).flatMap((pending): Pending[] => {
      if (!pending.open.has(index) || !this.#near(context, pending.found, found)) return [pending]
      if (context.absent) return []
      pending.open.delete(index)
      const met = { ...pending, captures: { ...captures, ...pending.captures } }
      if (pending.open.size > 0 || contexts.some(({ side, absent }) => side === 'then' && absent)) return [met]
      this.#onProof(rule, met.found, met.captures)
      return []
    })
    this.#pending.set(rule, kept)
  }

  /** Messages whose time is over: proven where only what must not follow was still open. They stand in the order of their lines. */
  #settle(rule: number, at: Found): void {
    const pending = this.#pending.get(rule)
    if (!pending?.length) return
    const { signature, reach } = this.#set.rules[rule]!
    let over = 0
    while (over < pending.length && at.line - pending[over]!.found.line > reach) over++
    if (over === 0) return
    for (const { found, captures, open } of pending.splice(0, over))
      if ([...open].every((index) => signature.context[index]!.absent)) this.#onProof(rule, found, captures)
  }

  #near({ lines, seconds }: LogContext, earlier: Found, later: Found): boolean {
    const apart = later.line - earlier.line
    if (apart <= 0 || apart > lines) return false
    if (seconds === undefined) return true
    const between = secondsBetween(this.#time(earlier), this.#time(later))
    return between === null || (between >= 0 && between <= seconds)
  }

  #time({ text }: Found): LogTime | undefined {
    return parseLogLine(text, this.#now).time
  }
}

/** null where the two clocks cannot be compared. */
function secondsBetween(earlier: LogTime | undefined, later: LogTime | undefined): number | null {
  if (!earlier || !later) return null
  if ('at' in earlier && 'at' in later) return (later.at - earlier.at) / 1000
  return 'sinceBoot' in earlier && 'sinceBoot' in later ? later.sinceBoot - earlier.sinceBoot : null
}
