import * as assert from 'uvu/assert'
import { placeOf } from '../../../src/evidence/locate.ts'
import { guestOfXl } from '../../../src/parse/guest/xl.ts'
import { parseXlConfig } from '../../../src/parse/xl/config.ts'
import { describe } from '../../describe.ts'

const xl = (text: string) => guestOfXl(parseXlConfig(`name="a"\nmemory=512\n${text}`), '/etc/xen/a.cfg', 'xl')
const problems = (text: string): string[] => xl(text).malformed.map(({ problem }) => problem)

describe('parse: USB of xl', (it) => {
  it('reads controllers and devices as the manual shows them', () => {
    const { usbControllers, hostdevs, malformed } = xl(
      "type='hvm'\nusbctrl=['type=qusb,version=2,ports=4', 'type=qusb,version=1,ports=4', ]\nusbdev=['hostbus=2, hostaddr=1, controller=0,port=1', ]",
    )
    assert.equal(malformed, [])
    assert.equal(
      usbControllers.map(({ number, type, emulated, version, ports }) => [number, type, emulated, version, ports]),
      [
        [0, 'qusb', false, 2, 4],
        [1, 'qusb', false, 1, 4],
      ],
    )
    assert.equal(
      hostdevs.map(({ sourceKind, usbAddress, usbId, address }) => [sourceKind, usbAddress, usbId, address]),
      [['usb', '2.1', '', '']],
    )
    assert.is(placeOf(usbControllers[0]!)?.line, 4)
  })

  it('takes an emulated controller for HVM guests, and a paravirtual one for others', () => {
    assert.equal(problems("type='hvm'\nusbctrl=['version=2,ports=4']"), [
      'an emulated controller of version 2 has 6 ports; type=qusb is the paravirtual one',
    ])
    assert.equal(problems("type='hvm'\nusbctrl=['version=2,ports=6','version=3','version=3,ports=15','version=1']"), [])
    assert.equal(problems("type='hvm'\nusbctrl=['version=3,ports=16']"), ['ports=16: at most 15 are possible'])
    assert.equal(problems("usbctrl=['version=2,ports=31','']"), [])
    assert.equal(problems("usbctrl=['ports=32']"), ['ports=32: at most 31 are possible'])
    assert.equal(problems("usbctrl=['version=3']"), ['paravirtual USB knows the versions 1 and 2 only'])
    assert.equal(problems("type='hvm'\nusbctrl=['type=pv,version=3']"), [
      'paravirtual USB knows the versions 1 and 2 only',
    ])
    assert.equal(problems("usbctrl=['version=4']"), ['version=4: USB has 1, 2 and 3'])
    assert.equal(problems("usbctrl=['type=uhci']"), ['type=uhci is none of auto, pv, qusb, devicemodel'])
  })

  it('knows options that were misspelt', () => {
    assert.equal(problems("usbctrl=['verson=2']\nusbdev=['hostbuss=1,hostaddr=2']"), [
      'verson= is unknown, version= was probably meant',
      'hostbuss= is unknown, hostbus= was probably meant',
    ])
  })

  it('does not take leading zeros, except in vendor and product', () => {
    const zeros = (text: string) => `${text} counts as an octal number: leave its zeros out`
    assert.equal(problems("usbdev=['hostbus=2,hostaddr=010']"), [zeros('010')])
    assert.equal(problems("usbdevice=['tablet','host:002.3','host:0461:4d15','host:2.10']"), [zeros('002')])
    const { hostdevs } = xl("usbdevice=['host:424:460','host:0461:4D15','host:2.10','host:002.003']")
    assert.equal(
      hostdevs.map(({ usbId, usbAddress }) => usbId || usbAddress),
      ['0424:0460', '0461:4d15', '2.10', ''],
    )
    assert.equal([xl('usbdevice="tablet"').guest.usbDevices, xl('usb=1').guest.usbSwitch], [1, true])
  })

  it('looks for the controllers and ports that devices name', () => {
    const dev = (text: string) => problems(`usbctrl=['ports=4']\nusbdev=[${text}]`)
    assert.equal(dev("'hostbus=1,hostaddr=2,controller=0,port=4','hostbus=1,hostaddr=3,controller=0'"), [])
    assert.equal(dev("'hostbus=1,hostaddr=2,controller=1'"), ['controller=1: usbctrl has 1, counted from 0'])
    assert.equal(dev("'hostbus=1,hostaddr=2,controller=0,port=5'"), ['port=5: controller 0 has the ports 1 to 4'])
    assert.equal(dev("'hostbus=1,hostaddr=2,controller=0,port=0'"), ['port=0: controller 0 has the ports 1 to 4'])
    assert.equal(dev("'hostbus=1,hostaddr=2,port=1'"), ['port= needs controller= beside it'])
    assert.equal(dev("'hostbus=1'"), ['it names no hostbus= and hostaddr= of a device'])
    assert.equal(dev("'hostbus=1,hostaddr=2,controller=0,port=1','hostbus=1,hostaddr=3,controller=0,port=1'"), [
      'port 1 of controller 0 is given twice',
    ])
    assert.equal(problems("usbdev=['hostbus=1,hostaddr=2']"), [])
  })

  it('knows which release brought a setting', () => {
    const since = (text: string) => xl(text).newSettings.map((one) => `${one.key} ${one.since}`)
    assert.equal(since("type='hvm'\nusbctrl=['ports=4']\ngfx_passthru=1"), [
      'type 4.10',
      'usbctrl 4.7',
      'gfx_passthru 4.0',
    ])
    assert.equal(since("builder='hvm'\ngfx_passthru=0"), [])
    // Without the type, these are what they are.
    assert.equal([since("type='pv'"), since("type='hvm'\nbuilder='hvm'"), since("type='pvh'")], [[], [], ['type 4.10']])
  })

  it('knows the options of disks and PCI devices', () => {
    assert.equal(problems("disk=['vdev=xvda,acess=rw,target=/srv/a']"), [
      'acess= is no parameter of a disk; access= was probably meant',
    ])
    assert.equal(problems("pci=['03:00.0,permisive=1','03:00.0,power_mgmt=1,seize=1','bdf=03:00.0,permissive=1']"), [
      'permisive= is unknown, permissive= was probably meant',
    ])
  })
})
