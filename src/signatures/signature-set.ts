import { type Automaton, buildAutomaton } from './automaton.ts'
import type { LogKind, Signature } from './signature.ts'

/** A line while it is being looked at. Strings are latin1, one character a byte, until somebody wants to read them. */
export interface Found {
  /** From 1. */
  readonly line: number
  readonly text: string
}

/** One regular expression of one rule: the message itself, or one of its contexts. */
export interface CompiledPattern {
  readonly rule: number
  /** Index of the context; -1 for the message. */
  readonly context: number
  readonly regexp: RegExp
  /** It asks for the beginning of the message, so the prefix of the log must be off. */
  readonly anchored: boolean
}

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
  /** For each accepting state of the automaton, the patterns that may match where it stands. */
  readonly ending: readonly (readonly number[])[]
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
        for (const literal of literals) owners.set(literal, [...(owners.get(literal) ?? []), patterns.length])
        patterns.push({ rule, context: index - 1, regexp: new RegExp(regexp), anchored: isAnchored(regexp) })
      }
    })
  })
  const has = new Set(known?.literals)
  const automaton =
    known && [...owners.keys()].every((one) => has.has(one)) ? known : buildAutomaton([...owners.keys()])
  const owning = automaton.literals.map((literal) => owners.get(literal) ?? [])
  return {
    rules: rules.map(({ id, log, keys }) => ({
      id,
      signature: log,
      kinds: new Set(log.in),
      keys,
      reach: Math.max(0, ...log.context.filter(({ side }) => side === 'then').map(({ lines }) => lines)),
    })),
    patterns,
    ending: automaton.found.map((literals) => [...new Set(literals.flatMap((literal) => owning[literal]!))]),
    automaton,
  }
}

const isAnchored = (regexp: string): boolean => /^\(*(\?:)?\^/.test(regexp)
