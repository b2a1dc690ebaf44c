/** The nouns. This file imports nothing. */

/**
 * Why a value is not known. A rule that needs it is `unknown`: never `ok`, never `problem`.
 * Only `absent` is a statement about the machine and may support a verdict.
 */
export type Gap =
  | 'absent' // it was looked for and is not there
  | 'denied' // permission
  | 'timeout' // it did not answer in time, or its backend had not answered before
  | 'too-big' // larger than its limit
  | 'not-recorded' // the recording does not hold it
  | 'malformed' // it answered something that cannot be read
  | 'unsupported' // this kind of host cannot answer such an ask
  | 'withheld' // not asked, since asking would have started, loaded or opened something

/** Where a value was read: which ask, which file, which line (from 1). */
export interface Source {
  readonly ask: string
  readonly path?: string | undefined
  readonly line?: number | undefined
}

/** A value that is known, and where from. */
export interface Known<T> {
  readonly ok: true
  readonly value: T
  readonly from: readonly Source[]
}

/** What stands where a value should be. Also used inside values, wherever a field or an item is not known. */
export interface Unknown {
  readonly ok: false
  readonly gap: Gap
  readonly ask: string
  readonly detail?: string | undefined
}

export type Result<T> = Known<T> | Unknown

/** What must hold before an ask may be made; checked by the host without starting anything. */
export type Precondition =
  | { readonly path: string } // this path exists
  | { readonly module: string; readonly unless?: readonly string[] } // this kernel module is loaded or built in, and none of these paths exists
  | { readonly daemon: readonly string[] } // a process of one of these names runs

/** Services that can hang as a whole: the first timeout of one answers its other asks. */
export type Backend = 'libvirt' | 'xenstore'

export interface AskOptions {
  /** Largest answer in bytes. Default: 1 MiB. */
  readonly maxBytes?: number
  /** Longest wait in milliseconds. Default: 2,000 for files, 10,000 for commands. */
  readonly timeoutMs?: number
  /** Read the last `maxBytes`, as of a log. */
  readonly fromEnd?: true
  /** Only where this holds; otherwise the answer is the gap `withheld`. */
  readonly if?: Precondition
  /** Opens something on the machine: only asked with `--probe`. */
  readonly probe?: true
  readonly backend?: Backend
}

/** What is asked. A path may be a glob (`* ? [ ]`, absolute). Every kind must be answerable by a POSIX shell too. */
export type Question =
  | { readonly file: string } // contents
  | { readonly link: string } // target of a symbolic link
  | { readonly list: string } // names in a folder
  | { readonly stat: string } // type, mode, owner, size
  | { readonly command: readonly [string, ...string[]] } // argv, never a shell string

/** One ask per line of another answer: what `pick` (a simple ERE) matches in a line fills the `{}` of `ask`. */
export interface EachQuestion {
  readonly each: Question
  readonly pick?: string
  readonly ask: Question
}

/** One thing that vdoctor wants to read. Its key is its question. */
export type Ask = (Question | EachQuestion) & AskOptions

/** What `ls -ldn` tells of a path. */
export interface Stat {
  readonly type: 'file' | 'dir' | 'link' | 'block' | 'char' | 'fifo' | 'socket'
  /** Permission bits, octal as a number: 0o660. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Bytes; null for devices. */
  readonly size: number | null
}

/** What a question was answered with. `expands` stands for globs and `each`: the questions that it led to. */
export type Data =
  | { readonly kind: 'file'; readonly text: string; readonly truncated?: true }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'list'; readonly names: readonly string[] }
  | { readonly kind: 'stat'; readonly stat: Stat }
  | {
      readonly kind: 'command'
      readonly stdout: string
      readonly stderr: string
      readonly exit: number
      readonly truncated?: true
    }
  | { readonly kind: 'expands'; readonly values: readonly string[] }

/** One answer, or the gap in its place. `key` is the question's; see `askKey`. */
export type Answer = { readonly key: string; readonly ms: number } & (
  | { readonly ok: true; readonly data: Data }
  | { readonly ok: false; readonly gap: Gap; readonly detail?: string | undefined }
)

/** One machine, wherever it is. Nothing outside src/hosts touches a disk, a process or a socket of the patient. */
export interface Host {
  /** "live", "bundle fixtures/hosts/xen-dom0", "tree /tmp/dump" */
  readonly label: string
  /** When the machine was in this state. Live: now. null: nobody wrote it down. */
  readonly at: Date | null
  /** Never rejects for what the machine says; `onAnswer` sees each answer as it comes. */
  answer(asks: readonly Ask[], onAnswer?: (answer: Answer) => void): Promise<readonly Answer[]>
}

/** `error`: broken now. `warning`: will bite. `info`: worth knowing. */
export type Severity = 'error' | 'warning' | 'info'
export type Outcome = 'problem' | 'ok' | 'skipped' | 'unknown'

/** Text of fix steps is already filled in; `run` is argv. */
export type FixStep = {
  readonly interrupts?: string | undefined
  readonly undo?: string | undefined
  /** It mends nothing here: the guest is to go to another host. */
  readonly elsewhere?: true
} & (
  | { readonly run: readonly string[] }
  | { readonly edit: string; readonly replace: string; readonly with: string }
  | { readonly edit: string; readonly append: string }
  | { readonly do: string }
)

/** A gap that kept a rule from deciding. */
export interface Missing {
  readonly fact: string
  readonly gap: Gap
  readonly ask: string
  readonly detail?: string | undefined
}

/** How sure an accusation is that rests on a message alone. */
export type Confidence = 'certain' | 'likely' | 'possible'

/** The message that a finding rests on: what a log said, how often, and when. */
export interface Said {
  /** As the log has it, untrusted; the last one where there were several. */
  readonly text: string
  readonly count: number
  /** ISO 8601; undefined where the log does not say. */
  readonly first?: string | undefined
  readonly last?: string | undefined
}

/** Who refuses a guest that is to move or start, when, and with which words. */
export interface Refusal {
  /** xm, xl, libvirt-libxl or libvirt-qemu; "" where nobody looks, and it breaks all the same. */
  readonly by: string
  /** When a migration stops: before anything moves, when the guest is suspended, or on the target. */
  readonly phase: 'before' | 'suspended' | 'target'
  /** What it says then, or a part of it; "" where nobody has seen it. */
  readonly words: string
}

/** One rule's verdict on one subject. */
export interface Finding {
  readonly rule: string
  readonly area: string
  /** "" for the host itself. */
  readonly subject: string
  readonly outcome: Outcome
  readonly severity: Severity
  readonly title: string
  readonly says: string
  readonly why: string
  readonly fix: readonly FixStep[]
  readonly fineWhen?: string | undefined
  readonly evidence: readonly Source[]
  /** For `unknown`: what would have to be known. For a message without its machine: what would make it surer. */
  readonly missing: readonly Missing[]
  /** Which documents know it; of a problem only. */
  readonly documented: readonly string[]
  /** Of a rule that recognises messages. */
  readonly said?: Said | undefined
  readonly confidence?: Confidence | undefined
  /** Of a rule over a guest and its hosts. */
  readonly refusal?: Refusal | undefined
  /** Set when a waiver covers it: its reason. */
  readonly waived?: string | undefined
}

/** Something that the user can mend: printed as a sentence and a hint, exit code 2, never a stack. */
export class UserError extends Error {
  readonly hint: string | undefined
  constructor(message: string, hint?: string) {
    super(message)
    this.hint = hint
  }
}
