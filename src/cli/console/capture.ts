import { existsSync, mkdirSync } from 'node:fs'
import { collect } from '../../engine/collect.ts'
import { factsFromTest } from '../../engine/fact-values.ts'
import type { Rule } from '../../engine/rule.ts'
import { type Ear, signaturesOf } from '../../engine/scan-logs.ts'
import { factSets } from '../../facts/index.ts'
import { LiveHost } from '../../hosts/live.ts'
import { Capture } from '../../serial/capture/capture.ts'
import { holderOf } from '../../serial/guard.ts'
import { type Hearing, Listener } from '../../serial/capture/listener.ts'
import { Recorder, type RecorderOptions } from '../../serial/capture/recorder.ts'
import type { Source } from '../../serial/sources/source.ts'
import { type Trigger, Triggers } from '../../serial/capture/trigger.ts'
import { type Finding, UserError } from '../../types.ts'
import type { Named } from './sources.ts'

export interface CaptureOptions {
  readonly folder: string
  readonly recorder: RecorderOptions
  /** Open serial ports that somebody else holds. */
  readonly force: boolean
  readonly rules: readonly Rule[]
  readonly ear: Required<Ear>
  readonly triggers: readonly Trigger[]
  readonly version: string
  /** What somebody at the terminal should know. */
  readonly tell: (sentence: string) => void
  readonly onFinding: (source: string, finding: Finding) => void
}

/** Captures until `until` resolves; `reopen` may be called meanwhile. Throws a UserError where no source could be opened. */
export async function captureConsoles(
  sources: readonly Named[],
  options: CaptureOptions,
  until: Promise<unknown>,
  onStart: (reopen: () => void) => void,
): Promise<void> {
  const names = sources.map(({ source }) => source.name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined)
    throw new UserError(`two sources are called ${twice}`, 'Give them names: --socket web1=/run/a.sock')
  const free = await freeSources(sources, options)
  makeFolder(options.folder)
  for (const { source } of free) sayWhatItTakes(source, options)
  const captures = free.map(
    ({ source }) =>
      new Capture(source, openRecorder(source.name, options), listenerFor(source.name, options), options.tell),
  )
  const failures = await Promise.all(captures.map((capture) => capture.start()))
  const failed = failures.flatMap((error) => error ?? [])
  for (const error of failed)
    options.tell(error instanceof UserError && error.hint ? `${error.message}. ${error.hint}` : error.message)
  if (failed.length === captures.length) {
    await Promise.all(captures.map((capture) => capture.stop()))
    throw new UserError('no console could be opened', (failed[0] as UserError | undefined)?.hint)
  }
  onStart(() => captures.forEach(({ recorder }) => void recorder.reopen()))
  await until
  await Promise.all(captures.map((capture) => capture.stop()))
}

/** Where xenconsoled, and libvirt with a <log>, usually keep what a guest's console says. */
const LOGS = [
  '/var/log/xen/console/guest-NAME.log',
  '/var/log/libvirt/qemu/NAME-serial0.log',
  '/var/log/libvirt/qemu/NAME-console.log',
]

function sayWhatItTakes({ what, takes, guest }: Source, { tell }: CaptureOptions): void {
  if (takes === undefined) return
  const logs = guest === undefined || guest.includes('/') ? [] : LOGS.map((path) => path.replace('NAME', guest))
  const log = logs.find((path) => existsSync(path))
  tell(
    `${what}: ${takes}${log === undefined ? '' : `; there is a log, which takes nothing from anybody: --file ${log}`}`,
  )
}

/** Serial ports that nobody else holds. The others are refused: a second reader steals bytes, and opening raises the modem lines. */
async function freeSources(sources: readonly Named[], { force, tell }: CaptureOptions): Promise<readonly Named[]> {
  if (force || sources.every(({ port }) => port === undefined)) return sources
  const wanted = factSets.filter(({ name }) => name === 'console' || name === 'xen')
  const { facts } = await collect(new LiveHost(), wanted)
  const refused = sources.flatMap((one) => {
    const holder = one.port === undefined ? null : holderOf(one.port, facts)
    return holder === null ? [] : [{ one, why: `${one.source.what} is not opened: ${holder}` }]
  })
  const hint = '--force opens it all the same: bytes are then split between the two, and the modem lines are raised.'
  if (refused.length === sources.length) throw new UserError(refused.map(({ why }) => why).join('\n'), hint)
  for (const { why } of refused) tell(`${why}. ${hint}`)
  return sources.filter((source) => !refused.some(({ one }) => one === source))
}

/** Only the last folder of the path: below /proc, Node would make the others for ever. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'EEXIST') throw new UserError(`cannot make ${folder}: ${code ?? message}`)
  }
}

function openRecorder(name: string, { folder, recorder, tell }: CaptureOptions): Recorder {
  try {
    return new Recorder(folder, name, recorder, tell)
  } catch (error) {
    throw new UserError(
      `cannot write to ${folder}: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`,
    )
  }
}

const hearings = new WeakMap<CaptureOptions, { hearing: Hearing; triggers: Triggers }>()

function listenerFor(name: string, options: CaptureOptions): Listener | null {
  const { rules, ear, version, onFinding, tell } = options
  if (rules.length === 0) return null
  let shared = hearings.get(options)
  if (!shared) {
    const set = signaturesOf(rules, ear.automaton)
    ear.scanner.use(set.automaton)
    const hearing = { set, scanner: ear.scanner, rules, facts: factsFromTest({}, factSets), version }
    hearings.set(options, (shared = { hearing, triggers: new Triggers(options.triggers, tell) }))
  }
  const { hearing, triggers } = shared
  return new Listener(name, hearing, (finding) => {
    onFinding(name, finding)
    triggers.fire(name, finding)
  })
}
