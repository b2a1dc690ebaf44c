import { file, stat } from '../evidence/ask.ts'
import { locate } from '../evidence/locate.ts'
import { orNone } from '../evidence/lookup.ts'
import { map } from '../evidence/result.ts'
import { parseShellVariables } from '../parse/key-value.ts'
import { usbId } from '../parse/xl/usb.ts'
import type { Unknown } from '../types.ts'
import { defineFacts } from './fact-set.ts'
import type { Infer } from './schema.ts'
import { bool, listOf, object, string } from './schema.ts'

const deviceSchema = object(
  { id: string('Vendor and product: "046d:c077"'), address: string('Bus and device: "2.3"') },
  'One USB device',
)
type Device = Infer<typeof deviceSchema>

export const usb = defineFacts({
  name: 'usb',
  meaning: 'USB devices of this machine',
  asks: { devices: file('/sys/bus/usb/devices/*/uevent'), backEnd: stat('/sys/bus/usb/drivers/usbback') },
  about: {
    devices: listOf(deviceSchema, 'All USB devices, hubs too'),
    backEnd: bool("This kernel has usbback, which serves Xen guests; only SUSE's old kernels do"),
  },
  parse(evidence, ask) {
    const devices = map(orNone(evidence.texts(ask.devices)), (members) =>
      members.flatMap(({ name, result }): (Device | Unknown)[] => {
        if (!result.ok) return [result]
        const device = deviceOf(result.value)
        return device ? [locate(device, { ask: name, path: name })] : []
      }),
    )
    return { devices, backEnd: evidence.exists(ask.backEnd) }
  },
})

/** `DEVTYPE=usb_device`, `PRODUCT=46d/c077/7200`, `BUSNUM=002`, `DEVNUM=003`; interfaces of a device have no numbers of their own. */
function deviceOf(text: string): Device | null {
  const { DEVTYPE, PRODUCT = '', BUSNUM, DEVNUM } = parseShellVariables(text)
  const [vendor, product] = PRODUCT.split('/')
  if (DEVTYPE !== 'usb_device' || !vendor || !product) return null
  return { id: usbId(vendor, product), address: `${Number(BUSNUM)}.${Number(DEVNUM)}` }
}
