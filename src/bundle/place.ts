import { join, normalize } from 'node:path'
import type { Question } from '../types.ts'

/** What every file system and every tar can take. */
const SAFE = /^[\x20-\x5b\x5d-\x7e]+$/
const LONGEST = 200

/** `/proc/cpuinfo` → `files/proc/cpuinfo`; a path cannot climb out of the bundle. null where its name is none for a file. */
export function filePlace(ask: Question): string | null {
  if (!('file' in ask)) throw new Error(`no file: ${JSON.stringify(ask)}`)
  const path = normalize(`/${ask.file}`)
  const fits = SAFE.test(path) && path.length <= LONGEST && !path.endsWith('/')
  return fits ? join('files', path) : null
}

/** `xl info` → `commands/003-xl-info` */
export const commandPlace = (ask: Question, number: number): string =>
  join('commands', `${String(number).padStart(3, '0')}-${slug(ask)}`)

/** For what has no place of its own. */
export const otherPlace = (number: number): string => join('others', String(number).padStart(3, '0'))

const slug = (ask: Question): string =>
  'command' in ask
    ? ask.command
        .join('-')
        .replace(/[^A-Za-z0-9.]+/g, '-')
        .replace(/^-|-$/g, '')
        .slice(0, 40)
    : 'command'
