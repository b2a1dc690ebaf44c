/** A timer this late means that we ourselves kept the event loop busy. */
const LATE_MS = 20

/**
 * Calls back after `ms` in which answers could arrive: time that our own work blocked does not count against the one who answers,
 * since timers run before the answers that came meanwhile. Returns what cancels it.
 */
export function deadline(ms: number, callback: () => void): () => void {
  let timer: NodeJS.Timeout
  const arm = (wait: number): void => {
    const due = performance.now() + wait
    timer = setTimeout(() => {
      const late = performance.now() - due
      if (late > LATE_MS) arm(late)
      else callback()
    }, wait)
  }
  arm(ms)
  return () => clearTimeout(timer)
}
