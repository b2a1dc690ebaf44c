import * as assert from 'uvu/assert'
import { placeOf } from '../../../src/evidence/locate.ts'
import { guestOfSxp } from '../../../src/parse/guest/sxp.ts'
import { guestOfXl, isGuestConfig } from '../../../src/parse/guest/xl.ts'
import { parseXlList } from '../../../src/parse/guest/xl-list.ts'
import { domainOf, guestOfXml } from '../../../src/parse/guest/xml.ts'
import { parseSxp } from '../../../src/parse/sxp.ts'
import { parseXlConfig } from '../../../src/parse/xl/config.ts'
import { parseXml } from '../../../src/parse/xml.ts'
import { describe } from '../../describe.ts'

const xl = (text: string) => guestOfXl(parseXlConfig(text), '/etc/xen/web1.cfg', 'xl')
const xml = (text: string) => guestOfXml(domainOf(parseXml(text)), '/etc/libvirt/qemu/web1.xml')

describe('parse: guest-xl', (it) => {
  it('takes pv where no type is told, as Xen does', () => {
    assert.is(xl('name="a"').guest.type, 'pv')
    assert.is(xl('name="a"').guest.typeGiven, false)
    assert.is(xl('builder="hvm"').guest.type, 'hvm')
    assert.is(xl('builder="generic"').guest.type, 'pv')
    assert.is(xl('type="pvh"').guest.type, 'pvh')
  })

  it('counts memory in MiB', () => {
    assert.is(xl('memory=512').guest.memory, 536870912)
    assert.is(xl('name="a"').guest.memory, null)
    assert.is(xl('memory="512MB"').guest.memory, null)
  })

  it('finds words where a number must stand', () => {
    const { malformed } = xl('memory="512MB"\nlocaltime="yes"\nvcpus="2"\nvnc=1')
    assert.equal(
      malformed.map(({ entry }) => entry),
      ['memory = 512MB', 'localtime = yes'],
    )
  })

  it('names the line of a setting', () => {
    const { guest, disks } = xl('name="a"\n\non_crash="explode"\ndisk=[\n"phy:vg0/a,xvda,w"]\n')
    assert.equal(placeOf(guest, 'onCrash')?.line, 3)
    assert.is(placeOf(disks[0]!)?.line, 5)
    assert.is(disks[0]!.path, '/dev/vg0/a')
    assert.is(disks[0]!.type, 'block')
  })

  it('reads interfaces, and what is wrong with them', () => {
    const { interfaces, malformed } = xl(
      "vif=['mac=00:16:3E:01:02:03,bridge=xenbr0,trusted','','type=ieomu','mac=1 bridge=x']",
    )
    assert.is(interfaces[0]!.mac, '00:16:3e:01:02:03')
    assert.is(interfaces[0]!.bridge, 'xenbr0')
    assert.is(interfaces.length, 4)
    assert.equal(
      malformed.map(({ problem }) => problem),
      ['type=ieomu is neither ioemu nor vif', 'a comma is missing in mac=1 bridge=x'],
    )
  })

  it('never keeps a password', () => {
    const read = xl(
      "name='a'\nvnc=1\nvnclisten='0.0.0.0'\nvncpasswd='hunter2'\nvfb=['vnc=1,vncpasswd=hunter2,oops=1']\nvncpaswd='hunter2'",
    )
    assert.not(JSON.stringify(read).includes('hunter2'))
    assert.equal(
      read.graphics.map(({ listen, password }) => [listen, password]),
      [
        ['0.0.0.0', true],
        ['', true],
      ],
    )
  })

  it('finds the setting that was meant', () => {
    const { unknownKeys } = xl(
      'vcpu=2\nour_own_very_long_variable=1\nOVM_description="x"\ndisk2=[]\nvfi=[]\nmemory=1\nmemory_=2\nserial="pty"\nrestart="always"',
    )
    assert.equal(
      unknownKeys.map(({ key, nearest }) => [key, nearest]),
      [
        ['vcpu', 'vcpus'],
        ['our_own_very_long_variable', null],
        ['OVM_description', null],
        ['disk2', null],
        ['vfi', null],
        ['memory_', null],
        ['restart', null],
      ],
    )
  })

  it('reads addresses of PCI devices with their options', () => {
    const { hostdevs, malformed } = xl("pci=['03:00.0','0000:03:00.1,permissive=1','04:00.*','c0:02.1a']")
    assert.equal(
      hostdevs.map(({ address, permissive }) => [address, permissive]),
      [
        ['0000:03:00.0', false],
        ['0000:03:00.1', true],
        ['', false],
        ['', false],
      ],
    )
    assert.equal(
      malformed.map(({ entry }) => entry),
      ['c0:02.1a'],
    )
  })

  it('tells a guest from other files of the folder', () => {
    assert.ok(isGuestConfig(parseXlConfig('name="a"\nmemory=1')))
    assert.not(isGuestConfig(parseXlConfig('autoballoon="auto"\nlockfile="/x"')))
    assert.not(isGuestConfig(parseXlConfig('#!/bin/sh\nname=$1\necho "hello"')))
  })
})

