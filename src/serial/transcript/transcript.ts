import { type LogLine, parseLogLine } from '../../parse/log-line.ts'
import { promptOf, rankOf, type Stage, stageOf } from './stages.ts'

/** One stage of one boot. */
export interface Passed {
  readonly stage: Stage
  /** From 1. */
  readonly line: number
  /** Seconds until the next stage began, where lines of both carry the same clock. */
  readonly seconds: number | null
}

/** From one switching on to the next. */
export interface Boot {
  /** First and last line, from 1. */
  readonly first: number
  readonly last: number
  readonly stages: readonly Passed[]
  /** What it waits at, where it came to a prompt and no further. */
  readonly prompt: string | null
  /** It crashed, went down as told, or the record just ends. */
  readonly end: 'crashed' | 'went down' | 'began anew' | 'record ends'
  readonly hypervisor: boolean
  /** Whose last words they are, where it crashed. */
  readonly crashed: 'xen' | 'kernel' | null
  /** What Xen and the kernel were started with, in their own words. */
  readonly options: readonly string[]
  /** Its last line with text. */
  readonly lastWords: string
}

/** Messages that are the end, whatever follows. */
const CRASH =
  /^(?:Kernel panic - not syncing|Panic on CPU \d|Hardware Dom0 crashed|FATAL TRAP|FATAL PAGE FAULT|panic: |Fatal trap \d+|Fatal double fault)/

interface Open {
  first: number
  stages: { stage: Stage; line: number; clock: Clock | null }[]
  prompt: string | null
  crashed: Boot['crashed']
  options: string[]
  hypervisor: boolean
  lastWords: string
}
interface Clock {
  readonly program: string
  readonly seconds: number
}

/** More boots than that are a machine that restarts all night: the oldest are forgotten. */
const MOST_BOOTS = 500

/** Divides a console's record into boots and their stages, line by line. */
export class Transcript {
  readonly #boots: Boot[] = []
  #forgotten = 0
  #open: Open | null = null
  #line = 0
  readonly #onBoot: (() => void) | undefined

  /** `onBoot`: called before the first line of every further boot is taken. */
  constructor(onBoot?: () => void) {
    this.#onBoot = onBoot
  }

  get lines(): number {
    return this.#line
  }

  /** Older boots that are not kept. */
  get forgotten(): number {
    return this.#forgotten
  }

  /** Without line end and escape sequences. `at`: when it was read, in milliseconds, where that was written down. */
  take(text: string, at: number | null = null): void {
    const line = parseLogLine(text, 0)
    const stage = stageOf(line)
    if (this.#open !== null && stage !== null && this.#isAnew(stage, this.#open)) this.#close('began anew')
    this.#line++
    this.#open ??= {
      first: this.#line,
      stages: [],
      prompt: null,
      crashed: null,
      options: [],
      hypervisor: false,
      lastWords: '',
    }
    const open = this.#open
    if (text.trim() !== '') open.lastWords = text
    if (line.program === 'xen') open.hypervisor = true
    if (CRASH.test(line.message))
      open.crashed ??= line.program === 'xen' && /^(?:Panic|FATAL)/.test(line.message) ? 'xen' : 'kernel'
    const given = /^(?:Kernel c|C)ommand line: (.*)/.exec(line.message)?.[1]
    if (given !== undefined) open.options.push(...given.split(/\s+/))
    const prompt = promptOf(line.message)
    if (prompt !== null) open.prompt = prompt
    if (stage !== null) this.#enter(stage, line, at, open)
  }

  end(): readonly Boot[] {
    if (this.#open) this.#close('record ends')
    return this.#boots
  }

  #isAnew(stage: Stage, { stages }: Open): boolean {
    const now = stages.at(-1)?.stage
    if (now === undefined) return false
    if (rankOf(stage) >= rankOf('initramfs')) return false
    // GRUB greets in several lines, and the kernel comes after Xen.
    return rankOf(stage) < rankOf(now) || (stage === now && stage === 'kernel')
  }

  #enter(stage: Stage, line: LogLine, at: number | null, open: Open): void {
    const now = open.stages.at(-1)
    // systemd says that it runs before it says that it runs in the initramfs.
    const inInitramfs = stage === 'initramfs' && now?.stage === 'init' && /Running in init/.test(line.message)
    if (inInitramfs) open.stages.pop()
    const latest = open.stages.at(-1)
    if (latest && rankOf(stage) <= rankOf(latest.stage)) return
    // A file system may be mounted before anything else was seen, but a root needs a kernel.
    if (stage === 'root mounted' && !latest) return
    open.stages.push({ stage, line: inInitramfs ? now.line : this.#line, clock: clockOf(line, at) })
    if (rankOf(stage) >= rankOf('initramfs') && rankOf(stage) <= rankOf('login')) open.prompt = promptOf(line.message)
  }

  #close(how: 'began anew' | 'record ends'): void {
    const { first, stages, prompt, crashed, options, hypervisor, lastWords } = this.#open!
    const off = stages.some(({ stage }) => stage === 'shutdown' || stage === 'off')
    this.#boots.push({
      first,
      last: this.#line,
      stages: stages.map(({ stage, line, clock }, index) => ({
        stage,
        line,
        seconds: between(clock, stages[index + 1]?.clock),
      })),
      prompt,
      end: crashed !== null ? 'crashed' : off ? 'went down' : how,
      hypervisor,
      crashed,
      options,
      lastWords,
    })
    if (this.#boots.length > MOST_BOOTS) {
      this.#boots.shift()
      this.#forgotten++
    }
    this.#open = null
    if (how === 'began anew') this.#onBoot?.()
  }
}

function clockOf({ time, program }: LogLine, at: number | null): Clock | null {
  if (at !== null) return { program: 'record', seconds: at / 1000 }
  if (!time) return null
  return 'at' in time
    ? { program: 'date', seconds: time.at / 1000 }
    : { program: program ?? '', seconds: time.sinceBoot }
}

/** Clocks of the hypervisor and of the kernel below it do not compare. */
function between(from: Clock | null, to: Clock | null | undefined): number | null {
  if (!from || !to || from.program !== to.program || to.seconds < from.seconds) return null
  return to.seconds - from.seconds
}
