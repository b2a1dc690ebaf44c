export interface Package {
  readonly name: string
  readonly version: string
}

/** `ii  xen-utils-4.17 4.17.7+13-g2445b30a44-0+deb12u1` by our own format; only what is wholly installed counts. */
export const parseDpkg = (text: string): Package[] =>
  text.split('\n').flatMap((line) => {
    const match = /^[a-z]i\s+(\S+)\s+(\S+)$/.exec(line.trim())
    return match ? [{ name: match[1]!, version: match[2]! }] : []
  })

/** `xen 4.17.2_04-150500.1.2` by our own format; `package xend is not installed` is none. */
export const parseRpm = (text: string): Package[] =>
  text.split('\n').flatMap((line) => {
    const match = /^([\w.+-]+) ([\w.+~^:]+-[\w.+~^]+)$/.exec(line.trim())
    return match ? [{ name: match[1]!, version: match[2]! }] : []
  })

/** `xen-kernel-4.18.0.20240201` as pkg names packages: the last dash parts the version. */
export const parsePkg = (text: string): Package[] =>
  text.split('\n').flatMap((line) => {
    const match = /^(\S+)-(\d[^-\s]*)(?:\s|$)/.exec(line.trim())
    return match ? [{ name: match[1]!, version: match[2]! }] : []
  })

/** `1:7.2+dfsg-7+deb12u18` → 7.2: epoch and packaging are left out. */
export const upstream = (version: string): string => /^(?:\d+:)?(\d+(?:\.\d+)*)/.exec(version)?.[1] ?? ''
