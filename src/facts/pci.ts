import { file, stat } from '../evidence/ask.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { locate } from '../evidence/locate.ts'
import { orNone } from '../evidence/lookup.ts'
import { absentAs, all, isUnknown, map } from '../evidence/result.ts'
import { parseHide, parseSlots } from '../parse/pciback.ts'
import type { Result, Unknown } from '../types.ts'
import { defineFacts } from './fact-set.ts'
import { functionSchema, pciAsks, type PciFunction, pciFunctions } from './pci/functions.ts'
import { vfAsks, vfRequests, vfRequestSchema } from './pci/virtual-functions.ts'
import type { Infer } from './schema.ts'
import { bool, listOf, object, string, strings } from './schema.ts'

const hideSchema = object(
  {
    file: string('Where it is written'),
    value: string('(06:01.0)(06:01.1)'),
    valid: bool('Each address stands in parentheses of its own'),
    devices: strings('0000:06:01.0 …; wildcards are left out'),
  },
  'One list of devices that xen-pciback is told to take',
)
type Hide = Infer<typeof hideSchema>

const asks = {
  ...pciAsks,
  pciback: stat('/sys/bus/pci/drivers/pciback'),
  slots: file('/sys/bus/pci/drivers/pciback/slots'),
  permissive: file('/sys/bus/pci/drivers/pciback/permissive'),
  ...vfAsks,
} as const

export const pci = defineFacts({
  name: 'pci',
  meaning: 'PCI functions, who drives them, and what xen-pciback holds for guests',
  asks,
  about: {
    functions: listOf(functionSchema, 'All PCI functions'),
    pciback: bool('xen-pciback is there, as a module or built in'),
    pcibackSlots: strings('Addresses that xen-pciback holds: what guests can be given'),
    permissive: strings('Addresses whose configuration space a guest may write freely'),
    hides: listOf(hideSchema, 'Lists of devices that xen-pciback is told to take'),
    vfRequests: listOf(vfRequestSchema, 'Virtual functions that drivers are told to make by max_vfs'),
    hiddenElsewhere: listOf(functionSchema, 'Functions in such a list that another driver has got hold of'),
  },
  parse(evidence, ask) {
    const functions = pciFunctions(evidence)
    const hides = hideLists(evidence)
    return {
      functions,
      pciback: evidence.exists(ask.pciback),
      pcibackSlots: absentAs(map(evidence.text(ask.slots), parseSlots), []),
      permissive: absentAs(map(evidence.text(ask.permissive), parseSlots), []),
      hides,
      vfRequests: vfRequests(evidence, functions),
      hiddenElsewhere: hiddenElsewhere(functions, hides),
    }
  },
})

function hideLists(evidence: Evidence): Result<readonly (Hide | Unknown)[]> {
  const read = (path: string, text: string): Hide[] =>
    parseHide(text).map(({ line, ...option }) =>
      locate({ file: path, ...option }, { ask: path, path, line: path === '/proc/cmdline' ? undefined : line }),
    )
  const kernel = map(evidence.text(asks.cmdline), (text) => read('/proc/cmdline', text))
  return map(all(orNone(evidence.texts(asks.modprobe)), kernel), ([files, here]) => [
    ...here,
    ...files.flatMap(({ name, result }): (Hide | Unknown)[] => (result.ok ? read(name, result.value) : [result])),
  ])
}

/** An unbound function waits for its guest: only a driver of the host is in the way. */
function hiddenElsewhere(functions: Result<readonly PciFunction[]>, hides: Result<readonly (Hide | Unknown)[]>) {
  return map(all(functions, hides), ([list, lists]) => {
    const gaps = lists.filter(isUnknown) as Unknown[]
    const wanted = lists.flatMap((hide) => (isUnknown(hide) ? [] : hide.devices))
    const found = list
      .filter(({ address }) => wanted.includes(address))
      .flatMap((one): (PciFunction | Unknown)[] => {
        if (isUnknown(one.driver)) return [one.driver]
        return one.driver === '' || one.forGuests === true ? [] : [one]
      })
    return [...found, ...gaps]
  })
}
