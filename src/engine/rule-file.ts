import { basename, dirname } from 'node:path'
import { nearest } from '../parse/nearest.ts'
import { checkYaml, parseYamlStrict, type StrictYaml } from '../parse/yaml-strict.ts'
import { UserError } from '../types.ts'
import { factsOf, type Linter } from './conditions.ts'
import type { FixTemplate, PairRule, Rule } from './rule.ts'
import { captureNames, readSignature } from './rule-log.ts'
import { type LogFile, type RuleFile, ruleFileSchema } from './rule-schema.ts'
import type { Signature } from '../signatures/signature.ts'
import { pieces } from './template.ts'

/** Reads one rule file, checks every expression in it, and gives the rule. Throws a UserError that names file and line. */
export function readRule(text: string, file: string, linter: Linter): Rule {
  const id = basename(file, '.yaml')
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id)) throw new UserError(`${file}: a rule's file name is kebab-case: ${id}`)
  const yaml = parseYamlStrict(text, file)
  const content = checkYaml(yaml, ruleFileSchema, file)
  const checker = new RuleChecker(file, yaml, content, content.for ? linter.of(content.for) : linter)
  checker.checkAll()
  const [name, list] = content.each?.split(' in ') ?? []
  return {
    id,
    area: basename(dirname(file)),
    file,
    title: content.title,
    severity: content.severity,
    tags: content.tags,
    ...(content.for && {
      pair: {
        by: content.by ?? [],
        phase: content.phase!,
        words: (content.words ?? {}) as PairRule['words'],
        start: content.for === 'target',
      },
    }),
    ...(content.prevents && { prevents: content.prevents }),
    ...(content.applies === undefined ? {} : { applies: content.applies }),
    ...(name && list ? { each: { name, list } } : {}),
    subject: content.subject ?? '',
    ...(content.when === undefined ? {} : { when: content.when }),
    ...(checker.signature && { log: checker.signature }),
    ...(content.confidence && { confidence: content.confidence }),
    ...(content.unless === undefined ? {} : { unless: content.unless }),
    ...(content.harmless && { harmless: true as const }),
    ...(content['same-as'] && { sameAs: content['same-as'] }),
    says: content.says,
    why: content.why,
    fix: content.fix as FixTemplate[],
    ...(content['fine-when'] === undefined ? {} : { fineWhen: content['fine-when'] }),
    documented: content.documented,
    formerly: content.formerly,
    facts: checker.facts(),
    namespaces: checker.namespaces(),
  }
}

class RuleChecker {
  readonly #item: { name: string; list: string } | undefined
  /** What `log` says, read. */
  readonly signature: Signature | undefined

  constructor(
    readonly file: string,
    readonly yaml: StrictYaml,
    readonly rule: RuleFile,
    readonly linter: Linter,
  ) {
    const [name, list] = rule.each?.split(' in ') ?? []
    this.#item = name && list ? { name, list } : undefined
    this.signature = rule.log && this.#readLog(rule.log)
  }

