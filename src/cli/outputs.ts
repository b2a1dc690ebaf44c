import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { Report } from '../engine/report.ts'
import { nearest } from '../parse/nearest.ts'
import { UserError } from '../types.ts'
import { type Format, FORMATS, render, type RenderOptions } from './render.ts'

/** One `--format`: `json`, or `json:report.json` for a file. */
export interface Output {
  readonly format: Format
  /** null: standard output. */
  readonly file: string | null
}

/** Throws a UserError for a format that does not exist, and where two would share the standard output or a file. */
export function parseOutputs(values: readonly string[]): Output[] {
  const outputs = values.map((value): Output => {
    const [name = '', ...rest] = value.split(':')
    if (!isFormat(name)) {
      const meant = nearest(name, FORMATS)
      throw new UserError(
        `there is no format "${name}"${meant ? `; did you mean "${meant}"?` : ''}`,
        `There are: ${FORMATS.join(', ')}; each also as FORMAT:FILE.`,
      )
    }
    if (rest.length > 0 && rest.join(':') === '') throw new UserError(`--format ${value} names no file`)
    return { format: name, file: rest.length > 0 ? rest.join(':') : null }
  })
  const places = outputs.map(({ file }) => file ?? '')
  if (new Set(places).size < places.length) {
    throw new UserError(
      'two formats would be written to one place',
      'Give all but one a file of its own: --format json:report.json --format text',
    )
  }
  return outputs
}

const isFormat = (name: string): name is Format => (FORMATS as readonly string[]).includes(name)

/** Writes the files, and returns what standard output gets. */
export const deliver = (
  reports: readonly Report[],
  outputs: readonly Output[],
  options: RenderOptions,
): Promise<string> => deliverAs(outputs, (format) => render(reports, format, options))

/** The same, of anything that can be printed in the formats that are asked for. */
export async function deliverAs(
  outputs: readonly Output[],
  print: (format: Format) => Promise<string>,
): Promise<string> {
  let shown = ''
  for (const { format, file } of outputs) {
    const text = await print(format)
    if (file === null) shown = text
    else replaceFile(file, text)
  }
  return shown
}

/** A reader sees the old file or the new one, never half of it. What is no regular file (a pipe, /dev/stderr) is written to. */
function replaceFile(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.tmp`
  try {
    if (statSync(file, { throwIfNoEntry: false })?.isFile() === false) return writeFileSync(file, text)
    writeFileSync(temporary, text)
    renameSync(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw new UserError(`cannot write ${file}: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`)
  }
}
