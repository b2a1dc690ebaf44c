import { isIPv6 } from 'node:net'
import { scrambleMac, scrambleUuid, scrambleV4, scrambleV6 } from './addresses.ts'
import { Scrambler } from './scramble.ts'

/** Names that the machine's answers tell, to be replaced wherever they stand as words. */
export interface Names {
  readonly host: readonly string[]
  readonly domain: readonly string[]
  readonly guest: readonly string[]
  readonly user: readonly string[]
}

const WORD = '[0-9A-Za-z]'
const HEX = '[0-9a-f]'
const PAIRS = (count: number, mark: string): string => `(?:${HEX}{2}${mark}){${count}}${HEX}{2}`
const DOTTED = '\\d{1,3}(?:\\.\\d{1,3}){3}'

/** In one pass, so that no pseudonym is taken for something to be replaced. The order decides where two would match. */
const SHAPES = [
  `(?<uuid>(?<!${WORD})(?:${HEX}{8}-${HEX}{4}-${HEX}{4}-${HEX}{4}-${HEX}{12}|${HEX}{32})(?!${WORD}))`,
  // Firewalls log both cards and the type of the frame in one: MAC=52:54:00:…:08:00
  `(?<frame>(?<![0-9A-Za-z:])${PAIRS(13, ':')}(?![0-9A-Za-z:]))`,
  `(?<mac>(?<![0-9A-Za-z:-])(?:${PAIRS(5, ':')}(?!:?${WORD})|${PAIRS(5, '-')}(?!-?${WORD})))`,
  `(?<card>(?<!${WORD})enx(?<bare>${HEX}{12})(?!${WORD}))`,
  `(?<v6>(?<![0-9A-Za-z:.])(?=[0-9a-f]*:[0-9a-f]*:)[0-9a-f:]{2,39}(?![0-9A-Za-z:]|\\.\\d))`,
  // 4.17.5.1-1 is the version of a package.
  `(?<v4>(?<![0-9A-Za-z.])${DOTTED}(?![0-9A-Za-z_~+]|\\.[0-9A-Za-z]|-(?!${DOTTED})[0-9A-Za-z]))`,
]

/** The kernel prints addresses of these as hexadecimal numbers; IPv4 and parts of IPv6 in the order of the processor's bytes. */
const NUMBERS = [
  { of: '"/proc/net/route"', match: /(?<=\t)[0-9A-F]{8}(?=\t[0-9A-F]{8}\t|\t[0-9A-F]{4}\t)/g },
  { of: '"/proc/net/tcp"', match: /[0-9A-F]{8}(?=:[0-9A-F]{4} )/g },
  { of: '"/proc/net/tcp6"', match: /[0-9A-F]{32}(?=:[0-9A-F]{4} )/g },
  { of: '"/proc/net/if_inet6"', match: /^[0-9a-f]{32}(?= )/gm },
]

/** Replaces names and addresses, the same one by the same one in all texts of a bundle. */
export class Pseudonyms {
  /** What was replaced, by what replaced it. */
  readonly map = new Map<string, string>()
  readonly #by: Scrambler
  readonly #names: ReadonlyMap<string, string>
  readonly #pattern: RegExp

