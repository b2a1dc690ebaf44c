import { command } from '../evidence/ask.ts'
import type { Evidence } from '../evidence/evidence.ts'
import type { Ask, Result } from '../types.ts'

const LINUX = { if: { path: '/proc/self/stat' } } as const
/** FreeBSD's ps knows no widths, and its /proc is mostly not mounted. */
const FREEBSD = { if: { path: '/boot/loader.conf' } } as const

export const processAsks = {
  list: command(['ps', '-ww', '-axo', 'pid,ppid,state,wchan:40,comm'], LINUX),
  listOfFreebsd: command(['ps', '-ww', '-axo', 'pid,ppid,state,wchan,comm'], FREEBSD),
}

export const callAsks = {
  // Reads the memory of each process and may hang on a stuck one.
  calls: command(['ps', '-ww', '-axo', 'pid,uid,etime,args'], LINUX),
  callsOfFreebsd: command(['ps', '-ax', '-ww', '-o', 'pid,uid,etime,args'], FREEBSD),
}

/** The list of this system's own ps: the other one is asked only where this one is not for it. */
function either(evidence: Evidence, linux: Ask, freebsd: Ask): Result<string> {
  const first = evidence.stdout(linux)
  return !first.ok && first.gap === 'withheld' ? orFirst(evidence.stdout(freebsd), first) : first
}

/** Where neither system is there, the gap of the common one is what is told. */
const orFirst = (second: Result<string>, first: Result<string>): Result<string> =>
  !second.ok && second.gap === 'withheld' ? first : second

export const processList = (evidence: Evidence): Result<string> =>
  either(evidence, processAsks.list, processAsks.listOfFreebsd)

export const processCalls = (evidence: Evidence): Result<string> =>
  either(evidence, callAsks.calls, callAsks.callsOfFreebsd)