const DOMAIN = `<!--
generated -->
<domain type='kvm'>
  <name>web1</name>
  <uuid>6CF431FE-6149-4c54-8a09-1c17126beca0</uuid>
  <memory unit='GiB'>4</memory>
  <currentMemory>1048576</currentMemory>
  <vcpu current='2'>4</vcpu>
  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type><boot dev='hd'/></os>
  <clock offset='utc'/>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2' cache='none'/>
      <source file='/var/lib/libvirt/images/web1.qcow2'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <disk type='file' device='cdrom'><target dev='sda' bus='sata'/><readonly/></disk>
    <interface type='network'>
      <mac address='52:54:00:AA:BB:CC'/><source network='default'/><model type='virtio'/>
    </interface>
    <interface type='hostdev' managed='yes'>
      <source><address type='pci' domain='0x0000' bus='0x03' slot='0x10' function='0x0'/></source>
    </interface>
    <hostdev mode='subsystem' type='pci' managed='yes'>
      <source><address domain='0' bus='3' slot='0x26' function='0'/></source>
    </hostdev>
    <graphics type='vnc' port='-1' autoport='yes' passwd='hunter2'><listen type='address' address='0.0.0.0'/></graphics>
    <input type='tablet' bus='usb'/>
  </devices>
</domain>`

