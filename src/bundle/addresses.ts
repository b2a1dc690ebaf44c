import type { Scrambler } from './scramble.ts'

/** Networks that everybody has: how many of their first bits stay, so that a private address stays private. */
const PRIVATE = [
  { is: ([a]: Octets) => a === 10, keeps: 8 },
  { is: ([a, b]: Octets) => a === 172 && b! >= 16 && b! < 32, keeps: 12 },
  { is: ([a, b]: Octets) => a === 192 && b === 168, keeps: 16 },
  { is: ([a, b]: Octets) => a === 100 && b! >= 64 && b! < 128, keeps: 10 },
]
/** First octets that hold private networks beside public ones: they stay, and the second is another public one. */
const MIXED: Readonly<Record<number, (second: number) => boolean>> = {
  100: (second) => second >= 64 && second < 128,
  169: (second) => second === 254,
  172: (second) => second >= 16 && second < 32,
  192: (second) => second === 168,
}
const PUBLIC = range(1, 224).filter((octet) => octet !== 10 && octet !== 127 && !(octet in MIXED))

type Octets = readonly number[]

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index)
}

/** Loopback, link-local, multicast, netmasks and "any" say nothing of whose machine it is. */
const staysV4 = ([a, b]: Octets): boolean => a === 0 || a === 127 || a! >= 224 || (a === 169 && b === 254)

/**
 * `192.168.122.45` → `192.168.57.45`: addresses of one network stay in one, however long its prefix, and keep their last octet, so that
 * ranges, routers and broadcasts can still be told.
 */
export function scrambleV4(octets: Octets, by: Scrambler): number[] {
  if (staysV4(octets)) return [...octets]
  const [a, b, c, d] = octets as [number, number, number, number]
  const bits = (a << 16) | (b << 8) | c
  const own = PRIVATE.find(({ is }) => is(octets))
  if (own) {
    const width = 24 - own.keeps
    const kept = bits >>> width
    const fresh = (kept << width) | by.prefix(bits & ((1 << width) - 1), width, `v4 ${kept}`, true)
    return [(fresh >>> 16) & 255, (fresh >>> 8) & 255, fresh & 255, d]
  }
  const mixed = MIXED[a]
  if (mixed) {
    const seconds = range(0, 256).filter((second) => !mixed(second))
    return [a, turned(b, seconds, `v4 ${a}`, by), by.prefix(c, 8, `v4 ${a}.${b}`), d]
  }
  const rest = by.prefix((b << 8) | c, 16, `v4 ${a}`)
  return [turned(a, PUBLIC, 'v4', by), rest >>> 8, rest & 255, d]
}

/** The member of a list that stands a fixed number of places further on: another one always. */
function turned(value: number, list: readonly number[], name: string, by: Scrambler): number {
  const places = 1 + by.below(list.length - 1, name)
  return list[(list.indexOf(value) + places) % list.length]!
}

/** Eight numbers of 16 bits. Networks stay together; of an address made of a MAC, the MAC is replaced as it is elsewhere. */
export function scrambleV6(groups: readonly number[], by: Scrambler): number[] {
  const first = groups[0]!
  const linkLocal = (first & 0xffc0) === 0xfe80
  const unique = (first & 0xfe00) === 0xfc00
  const global = (first & 0xe000) === 0x2000
  if (!linkLocal && !unique && !global) return [...groups]
  const keeps = unique ? 8 : 3
  const width = 16 - keeps
  const begin = (first >>> width) << width
  const network = linkLocal
    ? groups.slice(0, 4)
    : [
        begin | by.prefix(first & ((1 << width) - 1), width, 'v6', true),
        ...[1, 2, 3].map((at) => by.prefix(groups[at]!, 16, `v6 ${groups.slice(0, at).join(':')}`)),
      ]
  return [...network, ...scrambleInterface(groups.slice(4), by)]
}

/** Small numbers, ::1, stay; they were given by hand. */
function scrambleInterface(last: readonly number[], by: Scrambler): number[] {
  const [e, f, g, h] = last as [number, number, number, number]
  if (e === 0 && f === 0 && g === 0) return [...last]
  if ((f & 0xff) === 0xff && g >>> 8 === 0xfe) {
    const mac = [(e >>> 8) ^ 2, e & 255, f >>> 8, g & 255, h >>> 8, h & 255]
    const [m0, m1, m2, m3, m4, m5] = scrambleMac(mac, by) as [number, number, number, number, number, number]
    return [((m0 ^ 2) << 8) | m1, (m2 << 8) | 0xff, 0xfe00 | m3, (m4 << 8) | m5]
  }
  return last.map((group, at) => by.prefix(group, 16, `interface ${last.slice(0, at).join(':')}`, at === 0))
}

/**
 * `52:54:00:12:34:56` → `52:54:00:9b:01:c4`: the maker stays, and what stands for no single card. The first octet does not count, so
 * that the host's end of a guest's interface, fe:54:00:…, still belongs to it.
 */
export function scrambleMac(octets: Octets, by: Scrambler): number[] {
  const multicast = (octets[0]! & 1) === 1
  const tail = (octets[3]! << 16) | (octets[4]! << 8) | octets[5]!
  if (multicast || tail === 0 || tail === 0xffffff) return [...octets]
  const fresh = by.prefix(tail, 24, `mac ${octets[1]} ${octets[2]}`, true)
  return [...octets.slice(0, 3), fresh >>> 16, (fresh >>> 8) & 255, fresh & 255]
}

/** 32 hexadecimal digits. Version and variant stay, and the UUIDs of zeros and ones. */
export function scrambleUuid(digits: string, by: Scrambler): string {
  if (/^(.)\1*$/.test(digits)) return digits
  const fresh = by.bytes(`uuid ${digits}`).toString('hex')
  const variant = (parseInt(digits[16]!, 16) & 0xc) | (parseInt(fresh[16]!, 16) & 3)
  return `${fresh.slice(0, 12)}${digits[12]!}${fresh.slice(13, 16)}${variant.toString(16)}${fresh.slice(17, 32)}`
}
