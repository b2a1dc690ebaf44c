import { createReadStream, statSync } from 'node:fs'
import { packingOf, peek, unpack } from '../archive/packing.ts'
import { UserError } from '../types.ts'
import { isBinary, textEncoding, toUtf8 } from './encoding.ts'
import { isJournalJson, journalText } from './journal-json.ts'

/** A log as a stream of text, whatever it was kept as; or the file, where that holds just the text and can be read faster. */
export type OpenLog = { readonly text: AsyncIterable<Buffer> } | { readonly file: string }

/** Opens a log, or "-" for what is piped in. Throws a UserError where it cannot be read as text. */
export async function openLog(name: string): Promise<OpenLog> {
  const raw = name === '-' ? process.stdin : createReadStream(existing(name), { highWaterMark: 1 << 19 })
  const packed = await peek(raw, name)
  const packing = packingOf(packed.head)
  if (packing === 'bzip2')
    throw new UserError(`${name} is packed with bzip2`, `Unpack it on the way: bzip2 -dc ${name} | vdoctor diagnose`)
  const unpacked = packing === null ? packed : await peek(await unpack(packing, packed.all), name)
  if (isBinary(unpacked.head)) throw new UserError(`${name} is no text`, 'Logs are text, or text in gzip, xz or zstd.')
  const utf8 =
    textEncoding(unpacked.head) === 'utf-8'
      ? unpacked
      : await peek(toUtf8(unpacked.all, textEncoding(unpacked.head)), name)
  if (isJournalJson(utf8.head)) return { text: journalText(utf8.all) }
  if (name === '-' || utf8 !== packed || !statSync(name).isFile()) return { text: utf8.all }
  raw.destroy()
  return { file: name }
}

function existing(name: string): string {
  try {
    const stat = statSync(name)
    if (stat.isDirectory()) throw new UserError(`${name} is a folder`, `Name the files in it: ${name}/*`)
    return name
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(`cannot read ${name}: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`)
  }
}