  constructor(key: Buffer, names: Names) {
    this.#by = new Scrambler(key)
    this.#names = this.#given(names)
    const words = [...this.#names.keys()].sort((a, b) => b.length - a.length).map(escaped)
    const shapes = words.length === 0 ? SHAPES : [...SHAPES, `(?<name>(?<!${WORD})(?:${words.join('|')})(?!${WORD}))`]
    this.#pattern = new RegExp(shapes.join('|'), 'gi')
  }

  /** `key`: of the answer that the text belongs to. */
  replace(text: string, key = ''): string {
    const kind = NUMBERS.find(({ of }) => key.includes(of))
    const readable = kind ? text.replace(kind.match, (digits) => this.#number(digits, kind.of)) : text
    return readable.replace(this.#pattern, (found, ...rest) => {
      const groups = rest.at(-1) as Record<string, string | undefined>
      if (kind && groups['uuid'] !== undefined) return found
      const fresh = this.#fresh(found, groups)
      if (fresh !== found) this.map.set(fresh, found)
      return fresh
    })
  }

  #fresh(found: string, groups: Record<string, string | undefined>): string {
    const sameCase = (text: string): string => (/[A-F]/.test(found) ? text.toUpperCase() : text)
    if (groups['uuid'] !== undefined) return sameCase(this.#uuid(found))
    if (groups['frame'] !== undefined)
      return sameCase(`${this.#mac(found.slice(0, 17))}:${this.#mac(found.slice(18, 35))}${found.slice(35)}`)
    if (groups['mac'] !== undefined) return sameCase(this.#mac(found))
    if (groups['bare'] !== undefined)
      return `enx${this.#mac(groups['bare'].replace(/..(?=.)/g, '$&:')).replaceAll(':', '')}`
    if (groups['v6'] !== undefined) return isIPv6(found) ? this.#v6(found) : found
    if (groups['v4'] !== undefined) return this.#v4(found)
    return this.#names.get(found) ?? this.#names.get(found.toLowerCase()) ?? found
  }

  #uuid(found: string): string {
    const digits = scrambleUuid(found.replaceAll('-', '').toLowerCase(), this.#by)
    return found.includes('-') ? digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') : digits
  }

  #mac(found: string): string {
    const octets = scrambleMac(
      found.split(/[:-]/).map((pair) => parseInt(pair, 16)),
      this.#by,
    )
    return octets.map((octet) => octet.toString(16).padStart(2, '0')).join(found[2])
  }

  #v4(found: string): string {
    const octets = found.split('.').map(Number)
    return octets.some((octet) => octet > 255) ? found : scrambleV4(octets, this.#by).join('.')
  }

  #v6(found: string): string {
    const groups = groupsOf(found)
    const fresh = scrambleV6(groups, this.#by)
    return fresh.every((group, index) => group === groups[index]) ? found : textOfV6(fresh)
  }

  /** Also noted as a dotted address, which is what a report says. */
  #number(digits: string, of: string): string {
    const bytes = [...Buffer.from(digits, 'hex')]
    const swapped = of.includes('if_inet6') ? bytes : swap(bytes)
    const fresh = bytes.length === 4 ? scrambleV4(swapped, this.#by) : this.#bytesOfV6(swapped)
    if (bytes.length === 4 && fresh.join() !== swapped.join()) this.map.set(fresh.join('.'), swapped.join('.'))
    return of.includes('if_inet6')
      ? Buffer.from(fresh).toString('hex')
      : Buffer.from(swap(fresh)).toString('hex').toUpperCase()
  }

  #bytesOfV6(bytes: readonly number[]): number[] {
    const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255
    if (mapped) return [...bytes.slice(0, 12), ...scrambleV4(bytes.slice(12), this.#by)]
    const groups = Array.from({ length: 8 }, (_, at) => (bytes[2 * at]! << 8) | bytes[2 * at + 1]!)
    return scrambleV6(groups, this.#by).flatMap((group) => [group >>> 8, group & 255])
  }

  #given(names: Names): Map<string, string> {
    const given = new Map<string, string>()
    const taken = new Set<string>()
    for (const [kind, list] of Object.entries(names) as [keyof Names, readonly string[]][]) {
      for (const name of list) {
        if (given.has(name)) continue
        const digits = this.#by.bytes(`${kind} ${name}`).toString('hex')
        let length = 6
        while (taken.has(`${kind}-${digits.slice(0, length)}`)) length++
        taken.add(`${kind}-${digits.slice(0, length)}`)
        given.set(name, `${kind}-${digits.slice(0, length)}`)
      }
    }
    return given
  }
}

const escaped = (word: string): string => word.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

/** Bytes of each 32 bits the other way round. */
const swap = (bytes: readonly number[]): number[] => bytes.map((_, at) => bytes[(at & ~3) + 3 - (at & 3)]!)

/** `fe80::1` → eight numbers */
function groupsOf(text: string): number[] {
  const [head = '', tail] = text.split('::')
  const numbers = (part: string): number[] => (part === '' ? [] : part.split(':').map((group) => parseInt(group, 16)))
  const [before, after] = [numbers(head), numbers(tail ?? '')]
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after]
}

/** With the longest row of zeros left out. */
function textOfV6(groups: readonly number[]): string {
  const text = groups.map((group) => group.toString(16)).join(':')
  const rows = [...text.matchAll(/(?<![0-9a-f])0(?::0)+(?![0-9a-f])/g)]
  const longest = rows.reduce<RegExpExecArray | undefined>(
    (a, b) => (a && a[0].length >= b[0].length ? a : b),
    undefined,
  )
  if (!longest) return text
  const after = text.slice(longest.index + longest[0].length)
  return `${text.slice(0, longest.index).replace(/:$/, '')}::${after.replace(/^:/, '')}`
}
