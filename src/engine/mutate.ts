import type { ASTNode } from '@marcbachmann/cel-js'
import { Environment, serialize } from '@marcbachmann/cel-js'
import { children } from './conditions.ts'
import type { Rule } from './rule.ts'
import { signatureMutants } from './mutate-signature.ts'

export interface Mutant {
  readonly field: 'when' | 'applies' | 'unless' | 'log'
  readonly what: string
  readonly rule: Rule
}

/** What a comparison is most easily mistaken for. */
const SHIFTED: Readonly<Record<string, string>> = { '<': '<=', '<=': '<', '>': '>=', '>=': '>', '==': '!=', '!=': '==' }

const parser = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false })

/**
 * Every small mistake in a rule's conditions: negated, an operand dropped, a comparison shifted; in what it looks for in logs, see
 * `signatureMutants`. Each must fail one of its tests.
 */
export function mutants(rule: Rule): Mutant[] {
  const conditions = (['applies', 'when', 'unless'] as const).flatMap((field) => {
    const source = rule[field]
    if (source === undefined) return []
    return mutations(source).map(({ what, text }): Mutant => ({ field, what, rule: { ...rule, [field]: text } }))
  })
  if (!rule.log) return conditions
  const inLog = signatureMutants(rule.log).map(({ what, log }): Mutant => ({
    field: 'log',
    what,
    rule: { ...rule, log },
  }))
  return [...conditions, ...inLog]
}

interface Mutation {
  readonly what: string
  readonly text: string
}

function mutations(source: string): Mutation[] {
  const root = parser.parse(source).ast
  const found: Mutation[] = [{ what: `negated: !(${source})`, text: `!(${source})` }]
  const visit = (node: ASTNode, wrap: (text: string) => string): void => {
    for (const { what, text } of swaps(node)) found.push({ what, text: wrap(text) })
    for (const child of children(node)) visit(child, (text) => wrap(withChild(node, child, text)))
  }
  visit(root, (text) => text)
  return found
}

function swaps(node: ASTNode): Mutation[] {
  const { op, args } = node as { op: string; args: unknown }
  if (op === '!_') return [{ what: `not negated: ${serialize(node)}`, text: serialize(args as ASTNode) }]
  const shifted = SHIFTED[op]
  if (op !== '&&' && op !== '||' && !shifted) return []
  const [left, right] = (args as [ASTNode, ASTNode]).map((side) => serialize(side)) as [string, string]
  if (shifted) return [{ what: `${op} became ${shifted}: ${serialize(node)}`, text: `${left} ${shifted} ${right}` }]
  return [
    { what: `dropped: ${right}`, text: left },
    { what: `dropped: ${left}`, text: right },
  ]
}

/** The text of `node` with one of its children replaced. */
function withChild(node: ASTNode, child: ASTNode, text: string): string {
  const holder = node as unknown as Record<string, unknown>
  const replacement = parser.parse(text).ast
  const replaced = (part: unknown): unknown =>
    part === child ? replacement : Array.isArray(part) ? part.map(replaced) : part
  const before = holder['args']
  holder['args'] = replaced(before)
  try {
    return serialize(node)
  } finally {
    holder['args'] = before
  }
}
