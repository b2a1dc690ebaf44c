import { diagnose } from '../../engine/diagnosis.ts'
import type { AllFacts } from '../../engine/judge.ts'
import type { Rule } from '../../engine/rule.ts'
import { LogScan } from '../../signatures/log-scan.ts'
import type { Scanner } from '../../signatures/scanner.ts'
import type { SignatureSet } from '../../signatures/signature-set.ts'
import type { Finding } from '../../types.ts'

const NEWLINE = 10
/** Bytes of a line without an end that are kept; what is longer is looked at in pieces. */
const LONGEST_LINE = 64 << 10
/** A prompt has no end of line: what stands alone for so long is looked at as it is. */
const IDLE_MS = 700
/** A console that complains in every line is told of so seldom: judging takes longer than listening. */
const TELL_MS = 250

/** What all listeners of a run share: one scanner, which each uses for whole lines only. */
export interface Hearing {
  readonly set: SignatureSet
  readonly scanner: Scanner
  readonly rules: readonly Rule[]
  /** Nobody asks the machine behind a console: all its facts are gaps. */
  readonly facts: AllFacts
  readonly version: string
}

/** Reads along on one console, and tells what its messages mean as soon as they are there. */
export class Listener {
  readonly #hearing: Hearing
  readonly #name: string
  readonly #onFinding: (finding: Finding) => void
  readonly #scan: LogScan
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #idle: NodeJS.Timeout | null = null
  #told = -Infinity
  #later: NodeJS.Timeout | null = null

  constructor(name: string, hearing: Hearing, onFinding: (finding: Finding) => void) {
    this.#name = name
    this.#hearing = hearing
    this.#onFinding = onFinding
    this.#scan = new LogScan(hearing.set, hearing.scanner, { kind: 'console', now: Date.now() })
  }

  take(bytes: Buffer): void {
    const end = bytes.lastIndexOf(NEWLINE) + 1
    if (end > 0) this.#hear([...this.#waiting.splice(0), bytes.subarray(0, end)])
    if (end > 0) this.#waitingBytes = 0
    if (end < bytes.length) {
      this.#waiting.push(bytes.subarray(end))
      this.#waitingBytes += bytes.length - end
    }
    if (this.#waitingBytes > LONGEST_LINE) this.flush()
    else if (this.#waitingBytes > 0)
      this.#idle = this.#idle?.refresh() ?? setTimeout(() => this.flush(), IDLE_MS).unref()
  }

  /** There is nothing more to come. */
  end(): void {
    this.flush()
    this.#tell()
  }

  /** What waits for the end of its line is taken for a line. */
  flush(): void {
    if (this.#idle) clearTimeout(this.#idle)
    this.#idle = null
    if (this.#waiting.length === 0) return
    const pieces = this.#waiting.splice(0)
    this.#waitingBytes = 0
    this.#hear([...pieces, Buffer.from('\n')])
  }

  #hear(pieces: readonly Buffer[]): void {
    if (this.#idle) clearTimeout(this.#idle)
    this.#idle = null
    // The scanner is everybody's, and its text ours until the last piece, which ends a line.
    for (const piece of pieces) this.#scan.feed(piece)
    const wait = this.#told + TELL_MS - performance.now()
    if (wait <= 0) this.#tell()
    else this.#later ??= setTimeout(() => this.#tell(), wait).unref()
  }

  #tell(): void {
    if (this.#later) clearTimeout(this.#later)
    this.#later = null
    const sightings = this.#scan.changes()
    if (sightings.length === 0) return
    this.#told = performance.now()
    const heard = new Set(sightings.map(({ rule }) => rule))
    const { rules, facts, version } = this.#hearing
    const concerned = rules.filter(({ id }) => heard.has(id))
    const log = { name: this.#name, of: '', sightings, gap: null, numbered: true, lines: this.#scan.lines, since: null }
    for (const finding of diagnose(concerned, [log], facts, { version, pasted: true }).findings)
      this.#onFinding(finding)
  }
}