  checkAll(): void {
    const { rule } = this
    if (this.#item) this.#checkEach(this.#item.list)
    if (rule.each && !rule.subject)
      this.#fail(['each'], 'a rule with "each" needs a "subject" that tells its items apart')
    this.#checkKind()
    for (const key of ['applies', 'when', 'unless'] as const)
      if (rule[key] !== undefined) this.#expression(rule[key], [key], 'bool')
    for (const key of ['subject', 'says', 'why', 'fine-when'] as const) if (rule[key]) this.#template(rule[key], [key])
    for (const [toolstack, words] of Object.entries(rule.words ?? {})) this.#template(words!, ['words', toolstack])
    rule.fix.forEach((step, index) => {
      for (const [key, value] of Object.entries(step)) {
        if (key === 'if') this.#expression(value as string, ['fix', index, key], 'bool')
        else if (key !== 'elsewhere')
          for (const text of [value].flat()) this.#template(text as string, ['fix', index, key])
      }
    })
  }

  /** Facts that decide; those that only stand in a sentence do not count. */
  facts(): string[] {
    const { applies, when, unless } = this.rule
    const found = [applies, when, unless].flatMap((source) => (source ? factsOf(source) : []))
    const known = new Set(this.linter.names())
    const named = [...found, this.#item?.list ?? ''].filter((fact) => known.has(fact))
    return [...new Set(named)].sort()
  }

  /** A rule judges facts, or recognises a message. */
  #checkKind(): void {
    const { for: pair, by, phase, words = {} } = this.rule
    if (pair && !phase)
      this.#fail(['for'], `a rule for a ${pair} says in which "phase" a migration stops: before, suspended or target`)
    if (!pair && (by || phase)) this.#fail([by ? 'by' : 'phase'], 'only a rule with "for" has "by" and "phase"')
    for (const toolstack of Object.keys(words))
      if (!(by as readonly string[] | undefined)?.includes(toolstack))
        this.#fail(['words', toolstack], `${toolstack} does not stand in "by"`)
    if (pair && this.rule.log) this.#fail(['log'], `a rule for a ${pair} judges facts`)
    if (this.rule.prevents && (pair || this.rule.log || this.rule.each?.includes(' in guests.')))
      this.#fail(['prevents'], 'only a rule that judges facts of the host itself has "prevents"')
    const { when, log, each, confidence, unless, harmless, severity, fix } = this.rule
    if ((when === undefined) === (log === undefined)) this.#fail([], 'a rule has either "when" or "log"')
    if (log && each) this.#fail(['each'], 'a rule with "log" has no "each": its captures tell its subjects apart')
    if (log && !confidence) this.#fail(['log'], 'say with what "confidence" it accuses: certain, likely or possible')
    for (const key of ['confidence', 'unless', 'harmless', 'same-as'] as const)
      if (!log && this.rule[key] !== undefined) this.#fail([key], `only a rule with "log" has "${key}"`)
    if (harmless && severity !== 'info') this.#fail(['severity'], 'a message that is harmless is "info"')
    if (!harmless && fix.length === 0) this.#fail(['fix'], 'a rule needs a "fix": say what to do about it')
    if (harmless && unless !== undefined) this.#fail(['unless'], 'a message that is harmless accuses nobody')
  }

  #readLog(log: LogFile): Signature {
    try {
      return readSignature(log)
    } catch (error) {
      return this.#fail(['log'], (error as Error).message)
    }
  }

  namespaces(): string[] {
    const { says, why, fix, words = {}, 'fine-when': fine = '' } = this.rule
    const sentences = JSON.stringify([says, why, fix, fine, words]).match(/\b[a-z]\w*(?=\.[a-z]\w*)/gi) ?? []
    const known = new Set(this.linter.names().map((name) => name.split('.')[0]!))
    const named = [...this.facts().map((fact) => fact.split('.')[0]!), ...sentences.filter((name) => known.has(name))]
    return [...new Set(named)].sort()
  }

  #checkEach(list: string): void {
    if (this.linter.itemSchema(list)) return
    const meant = nearest(list, this.linter.lists())
    this.#fail(['each'], `${list} is no list of facts${meant ? `; did you mean ${meant}?` : ''}`)
  }

  #template(text: string, path: PropertyKey[]): void {
    try {
      for (const piece of pieces(text)) if ('expression' in piece) this.#expression(piece.expression, path)
    } catch (error) {
      if (error instanceof UserError) throw error
      this.#fail(path, (error as Error).message)
    }
  }

  #expression(source: string, path: PropertyKey[], wanted?: string): void {
    const result = this.linter.check(source, this.#item, this.signature && captureNames(this.signature))
    if ('message' in result) this.#fail(path, result.message)
    else if (wanted && result.type !== wanted)
      this.#fail(path, `must be true or false, and is a ${result.type}: ${source}`)
  }

  #fail(path: PropertyKey[], message: string): never {
    throw new UserError(`${this.file}:${this.yaml.lineOf(path)}: ${message}`)
  }
}
