import type { Evidence } from '../../evidence/evidence.ts'
import { file } from '../../evidence/ask.ts'
import { locate } from '../../evidence/locate.ts'
import { orNone } from '../../evidence/lookup.ts'
import { absentAs, all, isUnknown, map } from '../../evidence/result.ts'
import { at } from '../../parse/guest/guest.ts'
import { type VfRequest, vfOptions, vfParameters } from '../../parse/max-vfs.ts'
import { moduleName } from '../../parse/modprobe.ts'
import type { Result, Unknown } from '../../types.ts'
import type { PciFunction } from './functions.ts'
import { number, object, string } from '../schema.ts'

export const vfAsks = {
  modprobe: file('/etc/modprobe.d/*.conf'),
  modprobeConf: file('/etc/modprobe.conf'),
  cmdline: file('/proc/cmdline'),
} as const

export const vfRequestSchema = object(
  {
    module: string('Driver: igb, ixgbe'),
    file: string('Where it is written'),
    asked: number('count', 'Virtual functions that each card is to have'),
    most: number(
      'count',
      'Most that a card of this driver can have; 0 where there is no such card, or the kernel does not tell',
    ),
    made: number('count', 'Virtual functions that the cards of this driver have now'),
  },
  'max_vfs of one driver',
)

type Request = VfRequest & { readonly file: string }

/** What drivers are told by max_vfs, beside what their cards can and do. */
export function vfRequests(evidence: Evidence, functions: Result<readonly PciFunction[]>) {
  const read = (path: string, list: readonly VfRequest[]): Request[] => list.map((one) => ({ ...one, file: path }))
  const folder = map(orNone(evidence.texts(vfAsks.modprobe)), (members) =>
    members.flatMap(({ name, result }): (Request | Unknown)[] =>
      result.ok ? read(name, vfOptions(result.value)) : [result],
    ),
  )
  const main = map(absentAs(evidence.text(vfAsks.modprobeConf), ''), (text) =>
    read('/etc/modprobe.conf', vfOptions(text)),
  )
  const kernel = map(evidence.text(vfAsks.cmdline), (text) => read('/proc/cmdline', vfParameters(text)))
  return map(all(folder, main, kernel, functions), ([a, b, c, cards]) =>
    [...a, ...b, ...c].map((one) => (isUnknown(one) ? one : withCards(one, cards))),
  )
}

function withCards({ module, asked, file: path, line }: Request, functions: readonly PciFunction[]) {
  const gap = functions.map(({ driver }) => driver).find(isUnknown)
  const mine = functions.filter(({ driver }) => !isUnknown(driver) && moduleName(driver) === module)
  const over = (field: 'totalVfs' | 'vfs', join: (values: number[]) => number): number | Unknown => {
    const values = mine.map((card) => card[field])
    return gap ?? values.find(isUnknown) ?? join(values as number[])
  }
  const item = {
    module,
    file: path,
    asked,
    most: over('totalVfs', (values) => Math.max(0, ...values)),
    made: over('vfs', (values) => values.reduce((sum, value) => sum + value, 0)),
  }
  return locate(item, path === '/proc/cmdline' ? { ask: path, path } : at(path, line))
}
