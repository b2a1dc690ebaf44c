import { nearest } from './nearest.ts'

/** A section of /etc/multipath.conf whose name multipath does not know, where it stands. */
export interface OddSection {
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
  readonly odd: readonly OddSection[]
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
export function parseMultipathConf(text: string): MultipathConf {
  const odd: OddSection[] = []
  const maps: { wwid: string; alias: string; line: number }[] = []
  const open: string[] = []
  let map: (typeof maps)[number] | undefined
  for (const [index, raw] of text.split('\n').entries()) {
    const line = index + 1
    for (const [, name, brace, key, value] of raw
      .replace(/(^|\s)[#!].*$/, '')
      .matchAll(/([\w-]+)\s*\{|(\})|([\w-]+)\s+("[^"]*"|[^\s{}]+)(?=\s|\}|$)/g)) {
      if (name !== undefined) {
        const within = open.at(-1) ?? ''
        const allowed = SECTIONS[within]
        if (allowed && !allowed.includes(name)) odd.push({ name, within, line, nearest: nearest(name, allowed) })
        open.push(name)
        if (name === 'multipath') maps.push((map = { wwid: '', alias: '', line }))
      } else if (brace !== undefined) open.pop()
      else if (map && open.at(-1) === 'multipath' && (key === 'wwid' || key === 'alias'))
        map[key] = value!.replaceAll('"', '')
    }
  }
  return { odd, maps }
}
