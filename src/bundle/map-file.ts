import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { UserError } from '../types.ts'
import { cannotWrite } from './writer.ts'

/** scrypt with 32 MiB: half a second for the owner, and as much for each guess. */
const COST = { N: 1 << 15, r: 8, p: 1, maxmem: 64 << 20 }
const CIPHER = 'aes-256-gcm'
const SALT_BYTES = 16
const IV_BYTES = 12

/** `{"vdoctor-map":1,"salt":"…","iv":"…","tag":"…","data":"…"}`, in base64; the data is `{"pseudonym":"true name"}`. */
interface Sealed {
  readonly 'vdoctor-map': 1
  readonly salt: string
  readonly iv: string
  readonly tag: string
  readonly data: string
}

/** Pseudonyms and what they stand for, for nobody but the owner of the passphrase. Never written over a file that is there. */
export function writeMap(file: string, map: ReadonlyMap<string, string>, passphrase: string): void {
  const [salt, iv] = [randomBytes(SALT_BYTES), randomBytes(IV_BYTES)]
  const cipher = createCipheriv(CIPHER, scryptSync(passphrase, salt, 32, COST), iv)
  const data = Buffer.concat([cipher.update(JSON.stringify(Object.fromEntries(map))), cipher.final()])
  const sealed: Sealed = {
    'vdoctor-map': 1,
    salt: salt.toString('base64'),
    iv: iv.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    data: data.toString('base64'),
  }
  try {
    writeFileSync(file, `${JSON.stringify(sealed)}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    throw cannotWrite(file, error)
  }
}

/** Throws a UserError where it is no map, or the passphrase is another. */
export function readMap(file: string, passphrase: string): Map<string, string> {
  const { salt, iv, tag, data } = sealedIn(file)
  const bytes = (text: string): Buffer => Buffer.from(text, 'base64')
  try {
    const decipher = createDecipheriv(CIPHER, scryptSync(passphrase, bytes(salt), 32, COST), bytes(iv))
    decipher.setAuthTag(bytes(tag))
    const text = Buffer.concat([decipher.update(bytes(data)), decipher.final()]).toString()
    return new Map(Object.entries(JSON.parse(text) as Record<string, string>))
  } catch {
    throw new UserError(`${file} does not open with this passphrase`, 'Or the file was damaged.')
  }
}

function sealedIn(file: string): Sealed {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new UserError(`cannot read ${file}: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`)
  }
  try {
    const value = JSON.parse(text) as Sealed
    const parts = [value.salt, value.iv, value.tag, value.data]
    if (value['vdoctor-map'] === 1 && parts.every((part) => typeof part === 'string')) return value
  } catch {
    // Said below.
  }
  throw new UserError(`${file} is no map of pseudonyms`, 'It is what "vdoctor bundle --anonymize --map FILE" writes.')
}

/** A text with the true names put back. The longest pseudonym first, and only where it stands by itself. */
export function reveal(text: string, map: ReadonlyMap<string, string>): string {
  if (map.size === 0) return text
  const words = [...map.keys()]
    .sort((a, b) => b.length - a.length)
    .map((word) => word.replace(/[.+?*()[\]{}|^$\\]/g, '\\$&'))
  const pattern = new RegExp(`(?<![0-9A-Za-z])(?:${words.join('|')})(?![0-9A-Za-z])`, 'g')
  return text.replace(pattern, (word) => map.get(word)!)
}