describe('parse: guest-xml', (it) => {
  it('knows ACPI, and which processors a guest is bound to', () => {
    const { guest, pins } = xml(
      "<domain type='kvm'><name>a</name>\n<features><acpi/></features>\n<vcpu cpuset='0-3,^1'>2</vcpu>\n<cputune>\n<vcpupin vcpu='0' cpuset='2'/><emulatorpin cpuset='7'/></cputune></domain>",
    )
    assert.equal([guest.acpi, guest.apic], [true, false])
    assert.equal(
      pins.map(({ what, cpus }) => [what, cpus]),
      [
        ['all', [0, 2, 3]],
        ['vcpu 0', [2]],
        ['emulator', [7]],
      ],
    )
    assert.is(placeOf(pins[1]!)?.line, 5)
    assert.equal(xml("<domain type='kvm'><vcpu>2</vcpu></domain>").pins, [])
    const numa = (memory: string) =>
      xml(`<domain type='kvm'><memory>1024</memory><numatune>${memory}</numatune></domain>`).numa.map(
        ({ mode, nodes, memory: bytes }) => [mode, nodes, bytes],
      )
    assert.equal(numa("<memory mode='preferred' nodeset='1-2'/>"), [['preferred', [1, 2], 1048576]])
    assert.equal(numa("<memory nodeset='0'/>"), [['strict', [0], 1048576]])
    assert.equal(numa("<memory placement='auto'/>"), [])
  })

  it('reads a domain of libvirt', () => {
    const { guest, disks, interfaces } = xml(DOMAIN)
    assert.equal([guest.name, guest.type, guest.vcpus, guest.maxvcpus], ['web1', 'kvm', 2, 4])
    assert.equal([guest.memory, guest.maxmem], [2 ** 30, 2 ** 32])
    assert.is(guest.uuid, '6cf431fe-6149-4c54-8a09-1c17126beca0')
    assert.is(placeOf(guest, 'memory')?.line, 6)
    assert.equal(
      [disks[0]!.path, disks[0]!.format, disks[0]!.bus, disks[0]!.readonly],
      ['/var/lib/libvirt/images/web1.qcow2', 'qcow2', 'virtio', false],
    )
    assert.equal([disks[1]!.path, disks[1]!.device, disks[1]!.readonly], ['', 'cdrom', true])
    assert.is(placeOf(disks[0]!)?.line, 13)
    assert.equal([interfaces[0]!.mac, interfaces[0]!.network], ['52:54:00:aa:bb:cc', 'default'])
  })

  it('reads devices of both kinds, and the slot that cannot be', () => {
    const { hostdevs, malformed } = xml(DOMAIN)
    assert.equal(
      hostdevs.map(({ address, sourceKind }) => [address, sourceKind]),
      [
        ['', 'pci'],
        ['0000:03:10.0', 'interface'],
      ],
    )
    assert.is(malformed.length, 1)
  })

  it('reads USB devices by their number or by their place', () => {
    const device = (source: string, more = '') =>
      `<hostdev mode='subsystem' type='usb'><source${more}>${source}</source></hostdev>`
    const { hostdevs, malformed } = xml(
      `<domain type='kvm'><name>a</name><devices>${device("<vendor id='0x46d'/><product id='0xC077'/>", " startupPolicy='optional'")}${device("<address bus='2' device='3'/>")}</devices></domain>`,
    )
    assert.equal(
      hostdevs.map((one) => [one.sourceKind, one.usbId, one.usbAddress, one.optional, one.address]),
      [
        ['usb', '046d:c077', '', true, ''],
        ['usb', '', '2.3', false, ''],
      ],
    )
    assert.is(hostdevs[0]!.written, '046d:c077')
    assert.equal(malformed, [])
  })

  it('counts the places on the only bus of a machine', () => {
    const free = (machine: string, devices: string) =>
      xml(
        `<domain type='kvm'><name>a</name><os><type machine='${machine}'>hvm</type></os><devices>${devices}</devices></domain>`,
      ).guest.pciSlotsFree
    const at = (slot: number, fn = 0) =>
      `<interface type='user'><address type='pci' domain='0x0000' bus='0x00' slot='0x${slot.toString(16)}' function='0x${fn}'/></interface>`
    assert.is(free('pc-i440fx-2.6', at(1) + at(2) + at(2, 1)), 29)
    const all = Array.from({ length: 31 }, (_, slot) => at(slot + 1)).join('')
    assert.is(free('pc', all), 0)
    assert.is(free('rhel6.6.0', all), 0)
    assert.is(free('pc', `${all}<controller type='pci' model='pci-bridge'/>`), null)
    assert.is(free('pc-q35-7.2', all), null)
    const passed = "<hostdev type='pci'><source><address bus='0x00' slot='0x05'/></source></hostdev>"
    assert.is(free('pc', passed), 31)
  })

  it('knows the virtual port of an interface, and PAE', () => {
    const text = (features: string) =>
      `<domain type='xen'><name>a</name><os><type arch='x86_64'>hvm</type></os>${features}<devices><interface type='hostdev'><virtualport type='802.1Qbg'/></interface></devices></domain>`
    assert.is(xml(text('')).interfaces[0]!.virtualport, '802.1Qbg')
    assert.equal([xml(text('')).guest.pae, xml(text('<features><pae/></features>')).guest.pae], [false, true])
    assert.is(xl('builder="hvm"\npae=0').guest.pae, false)
    assert.is(xl('builder="hvm"').guest.pae, true)
  })

  it('knows that a password is set, and not which', () => {
    const read = xml(DOMAIN)
    assert.equal(
      [read.graphics[0]!.listen, read.graphics[0]!.password, read.graphics[0]!.port],
      ['0.0.0.0', true, null],
    )
    assert.not(JSON.stringify(read).includes('hunter2'))
  })

  it('finds the domain in the status of a running guest', () => {
    assert.is(
      domainOf(parseXml(`<domstatus state='running'>${DOMAIN.slice(DOMAIN.indexOf('<domain'))}</domstatus>`)).name,
      'domain',
    )
    assert.throws(() => domainOf(parseXml('<network/>')), /no guest/)
    assert.throws(() => parseXml('<domain><name>'), /line 1/)
  })

  it('tells the types of Xen', () => {
    const type = (os: string): string => xml(`<domain type='xen'><os><type>${os}</type></os></domain>`).guest.type
    assert.equal([type('linux'), type('xen'), type('hvm'), type('xenpvh')], ['pv', 'pv', 'hvm', 'pvh'])
  })
})

