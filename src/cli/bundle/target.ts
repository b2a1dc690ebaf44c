import { existsSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { packerFor } from '../../bundle/pack.ts'
import type { BundleWriter } from '../../bundle/writer.ts'
import { Evidence } from '../../evidence/evidence.ts'
import { platform } from '../../facts/platform.ts'
import { type Answer, UserError } from '../../types.ts'

/** Told before anything is read. */
export function checkTarget(target: string): void {
  packerFor(target)
  if (existsSync(target))
    throw new UserError(`${target} is there already`, 'Name another file; nothing is ever overwritten.')
  if (!existsSync(dirname(target))) throw new UserError(`there is no folder ${dirname(target)}`)
}

/** `vdoctor-web1-20261120063700.tar.gz`, in letters that every file system takes; without a name where names are not to be told. */
export function fileName(answers: readonly Answer[], stamp: string, named: boolean): string {
  const { name } = platform.parse(new Evidence(answers))
  const told = named && name.ok ? name.value.replace(/[^A-Za-z0-9.-]+/g, '-').replace(/^[.-]+|[.-]+$/g, '') : ''
  return `vdoctor-${told === '' ? '' : `${told.slice(0, LONGEST_NAME)}-`}${stamp}.tar.gz`
}

const LONGEST_NAME = 64

/** 20261120063700, UTC */
export const stampOf = (date: Date): string => date.toISOString().replace(/\D/g, '').slice(0, 14)

/** Where what was read so far is; a folder without an answer is removed. */
export function keptIn(folder: string, writer: BundleWriter | null): string {
  if (writer && writer.count > 0)
    return `${writer.count} answers are kept in ${folder}; "vdoctor check --from ${folder}" reads it.`
  if (writer) rmSync(folder, { recursive: true, force: true })
  return 'Nothing was kept.'
}
