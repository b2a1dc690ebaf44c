import { Command } from '@oclif/core'
import { plain } from '../reporters/plain.ts'
import { UserError } from '../types.ts'

export const COULD_NOT_RUN = 2

/** What all commands share: reports go to stdout, all else to stderr, and errors are sentences. */
export abstract class BaseCommand extends Command {
  /** `--json` belongs to nobody: the formats are chosen with --format. */
  static override enableJsonFlag = false

  /** Writes at once, and ends quietly where the reader has gone (`| head`). */
  protected print(text: string): void {
    if (process.stdout.listenerCount('error') === 0)
      process.stdout.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'EPIPE') process.exit(0)
        throw error
      })
    process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
  }

  override async catch(error: Error & { oclif?: unknown; code?: string }): Promise<never> {
    if (error.code === 'EEXIT') throw error
    sayError(error)
    return process.exit(COULD_NOT_RUN)
  }
}

/** A sentence and its hint; of a bug, where it happened. */
export function sayError(error: Error & { oclif?: unknown }): void {
  if (error instanceof UserError || error.oclif !== undefined) {
    const hint = error instanceof UserError ? error.hint : undefined
    process.stderr.write(
      `vdoctor: ${error.message.split('\n').map(plain).join('\n')}\n${hint ? `         ${plain(hint)}\n` : ''}`,
    )
  } else {
    process.stderr.write(
      `${error.stack ?? error.message}\nvdoctor: this is a bug; please send the lines above to the project's issue tracker.\n`,
    )
  }
}
