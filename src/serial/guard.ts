import { readdirSync, readlinkSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { AllFacts } from '../engine/judge.ts'

/** Who has a serial port, so that opening it would steal from him, or worse: some cables switch a machine or a UPS off. */
export const holderOf = (path: string, facts: AllFacts): string | null =>
  heldByFacts(path, facts) ?? lockOf(basename(path)) ?? processWith(path)

/** As far as the facts tell, of this machine or of another. */
export function heldByFacts(path: string, facts: AllFacts): string | null {
  const device = basename(path)
  const [consoles, namespace] = [facts['console'] ?? {}, facts['xen'] ?? {}]
  const strings = (fact: AllFacts[string][string] | undefined): readonly string[] =>
    fact?.ok && Array.isArray(fact.value) ? (fact.value as string[]) : []
  if (strings(consoles['active']).includes(device)) return `the kernel writes its console to ${device}`
  // FreeBSD has two names for a port: cuau0 for who calls, ttyu0 for who is called.
  if (strings(consoles['gettyDevices']).includes(device.replace(/^cua/, 'tty')))
    return `a getty offers a login on ${device}`
  const com = /^(?:ttyS|cuau)([01])$/.exec(device)?.[1]
  const used = strings(namespace['consoles']).map((word) => word.replace(/[HL]$/, ''))
  if (com !== undefined && used.includes(`com${Number(com) + 1}`))
    return `Xen writes its console to com${Number(com) + 1}, which is ${device}`
  return null
}

/** `/run/lock/LCK..ttyS0` holds the number of a process: minicom, apcupsd and the drivers of UPSes keep to it. */
function lockOf(device: string): string | null {
  for (const folder of ['/run/lock', '/var/lock', '/var/spool/lock']) {
    try {
      const pid = /\d+/.exec(readFileSync(join(folder, `LCK..${device}`), 'latin1'))?.[0]
      if (pid !== undefined && nameOf(pid) !== null) return `${nameOf(pid)} (process ${pid}) has locked it`
    } catch {
      // There is no lock.
    }
  }
  return null
}

/** As far as we may look: without root, only at our own processes. */
function processWith(path: string): string | null {
  for (const pid of namesIn('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    for (const fd of namesIn(`/proc/${pid}/fd`)) {
      try {
        if (readlinkSync(`/proc/${pid}/fd/${fd}`) === path)
          return `${nameOf(pid) ?? 'a process'} (process ${pid}) has it open`
      } catch {
        // It has ended, or is not ours.
      }
    }
  }
  return null
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function nameOf(pid: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return null
  }
}
