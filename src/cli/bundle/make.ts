import { rmSync } from 'node:fs'
import type { Clean } from '../../bundle/clean.ts'
import type { Header } from '../../bundle/manifest.ts'
import { pack } from '../../bundle/pack.ts'
import { redact } from '../../bundle/redact.ts'
import { BundleWriter, type WriterOptions } from '../../bundle/writer.ts'
import { askKey } from '../../evidence/ask.ts'
import { jsonReport } from '../../reporters/json.ts'
import { textReport } from '../../reporters/text.ts'
import { type Answer, type Host, UserError } from '../../types.ts'
import { checkTarget, fileName, keptIn, stampOf } from './target.ts'
import type { Plan } from './plan.ts'
import { check } from '../check.ts'
import { bySize, record, writeHeld } from './record.ts'
import { whenStopped } from './stopped.ts'

export interface BundleOptions {
  readonly version: string
  readonly root: string
  /** The file, or the folder where it stays one; a name is made where neither is given. */
  readonly output?: string | undefined
  readonly unpacked?: string | undefined
  readonly only: readonly string[]
  readonly since?: Date | undefined
  readonly maxBytes?: number | undefined
  /** Learns names from all answers; gives what is done to every text. */
  readonly disguise?: ((answers: readonly Answer[]) => Clean) | undefined
  readonly onAnswer?: ((answer: Answer) => void) | undefined
}

export interface Bundled {
  /** The file, or the folder. */
  readonly place: string
  readonly count: number
  readonly known: number
  /** What else should be said. */
  readonly notes: readonly string[]
}

/** Of what the bundle may hold, so much is kept free for the report. */
const FOR_REPORT = 0.1
const REPORT_WIDTH = 100

/** Records a machine, judges it, and packs both. Throws a UserError that names what was kept where it could not be done. */
export async function makeBundle(host: Host, plan: Plan, options: BundleOptions): Promise<Bundled> {
  const { disguise, maxBytes, onAnswer, output, since, unpacked } = options
  const recorded = host.at ?? new Date()
  const stamp = stampOf(new Date())
  if (unpacked === undefined) checkTarget(output ?? 'vdoctor.tar.gz')
  const folder = unpacked ?? `${output ?? `vdoctor-${stamp}`}.partial`
  const declared = new Set([...plan.facts, ...plan.logs].map((ask) => askKey(ask)))
  const held: Answer[] = []
  const kept: Answer[] = []
  const open = (extra: WriterOptions): BundleWriter =>
    new BundleWriter(folder, options.version, recorded, {
      about: aboutOf(host, options),
      declared,
      ...(maxBytes && { maxBytes, forMade: maxBytes * FOR_REPORT }),
      ...extra,
    })
  let early: BundleWriter | null = null
  let writer: BundleWriter | null = null
  const flush = (to: BundleWriter): void => writeHeld(to, bySize(held.splice(0), plan.onlyLogs), kept)
  const stopped = whenStopped(() => {
    if (early) flush(early)
    return keptIn(folder, writer)
  })
  try {
    // What is to be renamed is only written when all names are known; what has to be chosen from, when all of it is there.
    writer = early = disguise ? null : open({})
    const take = (answer: Answer): void =>
      early && !maxBytes ? writeHeld(early, [answer], kept) : void held.push(answer)
    await record(host, plan, take, { since, onAnswer })
    writer ??= open({ disguise: disguise!(held) })
    flush(writer)
    const label = disguise ? 'a machine' : redact(host.label)
    const notes = await addReport(writer, plan, { label, at: host.at }, kept, options)
    writer.close()
    const place = unpacked ?? output ?? fileName(kept, stamp, !disguise)
    if (unpacked === undefined) {
      await pack(folder, place, recorded)
      rmSync(folder, { recursive: true, force: true })
    }
    return { place, count: writer.count, known: writer.known, notes }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    throw new UserError(error.message, [error.hint, keptIn(folder, writer)].filter(Boolean).join(' ') || undefined)
  } finally {
    stopped.over()
  }
}

/** What the header tells of the choice of answers; a bundle of a bundle is no more than that was. */
function aboutOf(host: Host, { disguise, only, since }: BundleOptions): WriterOptions['about'] {
  const from = 'header' in host ? (host.header as Header) : undefined
  const anonymized = disguise !== undefined || from?.anonymized === true
  const [chosen, first] = [only.length > 0 ? only : from?.only, since?.toISOString() ?? from?.since]
  return { ...(chosen && { only: chosen }), ...(first && { since: first }), ...(anonymized && { anonymized }) }
}

/** What `check` says of the answers as they were kept, for a reader without vdoctor. */
async function addReport(
  writer: BundleWriter,
  plan: Plan,
  of: Pick<Host, 'label' | 'at'>,
  kept: readonly Answer[],
  { root, version }: BundleOptions,
): Promise<string[]> {
  const recording: Host = { ...of, answer: async () => kept }
  const { report } = await check(recording, plan.rules, { version, root })
  const texts = {
    'report.txt': textReport(report, { width: REPORT_WIDTH, color: null, all: true }),
    'report.json': jsonReport([report]),
  }
  const left = Object.entries(texts).filter(([name, text]) => !writer.make(name, text))
  return left.map(([name]) => `${name} did not fit into the bundle any more`)
}
