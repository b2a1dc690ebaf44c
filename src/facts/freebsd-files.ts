import { file } from '../evidence/ask.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { locate } from '../evidence/locate.ts'
import { absentAs, all, map } from '../evidence/result.ts'
import { type FreebsdSetting, parseFreebsdConf } from '../parse/freebsd-conf.ts'
import type { Ask, Result } from '../types.ts'
import { wholeTexts } from './whole.ts'

/** In the order in which they are read: later ones win. */
export const loaderAsks = {
  loaderConf: file('/boot/loader.conf'),
  loaderMore: file('/boot/loader.conf.d/*.conf'),
  loaderLocal: file('/boot/loader.conf.local'),
}

export interface PlacedSetting extends FreebsdSetting {
  readonly file: string
}

/** Every setting of one file; none where it is not there. */
export const settingsOf = (evidence: Evidence, ask: Ask): Result<readonly PlacedSetting[]> =>
  map(absentAs(evidence.text(ask), ''), (text) => placed(text, 'file' in ask ? ask.file : ''))

const placed = (text: string, path: string): PlacedSetting[] =>
  parseFreebsdConf(text).map((one) => locate({ ...one, file: path }, { ask: path, path, line: one.line }))

export function loaderSettings(evidence: Evidence): Result<readonly PlacedSetting[]> {
  const more = map(wholeTexts(evidence, loaderAsks.loaderMore), (files) =>
    files.flatMap(({ name, text }) => placed(text, name)),
  )
  const parts = all(settingsOf(evidence, loaderAsks.loaderConf), more, settingsOf(evidence, loaderAsks.loaderLocal))
  return map(parts, (lists) => lists.flat())
}

/** The last of each name. */
export const inForce = (settings: readonly PlacedSetting[]): Readonly<Record<string, string>> =>
  Object.fromEntries(settings.map(({ key, value }) => [key, value]))
