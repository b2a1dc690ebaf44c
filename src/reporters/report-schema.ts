import { z } from 'zod'
import { REPORT_VERSION } from '../engine/report.ts'
import { CONFIDENCES } from '../signatures/signature.ts'

const gap = z.enum(['absent', 'denied', 'timeout', 'too-big', 'not-recorded', 'malformed', 'unsupported', 'withheld'])
const source = z.strictObject({ ask: z.string(), path: z.string().optional(), line: z.int().min(1).optional() })
const note = { interrupts: z.string().optional(), undo: z.string().optional(), elsewhere: z.literal(true).optional() }
const fix = z.union([
  z.strictObject({ run: z.array(z.string()), ...note }),
  z.strictObject({ edit: z.string(), replace: z.string(), with: z.string(), ...note }),
  z.strictObject({ edit: z.string(), append: z.string(), ...note }),
  z.strictObject({ do: z.string(), ...note }),
])

/** The JSON report. report.schema.json is made from this; a change that a reader could stumble over raises REPORT_VERSION. */
export const reportSchema = z.strictObject({
  version: z.literal(REPORT_VERSION),
  vdoctor: z.string(),
  host: z.string(),
  at: z.string().nullable(),
  platform: z.record(z.string(), z.unknown()),
  ability: z.string(),
  findings: z.array(
    z.strictObject({
      rule: z.string(),
      area: z.string(),
      subject: z.string(),
      outcome: z.enum(['problem', 'ok', 'skipped', 'unknown']),
      severity: z.enum(['error', 'warning', 'info']),
      title: z.string(),
      says: z.string(),
      why: z.string(),
      fix: z.array(fix),
      fineWhen: z.string().optional(),
      evidence: z.array(source),
      missing: z.array(z.strictObject({ fact: z.string(), gap, ask: z.string(), detail: z.string().optional() })),
      documented: z.array(z.string()),
      said: z
        .strictObject({
          text: z.string(),
          count: z.int(),
          first: z.string().optional(),
          last: z.string().optional(),
        })
        .optional(),
      confidence: z.enum(CONFIDENCES).optional(),
      refusal: z
        .strictObject({ by: z.string(), phase: z.enum(['before', 'suspended', 'target']), words: z.string() })
        .optional(),
      waived: z.string().optional(),
    }),
  ),
  areas: z.array(
    z.strictObject({ area: z.string(), problem: z.int(), ok: z.int(), unknown: z.int(), skipped: z.int() }),
  ),
  undecided: z.array(
    z.strictObject({ gap, ask: z.string(), detail: z.string().optional(), rules: z.array(z.string()) }),
  ),
  logs: z.array(
    z.strictObject({ name: z.string(), lines: z.int(), since: z.string().nullable(), gap: gap.nullable() }),
  ),
  move: z
    .strictObject({
      bytes: z.number(),
      megabits: z.number(),
      onePassSeconds: z.number(),
      dirtyBytesPerSecond: z.number().nullable(),
      seconds: z.number().nullable(),
      downtimeSeconds: z.number().nullable(),
      converges: z.boolean().nullable(),
      assumes: z.array(z.string()),
    })
    .optional(),
})

export const reportJsonSchema = (): unknown => z.toJSONSchema(reportSchema)
