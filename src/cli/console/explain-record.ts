import { createReadStream } from 'node:fs'
import { diagnose } from '../../engine/diagnosis.ts'
import { factsFromTest } from '../../engine/fact-values.ts'
import type { Rule } from '../../engine/rule.ts'
import { type Ear, signaturesOf } from '../../engine/scan-logs.ts'
import { factSets } from '../../facts/index.ts'
import { openLog } from '../../logfile/open.ts'
import { withoutEscapes } from '../../parse/escapes.ts'
import { type Departure, departure } from '../../serial/transcript/departure.ts'
import { explainBoot, type ExplainedBoot, type Explanation } from '../../serial/transcript/explanation.ts'
import { Transcript } from '../../serial/transcript/transcript.ts'
import { LogScan } from '../../signatures/log-scan.ts'
import type { SignatureSet } from '../../signatures/signature-set.ts'
import type { Finding } from '../../types.ts'

const NEWLINE = 10
/** A line without an end is taken in pieces. */
const LONGEST_LINE = 1 << 16
/** Of the last boot so much is kept to compare it with another. */
const MOST_COMPARED = 50_000
/** The end of a boot, in which its reason mostly stands. */
const LAST_LINES = 60

interface Options {
  readonly rules: readonly Rule[]
  readonly ear: Required<Ear>
  readonly version: string
  /** A record of a boot that went well. */
  readonly against?: string | undefined
}

/** Divides a console's record into boots, and says of each how far it came and why it came no further. Throws a UserError for what is no text. */
export async function explainRecord(name: string, options: Options): Promise<Explanation> {
  const set = signaturesOf(options.rules, options.ear.automaton)
  options.ear.scanner.use(set.automaton)
  const reader = new RecordReader(name, set, options)
  for await (const line of linesOf(name)) reader.take(line)
  const boots = reader.end()
  return {
    version: 1,
    vdoctor: options.version,
    record: name,
    lines: reader.transcript.lines,
    boots,
    forgotten: reader.transcript.forgotten,
    departure: options.against === undefined ? null : await departureOf(reader.latest, options.against, boots.at(-1)),
  }
}

/** Takes lines, and listens to each boot by itself: one's messages must not explain another's end. */
class RecordReader {
  readonly transcript: Transcript
  /** The lines of the boot that is being read. */
  latest: string[] = []
  readonly #findings: (readonly Finding[])[] = []
  readonly #ends: string[] = []
  readonly #name: string
  readonly #set: SignatureSet
  readonly #options: Options
  #scan: LogScan
  #first = 1

  constructor(name: string, set: SignatureSet, options: Options) {
    this.#name = name
    this.#set = set
    this.#options = options
    this.#scan = this.#newScan()
    this.transcript = new Transcript(() => {
      this.#closeBoot()
      this.latest = []
    })
  }

  take(line: Buffer): void {
    const text = withoutEscapes(
      line
        .toString('utf8')
        .replace(/[\r\n]+$/, '')
        .replace(/^\r+/, ''),
    )
    this.transcript.take(text)
    this.#scan.feed(line.at(-1) === NEWLINE ? line : Buffer.concat([line, Buffer.from('\n')]))
    if (this.latest.length < MOST_COMPARED) this.latest.push(text)
  }

  end(): ExplainedBoot[] {
    const boots = this.transcript.end()
    this.#closeBoot()
    const kept = -boots.length
    const [findings, ends] = [this.#findings.slice(kept), this.#ends.slice(kept)]
    return boots.map((boot, index) => explainBoot(boot, findings[index]!, ends[index]!))
  }

  #newScan(): LogScan {
    return new LogScan(this.#set, this.#options.ear.scanner, { kind: 'console', now: Date.now() })
  }

  #closeBoot(): void {
    const { rules, version } = this.#options
    const offset = this.#first - 1
    const sightings = this.#scan.end().map(({ first, last, ...rest }) => ({
      ...rest,
      first: { ...first, line: first.line + offset },
      last: { ...last, line: last.line + offset },
    }))
    const log = {
      name: this.#name,
      path: this.#name,
      of: '',
      sightings,
      gap: null,
      numbered: true,
      lines: this.#scan.lines,
      since: null,
    }
    this.#findings.push(diagnose(rules, [log], factsFromTest({}, factSets), { version, pasted: true }).findings)
    this.#ends.push(this.latest.slice(-LAST_LINES).join('\n'))
    this.#first = this.transcript.lines + 1
    this.#scan = this.#newScan()
  }
}

async function departureOf(
  lines: readonly string[],
  against: string,
  boot: ExplainedBoot | undefined,
): Promise<Departure | null> {
  const good: string[] = []
  for await (const line of linesOf(against)) {
    if (good.length < MOST_COMPARED) good.push(withoutEscapes(line.toString('utf8').replace(/[\r\n]+/g, '')))
  }
  const found = departure(lines, good)
  return found && { ...found, line: found.line + (boot?.first ?? 1) - 1 }
}

/** Lines with their ends, in bounded pieces. */
async function* linesOf(name: string): AsyncGenerator<Buffer> {
  const log = await openLog(name)
  const pieces: AsyncIterable<Buffer> =
    'file' in log ? createReadStream(log.file, { highWaterMark: 1 << 20 }) : log.text
  let rest = Buffer.alloc(0)
  for await (const piece of pieces) {
    let text = rest.length > 0 ? Buffer.concat([rest, piece]) : piece
    for (let end = text.indexOf(NEWLINE); end >= 0 || text.length > LONGEST_LINE; end = text.indexOf(NEWLINE)) {
      const length = end >= 0 && end < LONGEST_LINE ? end + 1 : LONGEST_LINE
      yield text.subarray(0, length)
      text = text.subarray(length)
    }
    rest = Buffer.from(text)
  }
  if (rest.length > 0) yield rest
}
