import { z } from 'zod'

/** CEL's own words, and those that it keeps for later. */
const RESERVED = new Set(
  (
    'as break const continue else false for function if import in let loop null namespace package return true var void ' +
    'while'
  ).split(' '),
)

/** What a rule file may hold. Every scalar is still a string here: see rule-file.ts. */
const text = z.string().min(1)
const note = { if: text.optional(), interrupts: text.optional(), undo: text.optional() }
const step = z.union([
  z.strictObject({ run: z.array(text).min(1), ...note }),
  z.strictObject({ edit: text, replace: text, with: z.string(), ...note }),
  z.strictObject({ edit: text, append: text, ...note }),
  z.strictObject({ do: text, ...note }),
])

export const ruleFileSchema = z.strictObject({
  title: text,
  severity: z.enum(['error', 'warning', 'info']),
  tags: z.array(text).default([]),
  applies: text.optional(),
  each: z
    .string()
    .regex(/^[a-z]\w* in [a-z]\w*\.[a-z]\w*$/i, 'write it as "item in namespace.field"')
    .refine((each) => !RESERVED.has(each.split(' ')[0]!), 'that word is reserved in CEL; call the item something else')
    .optional(),
  subject: text.optional(),
  when: text,
  says: text,
  why: text,
  fix: z.array(step).min(1, 'say what to do about it'),
  'fine-when': text.optional(),
  documented: z.array(z.strictObject({ in: text, section: text.optional(), statement: text.optional() })).min(1),
  formerly: z.array(text).default([]),
})

export type RuleFile = z.infer<typeof ruleFileSchema>
