import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { UserError } from '../../types.ts'

const SHORTEST = 8

/** The first line of a file, or what somebody types, unseen. */
export async function readPassphrase(file: string | undefined): Promise<string> {
  const passphrase = file === undefined ? await typed() : firstLine(file)
  if (passphrase.length < SHORTEST)
    throw new UserError('the passphrase is too short', `It has at least ${SHORTEST} characters.`)
  return passphrase
}

function firstLine(file: string): string {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/)[0]!
  } catch (error) {
    throw new UserError(`cannot read ${file}: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`)
  }
}

function typed(): Promise<string> {
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new UserError(
      'a passphrase is needed, and there is no terminal to ask on',
      'Name a file: --passphrase-file FILE',
    )
  process.stderr.write('Passphrase of the map: ')
  const unseen = new Writable({ write: (_piece, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: unseen, terminal: true })
  return new Promise((resolve, reject) => {
    lines.once('line', resolve)
    lines.once('SIGINT', () => reject(new UserError('no passphrase was given')))
    lines.once('close', () => reject(new UserError('no passphrase was given')))
  }).finally(() => {
    lines.close()
    process.stderr.write('\n')
  }) as Promise<string>
}
