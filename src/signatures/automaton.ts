/** A row of the table has so many numbers of two bytes; bytes that no literal holds share class 0. */
export const CLASSES = 32

/** The number of the first state that accepts; there are at most so many of either kind: see scan.wat. */
export const ACCEPTING = 1 << 15

/** Finds all literals at once, whatever their case: the automaton of Aho and Corasick with every transition written out. */
export interface Automaton {
  readonly literals: readonly string[]
  /** For each byte its class, times 2. */
  readonly classes: Uint8Array
  /** Rows of states that accept nothing, the start first; and of those that accept: for each class, the next state. */
  readonly plain: Uint16Array
  readonly accepting: Uint16Array
  /** For each accepting state, the indexes of the literals that end there. */
  readonly found: readonly (readonly number[])[]
  readonly longest: number
}

const ZERO = 0x30
const NINE = 0x39

/** Which class each byte belongs to. Upper and lower case share one, all digits share one; so do the rarest where there are too many. */
function classesOf(literals: readonly Buffer[]): Uint8Array {
  const used = new Map<number, number>()
  for (const literal of literals) for (const byte of literal) used.set(folded(byte), (used.get(folded(byte)) ?? 0) + 1)
  const byUse = [...used.keys()].sort((a, b) => used.get(b)! - used.get(a)!)
  const classOf = new Map(byUse.map((byte, index) => [byte, Math.min(index + 1, CLASSES - 1)]))
  return Uint8Array.from({ length: 256 }, (_, byte) => classOf.get(folded(byte)) ?? 0)
}

function folded(byte: number): number {
  if (byte >= 0x41 && byte <= 0x5a) return byte + 0x20
  return byte > ZERO && byte <= NINE ? ZERO : byte
}

/** Literals hold no newline and are not empty. Throws where they need more states than the table has room for (32,768). */
export function buildAutomaton(literals: readonly string[]): Automaton {
  const bytes = literals.map((literal) => Buffer.from(literal, 'latin1'))
  const classes = classesOf(bytes)
  const size = bytes.reduce((sum, literal) => sum + literal.length, 1)
  const next = new Int32Array(size * CLASSES)
  const ends: number[][] = [[]]
  let states = 1
  bytes.forEach((literal, index) => {
    let state = 0
    for (const byte of literal) {
      const slot = state * CLASSES + classes[byte]!
      if (next[slot] === 0) {
        next[slot] = states++
        ends.push([])
      }
      state = next[slot]!
    }
    ends[state]!.push(index)
  })
  const order = complete(next, ends, states)
  const tables = layOut(next, ends, order)
  const longest = Math.max(0, ...bytes.map(({ length }) => length))
  return { literals, classes: classes.map((one) => one * 2), longest, ...tables }
}

/** Fills in where each state goes when a literal breaks off, breadth first; gives the states in that order. */
function complete(next: Int32Array, ends: number[][], states: number): Int32Array {
  const order = new Int32Array(states)
  const fallback = new Int32Array(states)
  let filled = 1
  for (let at = 0; at < filled; at++) {
    const state = order[at]!
    const other = fallback[state]!
    if (state !== 0 && ends[other]!.length > 0) ends[state] = [...ends[state]!, ...ends[other]!]
    for (let one = 0; one < CLASSES; one++) {
      const slot = state * CLASSES + one
      const beyond = state === 0 ? 0 : next[other * CLASSES + one]!
      if (next[slot] === 0) next[slot] = beyond
      else {
        fallback[next[slot]!] = beyond
        order[filled++] = next[slot]!
      }
    }
  }
  return order
}

function layOut(
  next: Int32Array,
  ends: readonly number[][],
  order: Int32Array,
): Pick<Automaton, 'plain' | 'accepting' | 'found'> {
  const place = new Uint32Array(order.length)
  const rows: [number[], number[]] = [[], []]
  for (const state of order) {
    const accepts = ends[state]!.length > 0
    const group = rows[accepts ? 1 : 0]
    place[state] = (accepts ? ACCEPTING : 0) + group.length
    group.push(state)
  }
  if (rows.some(({ length }) => length > ACCEPTING)) throw new Error(`more than ${ACCEPTING} states`)
  const table = (states: readonly number[]): Uint16Array => {
    const numbers = new Uint16Array(states.length * CLASSES)
    states.forEach((state, row) => {
      for (let one = 0; one < CLASSES; one++) numbers[row * CLASSES + one] = place[next[state * CLASSES + one]!]!
    })
    return numbers
  }
  return { plain: table(rows[0]), accepting: table(rows[1]), found: rows[1].map((state) => ends[state]!) }
}
