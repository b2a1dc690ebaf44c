import { type AST, RegExpParser } from '@eslint-community/regexpp'

const parser = new RegExpParser({ ecmaVersion: 2022 })

/** Longer counts make automata that are larger than the log. */
const LARGEST_COUNT = 200

/** What may not stand in a pattern, since it could take more than linear time or cannot be anchored; null where all is well. */
export function patternFault(source: string): string | null {
  let pattern: AST.Pattern
  try {
    pattern = parser.parsePattern(source)
    new RegExp(source)
  } catch (error) {
    return `no regular expression: ${(error as Error).message}`
  }
  return faultIn(pattern)
}

type Node = AST.Pattern | AST.Alternative | AST.Element | AST.QuantifiableElement

function faultIn(node: Node): string | null {
  switch (node.type) {
    case 'Backreference':
      return `it refers back to what it matched (${node.raw}): that can take for ever`
    case 'Assertion':
      return node.kind === 'lookahead' || node.kind === 'lookbehind'
        ? `it looks around (${node.raw}): that can take for ever`
        : null
    case 'Quantifier':
      return (Number.isFinite(node.max) ? node.max : node.min) > LARGEST_COUNT
        ? `it counts to more than ${LARGEST_COUNT} (${node.raw})`
        : faultIn(node.element)
    case 'Pattern':
    case 'Group':
    case 'CapturingGroup':
      return first(node.alternatives)
    case 'Alternative':
      return first(node.elements)
    default:
      return null
  }
}

function first(nodes: readonly Node[]): string | null {
  for (const node of nodes) {
    const fault = faultIn(node)
    if (fault !== null) return fault
  }
  return null
}

/** The names of the capture groups of a pattern that `patternFault` passed. */
export const capturesOf = (source: string): string[] =>
  [...source.matchAll(/\(\?<([A-Za-z]\w*)>/g)].map(([, name]) => name!)

/** Shorter literals are found in every second line. */
export const SHORTEST_LITERAL = 4
/** Longer ones would only make the automaton larger: the regular expression looks at the rest. */
export const LONGEST_LITERAL = 12
const MOST_VARIANTS = 16

/** What a part of a pattern matches: every text, where these are few; and a set of literals of which one is in every match. */
interface Part {
  readonly exact: readonly string[] | null
  readonly required: readonly string[] | null
}

/**
 * Literals of which at least one occurs in every line that the pattern matches, in lower case: `Balloon: \d+ Ki?B free` has
 * [" kib free", " kb free"]. null where the pattern has none of four letters: such a pattern cannot be looked for quickly.
 */
export function literalsOf(source: string): readonly string[] | null {
  const { required } = anyOf(parser.parsePattern(source).alternatives)
  return required && required.every((literal) => literal.length >= SHORTEST_LITERAL) ? required.map(rarestPart) : null
}

function anyOf(alternatives: readonly AST.Alternative[]): Part {
  const parts = alternatives.map(sequence)
  const exact = parts.every((part) => part.exact) ? parts.flatMap((part) => part.exact!) : null
  const required = parts.every((part) => part.required) ? [...new Set(parts.flatMap((part) => part.required!))] : null
  return { exact: exact && exact.length <= MOST_VARIANTS ? exact : null, required }
}

/** Runs of exact parts grow together; the best of all runs and parts is what the sequence requires. */
function sequence({ elements }: AST.Alternative): Part {
  let run: readonly string[] = ['']
  let best: readonly string[] | null = null
  let whole = true
  const offer = (literals: readonly string[] | null): void => {
    if (literals && literals.every(Boolean) && weight(literals) > weight(best)) best = literals
  }
  for (const element of elements) {
    const { exact, required } = partOf(element)
    offer(required)
    const grown = exact && run.flatMap((head) => exact.map((tail) => head + tail))
    if (grown && grown.length <= MOST_VARIANTS) run = grown
    else {
      offer(run)
      whole = false
      run = exact ?? ['']
    }
  }
  offer(run)
  return { exact: whole ? run : null, required: best }
}

function partOf(element: AST.Element): Part {
  switch (element.type) {
    case 'Character': {
      const text = fold(element.value)
      return { exact: [text], required: text ? [text] : null }
    }
    case 'Assertion':
      return { exact: [''], required: null }
    case 'CharacterClass':
      return characterClass(element)
    case 'Group':
    case 'CapturingGroup':
      return anyOf(element.alternatives)
    case 'Quantifier': {
      const inner = partOf(element.element)
      if (element.min === 0)
        return { exact: element.max === 1 && inner.exact ? ['', ...inner.exact] : null, required: null }
      return { exact: element.max === 1 ? inner.exact : null, required: inner.required }
    }
    default:
      return { exact: null, required: null }
  }
}

function characterClass({ negate, elements }: AST.CharacterClass): Part {
  const single = elements.every((one) => one.type === 'Character')
  if (negate || !single) return { exact: null, required: null }
  const exact = [...new Set(elements.map((one) => fold((one as AST.Character).value)))]
  return exact.length <= 4 ? { exact, required: exact } : { exact: null, required: null }
}

/** Bytes beyond ASCII are not looked for: encodings differ. They end a literal. */
function fold(codePoint: number): string {
  return codePoint < 0x80 ? String.fromCharCode(codePoint).toLowerCase() : ''
}

/** Letters that logs are full of say little: the weight of a text is about what it costs to write it. */
const COMMON = ' etaoinsrdl'
const letterWeight = (letter: string): number => (COMMON.includes(letter) ? 1 : 1.6)
const textWeight = (text: string): number => [...text].reduce((sum, letter) => sum + letterWeight(letter), 0)

function weight(literals: readonly string[] | null): number {
  if (!literals) return -1
  const least = Math.min(...literals.map((literal) => textWeight(literal.slice(0, LONGEST_LITERAL))))
  return least - Math.log2(literals.length)
}

/** The heaviest stretch of a long literal. */
function rarestPart(literal: string): string {
  let best = literal.slice(0, LONGEST_LITERAL)
  for (let at = 1; at + LONGEST_LITERAL <= literal.length; at++) {
    const part = literal.slice(at, at + LONGEST_LITERAL)
    if (textWeight(part) > textWeight(best)) best = part
  }
  return best
}