describe('parse: guest-sxp and xl list', (it) => {
  it('reads what xend keeps', () => {
    const text = `(domain (name web1) (uuid 0164F04D-5d72-4434-81a4-244aa040624f) (memory 512) (vcpus 2)
      (image (hvm (kernel /usr/lib/xen/boot/hvmloader) (device_model /usr/lib/xen/bin/qemu-dm)))
      (device (vif (bridge xenbr0) (mac 00:16:3e:01:02:03)))
      (device (tap (uname tap:aio:/srv/web1.img) (dev hda:disk) (mode w)))
      (device (pci (dev (domain 0x0) (bus 0x3) (slot 0x0) (func 0x0)))))`
    const { guest, disks, interfaces, hostdevs } = guestOfSxp(parseSxp(text), '/var/lib/xend/domains/x/config.sxp')
    assert.equal([guest.name, guest.type, guest.memory, guest.vcpus], ['web1', 'hvm', 536870912, 2])
    assert.equal([disks[0]!.path, disks[0]!.target, disks[0]!.prefix], ['/srv/web1.img', 'hda', 'tap:aio'])
    assert.is(interfaces[0]!.bridge, 'xenbr0')
    assert.is(hostdevs[0]!.address, '0000:03:00.0')
  })

  it('does not hang on brackets', () => {
    assert.throws(() => parseSxp('(a (b)'), /not closed/)
    assert.throws(() => parseSxp('a)'), /without/)
    assert.throws(() => parseSxp('('.repeat(500)), /deeply/)
    assert.is(parseSxp("(name 'a b')").items[1]!.word, 'a b')
  })

  it('reads the list of xl', () => {
    const [dom0, pv1] = parseXlList(
      '[{"domid":0,"config":{"c_info":{"type":"pv","name":"Domain-0"},"b_info":{"max_memkb":1572864}}},' +
        '{"domid":1,"config":{"c_info":{"type":"pv","name":"pv1","uuid":"0164f04d"},"b_info":{"max_vcpus":1,"max_memkb":204800,"target_memkb":204800}}}]',
    )
    assert.is(dom0!.domid, 0)
    assert.equal([pv1!.name, pv1!.vcpus, pv1!.memory], ['pv1', 1, 209715200])
    assert.throws(() => parseXlList('{}'))
    const [hvm] = parseXlList(
      '[{"domid":2,"config":{"disks":[{"vdev":"hda"},{"vdev":"/dev/xvdb"}],"nics":[{"mac":"00:16:3E:01:02:03"}],"pcidevs":[{"dev":1,"bus":6}]}}]',
    )
    assert.equal([hvm!.disks, hvm!.macs, hvm!.pci], [['hda', 'xvdb'], ['00:16:3e:01:02:03'], ['0000:06:01.0']])
  })
})
