import type { Toolstack } from '../facts/pair.ts'
import type { Signature } from '../signatures/signature.ts'
import type { Confidence, Refusal, Severity } from '../types.ts'

/** A step as the rule file has it: texts with `{CEL}` in them. */
export type FixTemplate = {
  readonly if?: string
  readonly interrupts?: string
  readonly undo?: string
  readonly elsewhere?: 'true'
} & (
  | { readonly run: readonly string[] }
  | { readonly edit: string; readonly replace: string; readonly with: string }
  | { readonly edit: string; readonly append: string }
  | { readonly do: string }
)

/** Where a document says it; `statement` is the id of that statement in the catalogue. */
export interface Documented {
  readonly in: string
  readonly section?: string
  readonly statement?: string
}

/** See `Refusal`. */
export const PHASES = ['before', 'suspended', 'target'] as const satisfies readonly Refusal['phase'][]

/** What a rule over two hosts says of the toolstacks: who refuses, and when. [] where nobody does, and it breaks all the same. */
export interface PairRule {
  readonly by: readonly Toolstack[]
  readonly phase: Refusal['phase']
  /** What each of them says, as a template. */
  readonly words: Readonly<Partial<Record<Toolstack, string>>>
  /** It reads no source (`for: target`), and so is asked of a guest that is only started, too. */
  readonly start: boolean
}

/** One rule, as data: what a rule file holds, checked, with its names filled in. This is what is compiled into the program. */
export interface Rule {
  /** The file's name: kebab-case, the problem, unique over all folders. */
  readonly id: string
  /** The shelf that it stands on: its folder. */
  readonly area: string
  readonly file: string
  readonly title: string
  readonly severity: Severity
  readonly tags: readonly string[]
  /** Set on a rule that judges a guest and two hosts. */
  readonly pair?: PairRule
  /** What it finds on a host keeps every guest of it from starting: `ready` asks it of the target. */
  readonly prevents?: 'start'
  readonly applies?: string
  readonly each?: { readonly name: string; readonly list: string }
  readonly subject: string
  /** The condition over facts; a rule has either this or `log`. */
  readonly when?: string
  /** The message that it recognises. */
  readonly log?: Signature
  /** How sure a rule with `log` is when only the message is known. */
  readonly confidence?: Confidence
  /** Facts that speak against a rule with `log`, though the message is there. */
  readonly unless?: string
  /** The message looks like a fault and is none. */
  readonly harmless?: true
  /** Rules that see the same fault in the machine's state: where one of them found it, the message is not told again. */
  readonly sameAs?: readonly string[]
  readonly says: string
  readonly why: string
  readonly fix: readonly FixTemplate[]
  readonly fineWhen?: string
  readonly documented: readonly Documented[]
  readonly formerly: readonly string[]
  /** `namespace.field` of every fact that `applies`, `each`, `when` and `unless` mention. */
  readonly facts: readonly string[]
  /** The namespaces of those, and of those that only stand in a sentence or the `if` of a step. */
  readonly namespaces: readonly string[]
}
