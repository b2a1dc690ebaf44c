import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Pseudonyms } from '../../bundle/pseudonyms.ts'
import type { Rule } from '../../engine/rule.ts'
import { type Answer, type Ask, UserError } from '../../types.ts'
import { learnNames, wordsInUse } from './names.ts'

const LEAST_KEY_BYTES = 16

/** The names of one machine, and what replaces them. */
export class Anonymizer {
  /** Names that could not be replaced. */
  stays: readonly string[] = []
  readonly #key: Buffer
  readonly #inUse: ReadonlySet<string>
  #pseudonyms: Pseudonyms | undefined

  /** `keyFile`: two bundles with one key call the same things by the same names. */
  constructor(rules: readonly Rule[], asks: readonly Ask[], keyFile?: string) {
    this.#key = keyFile === undefined ? randomBytes(32) : readKey(keyFile)
    this.#inUse = wordsInUse(rules, asks)
  }

  /** Learns the names in all answers; what it gives is done to each text. */
  learn(answers: readonly Answer[]): (text: string, key: string) => string {
    const { names, stays } = learnNames(answers, this.#inUse)
    const pseudonyms = new Pseudonyms(this.#key, names)
    this.stays = stays
    this.#pseudonyms = pseudonyms
    return (text, key) => pseudonyms.replace(text, key)
  }

  get map(): ReadonlyMap<string, string> {
    return this.#pseudonyms?.map ?? new Map()
  }
}

function readKey(file: string): Buffer {
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch (error) {
    throw new UserError(`cannot read ${file}: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`)
  }
  if (bytes.length >= LEAST_KEY_BYTES) return createHash('sha256').update(bytes).digest()
  throw new UserError(
    `${file} holds no key: ${bytes.length} bytes are too few`,
    `Make one: head -c 32 /dev/urandom > ${file}`,
  )
}
