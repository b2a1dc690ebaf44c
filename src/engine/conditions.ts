import { type ASTNode, Environment } from '@marcbachmann/cel-js'
import type { FactSet } from '../facts/fact-set.ts'
import { pairSets, targetSets } from '../facts/pair.ts'
import type { Schema } from '../facts/schema.ts'
import { nearest } from '../parse/nearest.ts'
import { compareVersions } from '../parse/version.ts'
import { humanBytes } from '../parse/size.ts'
import { count, GapError, noteReads, type Reading } from './view.ts'

/** A condition ready to run. */
export interface Condition {
  readonly source: string
  readonly run: (context: object) => unknown
}

export type Verdict =
  | { readonly value: unknown; readonly gap: false; readonly read: Reading }
  | { readonly gap: true; readonly read: Reading }

const ARITHMETIC: Record<string, (a: number, b: number) => unknown> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
}

/** Facts are doubles and literals are ints: both must meet. `null` compares with everything. In a list, write `[1.0, 2.0]`. */
function withOperators(env: Environment): Environment {
  for (const [sign, apply] of Object.entries(ARITHMETIC)) {
    env.registerOperator(`double ${sign} int: double`, (a, b) => apply(a, Number(b)))
    env.registerOperator(`int ${sign} double: double`, (a, b) => apply(Number(a), b))
  }
  env.registerOperator('double % double: double', (a, b) => a % b)
  env.registerOperator('double == int', (a, b) => a === Number(b))
  for (const type of ['double', 'string', 'bool']) env.registerOperator(`${type} == null`, (a, b) => a === b)
  for (const type of ['list', 'map', 'string']) env.registerFunction(`count(${type}): int`, count)
  for (const type of ['list', 'map', 'string']) env.registerFunction(`${type}.count(): int`, count)
  env.registerFunction('atLeast(string, string): bool', (a, b) => compareVersions(a, b) >= 0)
  env.registerFunction('human(double): string', humanBytes)
  return env
}

/** `size` of a list that was gathered in part must be unknown; the library's own would count the gap. */
function useOwnSize(node: ASTNode): void {
  const { op, args } = node as { op: string; args: unknown }
  if ((op === 'call' || op === 'rcall') && (args as unknown[])[0] === 'size') (args as unknown[])[0] = 'count'
  for (const child of children(node)) useOwnSize(child)
}

export function children(node: ASTNode): ASTNode[] {
  const found: ASTNode[] = []
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) part.forEach(visit)
    else if (part && typeof part === 'object' && 'op' in part) found.push(part as ASTNode)
  }
  visit((node as { args: unknown }).args)
  return found
}

/** `namespace.field` for every access in an expression; `locals` are loop variables. */
function factsIn(node: ASTNode, found = new Set<string>()): Set<string> {
  const { op, args } = node as { op: string; args: unknown[] }
  if (op === '.' && (args[0] as { op: string }).op === 'id') {
    found.add(`${(args[0] as { args: string }).args}.${args[1] as string}`)
  }
  for (const child of children(node)) factsIn(child, found)
  return found
}

const running = withOperators(new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false }))

/** Parses for running. Types were checked when the rule was loaded: see `Linter`. */
export function condition(source: string): Condition {
  const parsed = running.parse(source)
  if (source.includes('size')) useOwnSize(parsed.ast)
  return { source, run: (context) => parsed(context as never) as unknown }
}

/** `namespace.field` for every fact that a condition names. */
export const factsOf = (source: string): string[] => [...factsIn(running.parse(source).ast)]

/** Every longest chain of names in a condition, "guest.itself.memory"; a chain of one is a variable as a whole. */
export function chainsOf(source: string): string[] {
  const found = new Set<string>()
  const visit = (node: ASTNode): void => {
    const chain = chainOf(node)
    if (chain) found.add(chain)
    else children(node).forEach(visit)
  }
  visit(running.parse(source).ast)
  return [...found]
}

function chainOf(node: ASTNode): string | null {
  const { op, args } = node as { op: string; args: unknown }
  if (op === 'id') return args as string
  if (op !== '.') return null
  const [object, field] = args as [ASTNode, string]
  const before = chainOf(object)
  return before === null ? null : `${before}.${field}`
}

/** Three-valued: a gap, or a key that a map does not have, is no answer. Any other error is a bug of the rule and thrown. */
export function evaluate(test: Condition, context: object): Verdict {
  let gap = false
  const { value, read } = noteReads(() => {
    try {
      return test.run(context)
    } catch (error) {
      if (!(error instanceof GapError) && (error as { code?: string }).code !== 'no_such_key') throw error
      gap = true
      return undefined
    }
  })
  return gap ? { gap: true, read } : { gap: false, value, read }
}

