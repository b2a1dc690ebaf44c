import { MULTIPATH_KEYS } from './multipath-keys.ts'
import { nearest } from './nearest.ts'

/** A section of /etc/multipath.conf, or a setting in one, whose name multipath does not know, where it stands. */
export interface OddName {
  readonly name: string
  /** The section around it; "" at the top. */
  readonly within: string
  readonly line: number
  readonly nearest: string | null
}

export interface MultipathMap {
  readonly wwid: string
  readonly alias: string
  readonly line: number
}

export interface MultipathConf {
  readonly odd: readonly OddName[]
  readonly oddKeys: readonly OddName[]
  readonly maps: readonly MultipathMap[]
}

/** What may stand inside what. */
const SECTIONS: Readonly<Record<string, readonly string[]>> = {
  '': ['defaults', 'blacklist', 'blacklist_exceptions', 'devices', 'multipaths', 'overrides', 'devnode_blacklist'],
  defaults: [],
  blacklist: ['device', 'protocol'],
  devnode_blacklist: ['device'],
  blacklist_exceptions: ['device', 'protocol'],
  devices: ['device'],
  multipaths: ['multipath'],
  overrides: ['protocol'],
}

/** `multipaths { multipath { wwid 3600a0b… alias oramp1 } }`: sections in braces, a word and its value a line. */
export function parseMultipathConf(whole: string): MultipathConf {
  const odd: OddName[] = []
  const oddKeys: OddName[] = []
  const maps: { wwid: string; alias: string; line: number }[] = []
  const open: string[] = []
  let map: (typeof maps)[number] | undefined
  for (const [index, raw] of whole.split('\n').entries()) {
    const line = index + 1
    const text = raw.replace(/(^|\s)[#!].*$/, '')
    for (const found of text.matchAll(/([\w-]+)\s*\{|(\})|([\w-]+)\s+("[^"]*"|[^\s{}]+)(?=\s|\}|$)/g)) {
      const [, name, brace, key, value] = found
      if (name !== undefined) {
        const within = open.at(-1) ?? ''
        const allowed = SECTIONS[within]
        if (allowed && !allowed.includes(name)) odd.push({ name, within, line, nearest: nearest(name, allowed) })
        open.push(name)
        if (name === 'multipath') maps.push((map = { wwid: '', alias: '', line }))
      } else if (brace !== undefined) open.pop()
      else {
        const section = open.at(-1) ?? ''
        const keys = MULTIPATH_KEYS[section]
        // Further words of a value that was not put into quotes are no names.
        const first = /(^|[{}])\s*$/.test(text.slice(0, found.index))
        if (first && keys && !keys.includes(key!))
          oddKeys.push({ name: key!, within: section, line, nearest: nearest(key!, keys, 2) })
        if (map && open.at(-1) === 'multipath' && (key === 'wwid' || key === 'alias'))
          map[key] = value!.replaceAll('"', '')
      }
    }
  }
  return { odd, oddKeys, maps }
}
