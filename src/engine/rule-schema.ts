import { z } from 'zod'
import { TOOLSTACKS } from '../facts/pair.ts'
import { PHASES } from './rule.ts'
import { CONFIDENCES, LOG_KINDS } from '../signatures/signature.ts'

/** CEL's own words, and those that it keeps for later. */
const RESERVED = new Set(
  (
    'as break const continue else false for function if import in let loop null namespace package return true var void ' +
    'while'
  ).split(' '),
)

/** What a rule file may hold. Every scalar is still a string here: see rule-file.ts. */
const text = z.string().min(1)
const note = {
  if: text.optional(),
  interrupts: text.optional(),
  undo: text.optional(),
  elsewhere: z.literal('true').optional(),
}
const step = z.union([
  z.strictObject({ run: z.array(text).min(1), ...note }),
  z.strictObject({ edit: text, replace: text, with: z.string(), ...note }),
  z.strictObject({ edit: text, append: text, ...note }),
  z.strictObject({ do: text, ...note }),
])

const patterns = z.union([text, z.array(text).min(1)])
const count = z.string().regex(/^[1-9]\d*$/, 'must be a whole number above zero')
const context = z.strictObject({
  match: patterns,
  anchor: patterns.optional(),
  lines: count.optional(),
  seconds: count.optional(),
})
const contexts = z.union([context, z.array(context).min(1)]).optional()

export const logSchema = z.strictObject({
  in: z.array(z.enum(LOG_KINDS)).default([]),
  match: patterns,
  anchor: patterns.optional(),
  before: contexts,
  then: contexts,
  'not-before': contexts,
  'not-then': contexts,
})
export type LogFile = z.infer<typeof logSchema>

export const ruleFileSchema = z.strictObject({
  title: text,
  for: z.enum(['pair', 'target']).optional(),
  by: z.array(z.enum(TOOLSTACKS)).min(1).optional(),
  phase: z.enum(PHASES).optional(),
  words: z.partialRecord(z.enum(TOOLSTACKS), text).optional(),
  prevents: z.literal('start').optional(),
  severity: z.enum(['error', 'warning', 'info']),
  tags: z.array(text).default([]),
  applies: text.optional(),
  each: z
    .string()
    .regex(/^[a-z]\w* in [a-z]\w*\.[a-z]\w*$/i, 'write it as "item in namespace.field"')
    .refine((each) => !RESERVED.has(each.split(' ')[0]!), 'that word is reserved in CEL; call the item something else')
    .optional(),
  subject: text.optional(),
  when: text.optional(),
  log: logSchema.optional(),
  confidence: z.enum(CONFIDENCES).optional(),
  unless: text.optional(),
  harmless: z.literal('true').optional(),
  'same-as': z.array(text).optional(),
  says: text,
  why: text,
  fix: z.array(step).default([]),
  'fine-when': text.optional(),
  documented: z.array(z.strictObject({ in: text, section: text.optional(), statement: text.optional() })).min(1),
  formerly: z.array(text).default([]),
})

export type RuleFile = z.infer<typeof ruleFileSchema>
