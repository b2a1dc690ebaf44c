import type { Contents } from '../../archive/contents.ts'

/** What a command printed; standard error is mixed in, as all these programs record it. */
export interface Recorded {
  readonly text: string
  /** null where nobody wrote it down. */
  readonly exit: number | null
}

/** What the archive of any other program comes down to. */
export interface Dump {
  /** "sosreport web1.tar.xz" */
  readonly label: string
  readonly at: Date | null
  /** The machine's own files, under their own paths. */
  readonly files: Contents
  /** By the words of the command, its program without a folder: `uname -a`. null where it was not recorded. */
  output(command: string): Recorded | null
  /** Whether all that this path or glob stands for was copied, as far as the machine had it. */
  whole(path: string): boolean
  /** Whether the archive says that there was no such file. */
  missed(path: string): boolean
}

/** Where a program or a shell says that it could not do what was wanted of it. */
const FAILED =
  /command not found|: not found$|^ERROR: Command not found|No such file or directory$|timed out|^timeout: |Permission denied$/im
/** As the last line, below what came before. */
const TIMED_OUT = /^\W*(\[plugin:|ERROR|timeout:|command '|Command ).*(timed out|timeout period)/i
const FEW_LINES = 3

/** What stands in an output file, if the command did its work; one that failed prints a line or two about it. */
export function succeeded(recorded: Recorded | null): string | null {
  if (recorded === null || (recorded.exit !== null && recorded.exit !== 0)) return null
  const text = recorded.text.trim()
  if (text === '') return null
  const lines = text.split('\n')
  const last = lines[lines.length - 1]!
  return TIMED_OUT.test(last) || (lines.length <= FEW_LINES && FAILED.test(text)) ? null : recorded.text
}

/** Longer lines are of no table, and would keep a pattern busy for ever. */
const LONGEST_LINE = 4096

export const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.length <= LONGEST_LINE)
