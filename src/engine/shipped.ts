import type { Rule } from './rule.ts'

/** What of a rule is only wanted where it found something: two thirds of all that rules are. */
const TEXTS = ['says', 'why', 'fix', 'fineWhen', 'documented', 'facts'] as const
type Texts = Pick<Rule, (typeof TEXTS)[number]>

/** The rules as the build writes them: what decides, and the texts, in the same order. */
export function apart(rules: readonly Rule[]): { conditions: object[]; texts: object[] } {
  const isText = ([name]: [string, unknown]): boolean => (TEXTS as readonly string[]).includes(name)
  return {
    conditions: rules.map((rule) => Object.fromEntries(Object.entries(rule).filter((entry) => !isText(entry)))),
    texts: rules.map((rule) => Object.fromEntries(Object.entries(rule).filter(isText))),
  }
}

/**
 * Puts them together again: the texts, a line of JSON for each rule, are read when the first is wanted; each then is the rule's own.
 */
export function together(conditions: readonly object[], readTexts: () => string): Rule[] {
  let texts: ReadonlyMap<object, string> | undefined
  const fill = (rule: object): Texts => {
    texts ??= new Map(
      readTexts()
        .split('\n')
        .map((own, index) => [conditions[index]!, own]),
    )
    const own = JSON.parse(texts.get(rule)!) as Texts
    for (const name of TEXTS)
      Object.defineProperty(rule, name, { value: own[name], enumerable: own[name] !== undefined })
    return own
  }
  const lazy = {}
  for (const name of TEXTS)
    Object.defineProperty(lazy, name, {
      get(this: object) {
        return fill(this)[name]
      },
    })
  return conditions.map((rule) => Object.setPrototypeOf(rule, lazy) as Rule)
}

/** A rule with its texts, as one object to print. */
export const whole = (rule: Rule): Rule => {
  const { says, why, fix, fineWhen, documented, facts } = rule
  return { ...rule, says, why, fix, ...(fineWhen === undefined ? {} : { fineWhen }), documented, facts }
}
