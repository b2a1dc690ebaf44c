import type { Contents } from '../../archive/contents.ts'
import { bugReport, isBugReport } from './bugtool.ts'
import type { Dump } from './dump.ts'
import { insights, isInsights } from './insights.ts'
import { isSosreport, sosreport } from './sosreport.ts'
import { isSupportconfig, supportconfig } from './supportconfig.ts'

const KINDS = [
  { is: isSosreport, read: sosreport },
  { is: isSupportconfig, read: supportconfig },
  { is: isBugReport, read: bugReport },
  { is: isInsights, read: insights },
]

/** null where it is none of them. `packed`: the times of its files are those of the recorded machine. */
export const dumpOf = (from: string, contents: Contents, packed: boolean): Dump | null =>
  KINDS.find(({ is }) => is(contents))?.read(from, contents, packed) ?? null
