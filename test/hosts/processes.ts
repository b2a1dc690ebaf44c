import { readdirSync, readFileSync } from 'node:fs'

export interface Process {
  readonly pid: number
  readonly parent: number
  readonly group: number
  readonly name: string
}

/** All processes that run; those that only wait to be forgotten are none. */
export function processes(): Process[] {
  return readdirSync('/proc').flatMap((name): Process[] => {
    if (!/^\d+$/.test(name)) return []
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'utf8')
      const [state, parent, group] = text.slice(text.lastIndexOf(')') + 2).split(' ')
      const comm = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'))
      return state === 'Z' ? [] : [{ pid: Number(name), parent: Number(parent), group: Number(group), name: comm }]
    } catch {
      return []
    }
  })
}

/** A process and all below it. */
export function below(pid: number): Process[] {
  const all = processes()
  const family = new Set([pid])
  for (let size = 0; size !== family.size;) {
    size = family.size
    for (const one of all) if (family.has(one.parent)) family.add(one.pid)
  }
  return all.filter((one) => family.has(one.pid) && one.pid !== pid)
}

/** Waits until it holds, for `ms` at most. */
export async function until(holds: () => boolean, ms: number): Promise<boolean> {
  for (const end = Date.now() + ms; Date.now() < end;) {
    if (holds()) return true
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return holds()
}

/** `sleep 303` */
export function argumentsOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  } catch {
    return ''
  }
}
