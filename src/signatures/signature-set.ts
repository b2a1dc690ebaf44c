import { type Automaton, buildAutomaton } from './automaton.ts'
import type { LogKind, Signature } from './signature.ts'

/** A line while it is being looked at. Strings are latin1, one character a byte, until somebody wants to read them. */
export interface Found {
  /** From 1. */
  readonly line: number
  readonly text: string
}

/** One regular expression of one rule: the message itself, or one of its contexts. It is compiled when a line first wants it. */
export class CompiledPattern {
  /** It asks for the beginning of the message, so the prefix of the log must be off. */
  readonly anchored: boolean
  readonly #source: string
  #regexp: RegExp | undefined
  #names: readonly string[] | undefined

  /** `context`: index of the context; -1 for the message. `follows`: it is one that must, or must not, follow. */
  constructor(
    readonly rule: number,
    readonly context: number,
    readonly follows: boolean,
    source: string,
  ) {
    this.#source = source
    this.anchored = /^\(*(\?:)?\^/.test(source)
  }

  /** Its groups are numbered: named ones are put into an object at every match, which takes longer than the match. */
  get regexp(): RegExp {
    return (this.#regexp ??= new RegExp(this.#source.replace(NAMED, (whole, name) => (name ? '(' : whole))))
  }

  /** The name of each group, from 1; "" for one without. */
  get names(): readonly string[] {
    return (this.#names ??= [
      '',
      ...[...this.#source.matchAll(NAMED)].flatMap(([whole, name]) => (name ? [name] : whole === '(' ? [''] : [])),
    ])
  }

  captures(match: RegExpExecArray): Readonly<Record<string, string>> {
    if (match.length === 1) return NONE
    const captures: Record<string, string> = {}
    for (const [group, name] of this.names.entries()) if (name) captures[name] = match[group] ?? ''
    return captures
  }
}

const NONE: Readonly<Record<string, string>> = {}

/** What opens a group, its name where it has one; what is escaped or in a class opens none. */
const NAMED = /\\.|\[(?:\\.|[^\]\\])*\]|\(\?<(\w+)>|\((?!\?)/g

export interface CompiledRule {
  readonly id: string
  readonly signature: Signature
  readonly kinds: ReadonlySet<LogKind>
  /** So many lines after the message nothing can prove or disprove it any more. */
  readonly reach: number
  /** Captures that tell one sighting from another. */
  readonly keys: readonly string[]
}

/** All signatures of a run, and the automaton that finds their literals. */
export interface SignatureSet {
  readonly rules: readonly CompiledRule[]
  readonly patterns: readonly CompiledPattern[]
  /** The patterns that may match where an accepting state of the automaton stands. */
  readonly endingAt: (state: number) => readonly number[]
  readonly automaton: Automaton
}

/**
 * `keys`: names of the captures that the rule's subject is made of. `known`: an automaton that was made before; it is taken where it
 * has all literals of these rules, and may have more.
 */
export function compileSignatures(
  rules: readonly { readonly id: string; readonly log: Signature; readonly keys: readonly string[] }[],
  known?: Automaton,
): SignatureSet {
  const patterns: CompiledPattern[] = []
  const owners = new Map<string, number[]>()
  rules.forEach(({ log }, rule) => {
    const groups = [log.match, ...log.context.map(({ match }) => match)]
    groups.forEach((group, index) => {
      for (const { regexp, literals } of group) {
        for (const literal of literals) {
          const owning = owners.get(literal)
          if (owning) owning.push(patterns.length)
          else owners.set(literal, [patterns.length])
        }
        patterns.push(new CompiledPattern(rule, index - 1, log.context[index - 1]?.side === 'then', regexp))
      }
    })
  })
  const has = new Set(known?.literals)
  const automaton =
    known && [...owners.keys()].every((one) => has.has(one)) ? known : buildAutomaton([...owners.keys()])
  const ending: (readonly number[] | undefined)[] = []
  const patternsAt = (state: number): number[] => [
    ...new Set(automaton.found[state]!.flatMap((literal) => owners.get(automaton.literals[literal]!) ?? [])),
  ]
  return {
    rules: rules.map(({ id, log, keys }) => ({
      id,
      signature: log,
      kinds: new Set(log.in),
      keys,
      reach: Math.max(0, ...log.context.filter(({ side }) => side === 'then').map(({ lines }) => lines)),
    })),
    patterns,
    endingAt: (state) => (ending[state] ??= patternsAt(state)),
    automaton,
  }
}
