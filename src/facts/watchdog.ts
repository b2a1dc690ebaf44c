import { file } from '../evidence/ask.ts'
import { locate } from '../evidence/locate.ts'
import { lookup, orNone, part } from '../evidence/lookup.ts'
import { map, orGap } from '../evidence/result.ts'
import { defineFacts } from './fact-set.ts'
import { bool, listOf, object, string } from './schema.ts'

const deviceSchema = object(
  {
    name: string('watchdog0'),
    identity: string('iTCO_wdt, Software Watchdog …'),
    active: bool('A program has armed it: where it falls silent, the machine is reset'),
  },
  'One watchdog device',
)

export const watchdog = defineFacts({
  name: 'watchdog',
  meaning: 'Watchdogs, which reset a machine that hangs',
  asks: {
    states: file('/sys/class/watchdog/*/state'),
    identities: file('/sys/class/watchdog/*/identity'),
  },
  about: { devices: listOf(deviceSchema, 'Those whose state the kernel tells') },
  parse(evidence, ask) {
    const identities = lookup(evidence.texts(ask.identities))
    const devices = map(orNone(evidence.texts(ask.states)), (members) =>
      members.map(({ name: path, result }) => {
        const name = part(path, 4)
        const at = `/sys/class/watchdog/${name}`
        const active = map(result, (text) => text.trim() === 'active')
        const identity = map(identities(`${at}/identity`), (text) => text.trim())
        return locate({ name, identity: orGap(identity), active: orGap(active) }, { ask: path, path })
      }),
    )
    return { devices }
  },
})
