import { basename, dirname } from 'node:path'
import { nearest } from '../parse/nearest.ts'
import { checkYaml, parseYamlStrict, type StrictYaml } from '../parse/yaml-strict.ts'
import { UserError } from '../types.ts'
import { condition, type Linter } from './conditions.ts'
import type { FixTemplate, Rule } from './rule.ts'
import { type RuleFile, ruleFileSchema } from './rule-schema.ts'
import { pieces } from './template.ts'

/** Reads one rule file, checks every expression in it, and gives the rule. Throws a UserError that names file and line. */
export function readRule(text: string, file: string, linter: Linter): Rule {
  const id = basename(file, '.yaml')
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id)) throw new UserError(`${file}: a rule's file name is kebab-case: ${id}`)
  const yaml = parseYamlStrict(text, file)
  const content = checkYaml(yaml, ruleFileSchema, file)
  const checker = new RuleChecker(file, yaml, content, linter)
  checker.checkAll()
  const [name, list] = content.each?.split(' in ') ?? []
  return {
    id,
    area: basename(dirname(file)),
    file,
    title: content.title,
    severity: content.severity,
    tags: content.tags,
    ...(content.applies === undefined ? {} : { applies: content.applies }),
    ...(name && list ? { each: { name, list } } : {}),
    subject: content.subject ?? '',
    when: content.when,
    says: content.says,
    why: content.why,
    fix: content.fix as FixTemplate[],
    ...(content['fine-when'] === undefined ? {} : { fineWhen: content['fine-when'] }),
    documented: content.documented,
    formerly: content.formerly,
    facts: checker.facts(),
  }
}

class RuleChecker {
  readonly #item: { name: string; list: string } | undefined

  constructor(
    readonly file: string,
    readonly yaml: StrictYaml,
    readonly rule: RuleFile,
    readonly linter: Linter,
  ) {
    const [name, list] = rule.each?.split(' in ') ?? []
    this.#item = name && list ? { name, list } : undefined
  }

  checkAll(): void {
    const { rule } = this
    if (this.#item) this.#checkEach(this.#item.list)
    if (rule.each && !rule.subject)
      this.#fail(['each'], 'a rule with "each" needs a "subject" that tells its items apart')
    if (rule.applies) this.#expression(rule.applies, ['applies'], 'bool')
    this.#expression(rule.when, ['when'], 'bool')
    for (const key of ['subject', 'says', 'why', 'fine-when'] as const) if (rule[key]) this.#template(rule[key], [key])
    rule.fix.forEach((step, index) => {
      for (const [key, value] of Object.entries(step)) {
        if (key === 'if') this.#expression(value as string, ['fix', index, key], 'bool')
        else for (const text of [value].flat()) this.#template(text as string, ['fix', index, key])
      }
    })
  }

  /** Facts that decide; those that only stand in a sentence do not count. */
  facts(): string[] {
    const { applies, when } = this.rule
    const found = [applies, when].flatMap((source) => (source ? condition(source).facts : []))
    const known = new Set(this.linter.names())
    const named = [...found, this.#item?.list ?? ''].filter((fact) => known.has(fact))
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
    const result = this.linter.check(source, this.#item)
    if ('message' in result) this.#fail(path, result.message)
    else if (wanted && result.type !== wanted)
      this.#fail(path, `must be true or false, and is a ${result.type}: ${source}`)
  }

  #fail(path: PropertyKey[], message: string): never {
    throw new UserError(`${this.file}:${this.yaml.lineOf(path)}: ${message}`)
  }
}
