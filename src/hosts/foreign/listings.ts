import { globPart } from '../../archive/contents.ts'
import { parseLs } from '../../parse/ls.ts'
import type { Stat } from '../../types.ts'
import type { Dump } from './dump.ts'
import { succeeded } from './dump.ts'

export interface Listed {
  /** null where owners are names, which say nothing on another machine. */
  readonly stat: Stat | null
  readonly target?: string
}

/** Folders that are listed with all below them, and how: sos to 4.4 and insights, later sos, XenServer. */
export const LISTINGS = ['/dev', '/sys/block', '/sys/firmware', '/boot', '/var/log'].flatMap((folder) =>
  ['-lanR', '-alRh', '-alZR', '-lR'].map((options) => `ls ${options} ${folder}`),
)

/** Folders by their path, with what was in each by name: `ls -lanR` tells of names, owners and links what nobody copied. */
export class Listings {
  readonly #folders = new Map<string, Map<string, Listed>>()

  constructor(dump: Dump) {
    for (const command of LISTINGS) {
      const text = succeeded(dump.output(command))
      if (text !== null) this.#read(text)
    }
  }

  /** undefined: nobody knows, since the folder was not listed. null: it was, or what leads to it, and the name was not in it. */
  look(path: string): Listed | null | undefined {
    const at = path.lastIndexOf('/')
    if (at <= 0) return undefined
    const above = path.slice(0, at)
    const folder = this.#folders.get(above)
    if (folder) return folder.get(path.slice(at + 1)) ?? null
    return this.look(above) === null ? null : undefined
  }

  names(path: string): readonly string[] | null {
    const folder = this.#folders.get(path)
    return folder ? [...folder.keys()].sort() : null
  }

  /** Paths in a listed folder whose names the pattern matches. */
  matching(folder: string, pattern: string): readonly string[] | null {
    if (this.look(folder) === null) return []
    const matches = globPart(pattern)
    const names = this.names(folder)?.filter((name) => matches.test(name))
    return names?.map((name) => `${folder}/${name}`) ?? null
  }

  /**
   *     /sys/block:
   *     total 0
   *     lrwxrwxrwx  1 0 0 0 Nov 20 06:36 loop0 -> ../devices/virtual/block/loop0
   */
  #read(text: string): void {
    let folder: Map<string, Listed> | undefined
    for (const line of text.split('\n')) {
      const head = /^(\/.*):$/.exec(line)
      if (head) this.#folders.set(head[1]!.replace(/\/$/, ''), (folder = new Map<string, Listed>()))
      const match = /^[-dlbcps][-rwxsStT]{9}.*?\s(?:\w{3}\s+\d+\s+[\d:]+|\d{4}-\d\d-\d\d \d\d:\d\d)\s(.*)$/.exec(line)
      if (!match || !folder) continue
      const [name = '', target] = line.startsWith('l') ? match[1]!.split(' -> ') : [match[1]!]
      if (name === '.' || name === '..') continue
      const stat = numeric(line)
      folder.set(name, target === undefined ? { stat } : { stat, target })
    }
  }
}

function numeric(line: string): Stat | null {
  try {
    return parseLs(line)
  } catch {
    return null
  }
}
