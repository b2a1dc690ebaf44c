import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { UserError } from '../types.ts'

export interface RanCommand {
  /** As a shell would say it: 128 and the signal's number where one ended it. */
  readonly code: number
  /** What it said, as far as it went through us. */
  readonly said: Buffer
}

/** More of what a command says is not kept: its end matters. */
const MOST_BYTES = 8 << 20

/**
 * Runs a command on the user's terminal. Its input and, on a terminal, its output stay its own, so that a console or an editor in it
 * works; what it writes to stderr, where toolstacks say what is wrong, passes through us unchanged.
 */
export function runCommand(argv: readonly string[]): Promise<RanCommand> {
  const [program, ...args] = argv as [string, ...string[]]
  const child = spawn(program, args, { stdio: ['inherit', process.stdout.isTTY ? 'inherit' : 'pipe', 'pipe'] })
  const kept: Buffer[] = []
  let bytes = 0
  const keep = (piece: Buffer): void => {
    kept.push(piece)
    bytes += piece.length
    while (bytes - kept[0]!.length > MOST_BYTES) bytes -= kept.shift()!.length
  }
  // Whoever reads our output may go before the command ends.
  process.stdout.on('error', () => undefined)
  child.stdout?.on('data', keep).pipe(process.stdout)
  child.stderr?.on('data', keep).pipe(process.stderr)
  // The terminal sends it to the command too, and the command decides what it means.
  const ignore = (): void => undefined
  process.on('SIGINT', ignore).on('SIGQUIT', ignore)
  return new Promise((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(new UserError(`cannot run ${program}: ${error.code ?? error.message}`)),
    )
    child.on('close', (code, signal) => {
      process.off('SIGINT', ignore).off('SIGQUIT', ignore)
      resolve({ code: code ?? 128 + constants.signals[signal!], said: Buffer.concat(kept) })
    })
  })
}
