import type { Confidence } from '../types.ts'

/** Whose messages a log holds. A message of another, known kind is not matched; where nobody knows the kind, every signature may. */
export const LOG_KINDS = [
  'kernel',
  'xen',
  'xend',
  'libxl',
  'xenstored',
  'hotplug',
  'libvirt',
  'qemu',
  'console',
  'system',
] as const
export type LogKind = (typeof LOG_KINDS)[number]

/** From the surest down. */
export const CONFIDENCES = ['certain', 'likely', 'possible'] as const satisfies readonly Confidence[]

/** One regular expression, and literals in lower case of which one is in every line that it matches. */
export interface LogPattern {
  readonly regexp: string
  readonly literals: readonly string[]
}

/** Another line that must, or must not, stand near the message. */
export interface LogContext {
  readonly side: 'before' | 'then'
  readonly match: readonly LogPattern[]
  /** At most so many lines away. */
  readonly lines: number
  /** At most so many seconds away, where both lines carry a time. */
  readonly seconds?: number
  /** The message only counts where this line is not there. */
  readonly absent?: true
}

/** How a rule recognises a message. */
export interface Signature {
  /** [] for any text. */
  readonly in: readonly LogKind[]
  /** Any of them. */
  readonly match: readonly LogPattern[]
  /** All of them. */
  readonly context: readonly LogContext[]
}

export const DEFAULT_CONTEXT_LINES = 20
