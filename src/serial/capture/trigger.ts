import { spawn } from 'node:child_process'
import type { Finding } from '../../types.ts'

/** A command for a rule: no shell reads it. */
export interface Trigger {
  readonly rule: string
  readonly argv: readonly string[]
}

/** A machine that panics in a loop must not start a thousand commands: one for each rule and console in so many milliseconds. */
const RATE_MS = 60_000

/** Starts the commands that belong to what was found; what it is about stands in their environment. */
export class Triggers {
  readonly #triggers: readonly Trigger[]
  readonly #tell: (sentence: string) => void
  readonly #last = new Map<string, number>()

  constructor(triggers: readonly Trigger[], tell: (sentence: string) => void) {
    this.#triggers = triggers
    this.#tell = tell
  }

  fire(source: string, finding: Finding): void {
    this.#triggers.forEach((trigger, index) => {
      if (trigger.rule !== finding.rule) return
      const key = `${index} ${source}`
      const now = performance.now()
      if (now - (this.#last.get(key) ?? -Infinity) < RATE_MS) return
      this.#last.set(key, now)
      this.#start(trigger.argv, source, finding)
    })
  }

  #start([program, ...args]: readonly string[], source: string, { rule, subject, severity, said }: Finding): void {
    const about = {
      VDOCTOR_SOURCE: source,
      VDOCTOR_RULE: rule,
      VDOCTOR_SUBJECT: subject,
      VDOCTOR_SEVERITY: severity,
      VDOCTOR_LINE: said?.text ?? '',
    }
    const env = Object.fromEntries(Object.entries(about).map(([name, text]) => [name, text.replaceAll('\u0000', '')]))
    const child = spawn(program!, args, { stdio: 'ignore', env: { ...process.env, ...env }, detached: true })
    child.once('error', (error: NodeJS.ErrnoException) => this.#tell(`${program}: ${error.code ?? error.message}`))
    child.once('exit', (code, signal) => {
      if (code !== 0)
        this.#tell(`${program} for ${rule}: ${signal === null ? `exit code ${code}` : `ended by ${signal}`}`)
    })
    child.unref()
  }
}
