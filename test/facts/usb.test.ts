import * as assert from 'uvu/assert'
import { usb } from '../../src/facts/usb.ts'
import { watchdog } from '../../src/facts/watchdog.ts'
import { describe } from '../describe.ts'
import { evidence, matches, value } from '../evidence.ts'

const USB = '/sys/bus/usb/devices'
const DOG = '/sys/class/watchdog'

describe('facts: usb and watchdog', (it) => {
  it('knows devices by their numbers, and leaves interfaces out', () => {
    const facts = usb.parse(
      evidence(usb, [
        [{ file: `${USB}/*/uevent` }, matches(`${USB}/2-1/uevent`, `${USB}/2-1:1.0/uevent`, `${USB}/usb1/uevent`)],
        [`${USB}/2-1/uevent`, 'MAJOR=189\nDEVTYPE=usb_device\nPRODUCT=46d/c077/7200\nBUSNUM=002\nDEVNUM=003\n'],
        [`${USB}/2-1:1.0/uevent`, 'DEVTYPE=usb_interface\nDRIVER=usbhid\nPRODUCT=46d/c077/7200\n'],
        [`${USB}/usb1/uevent`, { gap: 'denied' }],
      ]),
    )
    const [mouse, gap] = value(facts.devices) as Record<string, string>[]
    assert.equal([mouse, gap!['gap']], [{ id: '046d:c077', address: '2.3' }, 'denied'])
    assert.equal(value(usb.parse(evidence(usb, [])).devices), [])
    assert.is(value(usb.parse(evidence(usb, [], 'not-recorded')).devices), 'not-recorded')
  })

  it('knows watchdogs that are armed', () => {
    const facts = watchdog.parse(
      evidence(watchdog, [
        [{ file: `${DOG}/*/state` }, matches(`${DOG}/watchdog0/state`, `${DOG}/watchdog1/state`)],
        [{ file: `${DOG}/*/identity` }, matches(`${DOG}/watchdog0/identity`)],
        [`${DOG}/watchdog0/state`, 'active\n'],
        [`${DOG}/watchdog0/identity`, 'iTCO_wdt\n'],
        [`${DOG}/watchdog1/state`, 'inactive\n'],
      ]),
    )
    const devices = value(facts.devices) as Record<string, unknown>[]
    assert.equal(
      devices.map(({ name, active }) => [name, active]),
      [
        ['watchdog0', true],
        ['watchdog1', false],
      ],
    )
    assert.is(devices[0]!['identity'], 'iTCO_wdt')
  })
})
