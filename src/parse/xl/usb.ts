import { locate } from '../../evidence/locate.ts'
import { at, type GuestHostdev, type UsbController } from '../guest/guest.ts'
import { unknownOption } from '../nearest.ts'

/** Entries of one guest's file, each with its line. */
export interface UsbEntries {
  readonly guest: string
  readonly configFile: string
  readonly guestType: string
  readonly usbctrl: readonly Entry[]
  readonly usbdev: readonly Entry[]
  readonly usbdevice: readonly Entry[]
}

interface Entry {
  readonly text: string
  readonly line: number
}

export interface UsbProblem extends Entry {
  readonly key: string
  readonly problem: string
}

interface Usb {
  readonly controllers: readonly UsbController[]
  readonly hostdevs: readonly GuestHostdev[]
  readonly problems: readonly UsbProblem[]
}

const CONTROLLER = ['type', 'version', 'ports']
const DEVICE = ['type', 'hostbus', 'hostaddr', 'controller', 'port']
const TYPES = ['auto', 'pv', 'qusb', 'devicemodel']
/** What usbif.h of Xen has room for. */
const MOST_PORTS = 31
/** Ports of the controllers that QEMU emulates, by version of USB. */
const EMULATED: Readonly<Record<number, number>> = { 1: 2, 2: 6 }
const MOST_EMULATED = 15
const DEFAULT_PORTS = 8

/** `usbctrl=['type=qusb,version=2,ports=4']`, `usbdev=['hostbus=2,hostaddr=1,controller=0,port=1']`, `usbdevice=['tablet','host:2.3']` */
export function readXlUsb(entries: UsbEntries): Usb {
  const problems: UsbProblem[] = []
  const complain = (key: string, { text, line }: Entry, problem: string): void => {
    if (problem !== '') problems.push({ key, text, line, problem })
  }
  const controllers = entries.usbctrl.map((entry, number) => {
    const { values, problem } = pairs(entry.text, CONTROLLER)
    const controller = controllerOf(values, entries.guestType)
    complain('usbctrl', entry, problem || controllerProblem(values, controller))
    const { guest, configFile, guestType } = entries
    return locate({ guest, configFile, guestType, number, ...controller }, at(configFile, entry.line))
  })
  const taken = new Set<string>()
  const own = entries.usbdev.map((entry) => {
    const { values, problem } = pairs(entry.text, DEVICE)
    complain('usbdev', entry, problem || deviceProblem(values, controllers, taken))
    return hostdev(entries, entry, '', addressOf(values['hostbus'], values['hostaddr']))
  })
  const emulated = entries.usbdevice.flatMap((entry) => {
    const [, bus, device] = /^host:(\d+)\.(\d+)$/.exec(entry.text.trim()) ?? []
    const [, vendor, product] = /^host:([0-9a-f]+):([0-9a-f]+)$/i.exec(entry.text.trim()) ?? []
    if (vendor !== undefined) return [hostdev(entries, entry, usbId(vendor, product!), '')]
    if (bus === undefined) return []
    complain('usbdevice', entry, [bus, device!].map(octal).find(Boolean) ?? '')
    return [hostdev(entries, entry, '', addressOf(bus, device))]
  })
  return { controllers, hostdevs: [...own, ...emulated], problems }
}

/** `424`, `460` → 0424:0460 */
export const usbId = (vendor: string, product: string): string =>
  [vendor, product].map((text) => text.toLowerCase().padStart(4, '0')).join(':')

/** "2.3"; "" where one is missing, or stands for another number than it seems. */
const addressOf = (bus: string | undefined, device: string | undefined): string =>
  [bus, device].every((text) => text !== undefined && /^([1-9]\d*|0)$/.test(text)) ? `${bus}.${device}` : ''

const octal = (text: string): string =>
  /^0\d/.test(text) ? `${text} counts as an octal number: leave its zeros out` : ''

function hostdev({ guest, configFile, guestType }: UsbEntries, { text, line }: Entry, id: string, address: string) {
  const item: GuestHostdev = {
    ...{ guest, configFile, guestType, address: '', written: text, managed: false, permissive: false, driver: '' },
    ...{ sourceKind: 'usb', usbId: id, usbAddress: address, optional: false, standby: false },
  }
  return locate(item, at(configFile, line))
}

function pairs(text: string, known: readonly string[]): { values: Record<string, string>; problem: string } {
  const values: Record<string, string> = {}
  let problem = ''
  for (const part of text.split(',').map((one) => one.trim())) {
    const [, key = part, value] = /^([^=]*)=(.*)$/.exec(part) ?? []
    if (part === '') continue
    if (known.includes(key) && value !== undefined) values[key] = value
    else problem ||= unknownOption(key, known)
  }
  return { values, problem }
}

/** xl takes an emulated controller for HVM guests where no type is told, and a paravirtual one for others. */
function controllerOf(values: Readonly<Record<string, string>>, guestType: string) {
  const told = values['type'] ?? 'auto'
  const type = told === 'auto' ? (guestType === 'hvm' ? 'devicemodel' : 'qusb') : told
  const version = Number(values['version'] ?? 0) || 2
  const ports = Number(values['ports'] ?? 0) || (type === 'devicemodel' && EMULATED[version]) || DEFAULT_PORTS
  return { type: told, emulated: type === 'devicemodel', version, ports }
}

function controllerProblem(
  values: Readonly<Record<string, string>>,
  { emulated, version, ports }: { emulated: boolean; version: number; ports: number },
): string {
  const { type = 'auto' } = values
  if (!TYPES.includes(type)) return `type=${type} is none of ${TYPES.join(', ')}`
  if (!Number.isInteger(version) || version < 1 || version > 3)
    return `version=${values['version']}: USB has 1, 2 and 3`
  if (!emulated && version === 3) return 'paravirtual USB knows the versions 1 and 2 only'
  const fixed = EMULATED[version]
  if (emulated && fixed !== undefined)
    return ports === fixed
      ? ''
      : `an emulated controller of version ${version} has ${fixed} ports; type=qusb is the paravirtual one`
  const most = emulated ? MOST_EMULATED : MOST_PORTS
  return ports >= 1 && ports <= most ? '' : `ports=${values['ports']}: at most ${most} are possible`
}

/** Controllers count from 0, ports from 1. */
function deviceProblem(
  values: Readonly<Record<string, string>>,
  controllers: readonly UsbController[],
  taken: Set<string>,
): string {
  const { hostbus, hostaddr, controller, port } = values
  const zeros = [hostbus, hostaddr].map((text) => octal(text ?? '')).find(Boolean)
  if (zeros) return zeros
  if (hostbus === undefined || hostaddr === undefined) return 'it names no hostbus= and hostaddr= of a device'
  if (controller === undefined) return port === undefined ? '' : 'port= needs controller= beside it'
  const found = controllers[Number(controller)]
  if (!found) return `controller=${controller}: usbctrl has ${controllers.length}, counted from 0`
  if (port === undefined) return ''
  if (!(Number(port) >= 1 && Number(port) <= found.ports))
    return `port=${port}: controller ${controller} has the ports 1 to ${found.ports}`
  const place = `${controller}.${Number(port)}`
  if (taken.has(place)) return `port ${port} of controller ${controller} is given twice`
  taken.add(place)
  return ''
}
