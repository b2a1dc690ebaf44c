import { writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { findProgram, run } from './run.ts'

const LAST = 19
const IDLE_CLASS = '3'

let gentle: Promise<void> | undefined

/** Last in line for the processor and the disk, first to go when memory runs out. What we start inherits it. Never fails. */
export const becomeGentle = (): Promise<void> => (gentle ??= giveWay())

async function giveWay(): Promise<void> {
  for (const step of [() => setPriority(LAST), () => writeFileSync('/proc/self/oom_score_adj', '1000')]) {
    try {
      step()
    } catch {
      // Not Linux, or a container that forbids it: then we stay as we are.
    }
  }
  if (findProgram('ionice') !== null) {
    await run(['ionice', '-c', IDLE_CLASS, '-p', String(process.pid)], { timeoutMs: 1_000, maxBytes: 4_096 })
  }
}
