import { constants } from 'node:os'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Ctrl-C and the like: `last` saves what can be saved, and says so; then the run ends as a shell expects it, with 128 and the signal. */
export function whenStopped(last: () => string): { over: () => void } {
  const handlers = SIGNALS.map((signal) => {
    const handler = (): void => {
      process.stderr.write(`\nvdoctor: stopped. ${last()}\n`)
      process.exit(128 + constants.signals[signal])
    }
    process.on(signal, handler)
    return () => void process.off(signal, handler)
  })
  return { over: () => handlers.forEach((off) => off()) }
}