/** CEL's name for a schema; registers the types of nested objects on the way. */
function celType(env: Environment, name: string, schema: Schema): string {
  switch (schema.type) {
    case 'number':
      return 'double'
    case 'list':
      return `list<${celType(env, name, schema.of)}>`
    case 'map':
      return `map<string, ${celType(env, name, schema.of)}>`
    case 'object': {
      const fields: Record<string, string> = {}
      for (const [field, inner] of Object.entries(schema.fields))
        fields[field] = celType(env, `${name}_${field}`, inner)
      env.registerType(name, { fields })
      return name
    }
    default:
      return schema.type
  }
}

export interface LintError {
  readonly message: string
}

/** Checks expressions against the facts' types; knows what a misspelt name could have been. */
export class Linter {
  readonly #env: Environment
  readonly #sets: ReadonlyMap<string, FactSet>

  constructor(sets: readonly FactSet[]) {
    this.#env = withOperators(new Environment())
    this.#sets = new Map(sets.map((set) => [set.name, set]))
    for (const set of sets) {
      const type = celType(this.#env, `${set.name}_facts`, { type: 'object', fields: set.about, meaning: set.meaning })
      this.#env.registerVariable(set.name, type)
    }
  }

  readonly #kinds: { pair?: Linter; target?: Linter } = {}

  /** Checks expressions of rules over two hosts, or over a guest and the host where it shall run. */
  of(kind: 'pair' | 'target'): Linter {
    return (this.#kinds[kind] ??= new Linter(kind === 'pair' ? pairSets : targetSets))
  }

  /** The items of the list `namespace.field`; null where it is no list of facts. */
  itemSchema(path: string): Schema | null {
    const [namespace, field] = path.split('.')
    const schema = this.#sets.get(namespace ?? '')?.about[field ?? '']
    return schema?.type === 'list' ? schema.of : null
  }

  lists(): string[] {
    return this.names().filter((name) => this.itemSchema(name))
  }

  /** Every `namespace.field`. */
  names(): string[] {
    return [...this.#sets.values()].flatMap((set) => Object.keys(set.about).map((field) => `${set.name}.${field}`))
  }

  /**
   * The type that an expression has, or what is wrong with it. `item` is the loop variable of `each`; `captures` are those of a
   * rule's patterns, which it reads as `log.NAME`, beside `log.message`.
   */
  check(
    source: string,
    item?: { name: string; list: string },
    captures?: readonly string[],
  ): { type: string } | LintError {
    const env = this.#env.clone()
    if (captures) {
      const fields = Object.fromEntries(['message', ...captures].map((name) => [name, 'string']))
      env.registerType('log_captures', { fields })
      env.registerVariable('log', 'log_captures')
    }
    const schema = item && this.itemSchema(item.list)
    if (item && schema) env.registerVariable(item.name, celItemType(item.list, schema))
    const result = env.check(source)
    if (result.valid) return this.#checkHas(source) ?? { type: result.type ?? 'dyn' }
    const error = result.error as Error & { code?: string; summary?: string; range?: { start: number; end: number } }
    return { message: this.#explain(source, error, schema ?? undefined) }
  }

  /** The library's `has()` takes any name: look the fact up ourselves. */
  #checkHas(source: string): LintError | null {
    for (const fact of factsOf(source)) {
      const [namespace, field] = fact.split('.')
      const set = this.#sets.get(namespace!)
      if (set && !(field! in set.about)) return { message: this.#unknown(fact) }
    }
    return null
  }

  #explain(
    source: string,
    error: { code?: string; summary?: string; message: string; range?: { start: number; end: number } },
    item?: Schema,
  ): string {
    const message = error.summary ?? error.message
    if (!error.range) return message
    const wrong = source.slice(error.range.start, error.range.end)
    if (error.code === 'unknown_variable') return this.#unknown(wrong)
    if (error.code !== 'no_such_key') return `${message}: ${wrong}`
    const before = /(\w+)\.$/.exec(source.slice(0, error.range.start))?.[1]
    if (before && this.#sets.has(before)) return this.#unknown(`${before}.${wrong}`)
    const fields = [...this.#sets.values()].flatMap((set) => nestedNames(set.about))
    const meant = nearest(wrong, item?.type === 'object' ? Object.keys(item.fields) : fields)
    return `unknown field ${before ?? ''}.${wrong}${meant ? `, did you mean ${meant}?` : ''}`
  }

  #unknown(fact: string): string {
    const meant = nearest(fact, fact.includes('.') ? this.names() : this.#sets.keys())
    return `unknown fact ${fact}${meant ? `, did you mean ${meant}?` : ''}`
  }
}

const celItemType = (list: string, schema: Schema): string => {
  const [namespace, field] = list.split('.')
  if (schema.type === 'object') return `${namespace}_facts_${field}`
  return schema.type === 'number' ? 'double' : schema.type
}

function nestedNames(fields: Readonly<Record<string, Schema>>): string[] {
  return Object.values(fields).flatMap((schema) => {
    const inner = schema.type === 'list' || schema.type === 'map' ? schema.of : schema
    return inner.type === 'object' ? [...Object.keys(inner.fields), ...nestedNames(inner.fields)] : []
  })
}
