import { type AllFacts, type Concerned, judge } from '../engine/judge.ts'
import type { Rule } from '../engine/rule.ts'
import type { Finding } from '../types.ts'

/** What a list of guests calls the guest that an item belongs to, or two of them. */
interface Owned {
  readonly name?: unknown
  readonly guest?: unknown
  readonly other?: unknown
}

const judgesGuests = ({ each, pair, log }: Rule): boolean => !pair && !log && each?.list.startsWith('guests.') === true

/** What `check` finds wrong with one guest; what is merely worth knowing is left out. */
export function guestFindings(rules: readonly Rule[], facts: AllFacts, guest: string): Finding[] {
  const concerned: Concerned = ({ each }, item) => {
    const { name, guest: owner, other } = item as Owned
    return each!.list === 'guests.all' ? name === guest : owner === guest || other === guest
  }
  const grave = rules.filter((rule) => judgesGuests(rule) && rule.severity !== 'info')
  return judge(grave, facts, undefined, concerned)
}

/** What keeps every guest from starting on a host; `subject` is what a finding about all of the host calls it. */
export const hostFindings = (rules: readonly Rule[], facts: AllFacts, subject = ''): Finding[] =>
  judge(
    rules.filter(({ prevents }) => prevents === 'start'),
    facts,
  ).map((one) => ({ ...one, subject: one.subject || subject }))
