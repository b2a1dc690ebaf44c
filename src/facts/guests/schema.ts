import { bool, listOf, nullable, number, object, string } from '../schema.ts'

const owner = {
  guest: string('Name of the guest'),
  configFile: string('File that defines it; "" where it is only known as a running domain'),
}
const toolstack = string('"xl" or "xend" for Xen configuration files, "xend" for its own records, "libvirt"')
const type = string('pv, hvm, pvh (Xen), kvm, qemu (emulated), or what else libvirt calls it')
const count = (meaning: string) => number('count', meaning)

export const guestSchema = object(
  {
    name: string("Name; the file's where the definition has none"),
    named: bool('The definition has a name'),
    uuid: string('In small letters; "" where none is fixed'),
    toolstack,
    configFile: owner.configFile,
    running: bool('It runs now, in whatever state'),
    autostart: bool('It is started with the host'),
    type,
    typeGiven: bool('The type is written down; Xen takes pv where it is not'),
    memory: nullable(number('bytes', 'Memory at the start; none where it is not set')),
    maxmem: nullable(number('bytes', 'Most memory that it may get; none where it is not set')),
    vcpus: count('Virtual CPUs at the start'),
    maxvcpus: count('Most virtual CPUs'),
    kernel: string('Kernel that the host loads for it; "" without'),
    ramdisk: string('Its initial RAM disk'),
    bootloader: string('Program that fetches the kernel from its disk: pygrub …'),
    firmware: string('Firmware that it boots by, as written; "" for the default'),
    kernelMissing: bool('The kernel is named, and no such file is there'),
    ramdiskMissing: bool('The RAM disk is named, and no such file is there'),
    bootloaderMissing: bool('The boot loader is named by its path, and no such file is there'),
    emulatorMissing: bool('The emulator is named by its path, and no such file is there'),
    cmdline: string('Kernel command line that the host gives'),
    boot: string('Order of boot devices as written'),
    os: string(
      'libvirt: system that it was installed with, as libosinfo calls it: http://microsoft.com/win/10; "" where not noted',
    ),
    arch: string('Architecture as libvirt has it; "" in Xen files'),
    machine: string('Machine type: pc-q35-7.2 …'),
    emulator: string('Device model or emulator'),
    onPoweroff: string('on_poweroff; "" where not set'),
    onReboot: string('on_reboot; "" where not set'),
    onCrash: string('on_crash; "" where not set'),
    clock: string('libvirt: clock offset; Xen: rtc_timeoffset'),
    localtime: bool('Its hardware clock shows local time'),
    usb: bool('Xen: emulated USB is switched on'),
    usbTablet: bool('It has a tablet for a pointer'),
    usbSwitch: bool('Xen: usb=1 is written'),
    usbDevices: count('Xen: entries of usbdevice='),
    gfxPassthru: bool('Xen: gfx_passthru is on'),
    acpi: nullable(bool('It has ACPI; none where the definition leaves it to the toolstack')),
    apic: nullable(bool('It has an APIC; none as above')),
    pciBridges: bool('libvirt: it has more PCI buses than one'),
    nvram: string('libvirt: file that keeps the settings of its firmware; "" where none is named'),
    nvramTemplate: string('libvirt: file that this one is first copied from; "" for the default'),
    hugePages: bool('libvirt: it takes its memory from huge pages'),
    hugePageSize: nullable(number('bytes', 'libvirt: size of these pages; none for the default of the host')),
    launchSecurity: string('libvirt: sev, sev-snp, tdx …: the processor encrypts its memory; "" without'),
    nomigrate: bool('Xen: nomigrate=1'),
    vnuma: bool('Xen: it is shown NUMA nodes (vnuma=)'),
    nestedHvm: bool('Xen: it may run guests of its own (nestedhvm=1)'),
    pciSlotsFree: nullable(
      number('count', 'libvirt: places left on the only PCI bus of a machine "pc"; none for all others'),
    ),
    pae: bool('HVM: it has PAE, without which there is no 64-bit mode; libvirt gives it where <pae/> is written'),
    ideDisks: count('Disks and CD-ROM drives on emulated IDE'),
    scsiDisks: count('Disks on emulated SCSI, or sd* names in Xen'),
    virtioDisks: count('Disks on virtio'),
    xenDisks: count('Disks with xvd names'),
    nics: count('Network interfaces'),
    devices: count('Disks, network interfaces and devices of the host'),
    passedThrough: count('PCI devices of the host that it gets'),
  },
  'One guest',
)

export const diskSchema = object(
  {
    ...owner,
    guestType: type,
    toolstack,
    target: string('Name in the guest: vda, xvda, hda'),
    bus: string('ide, scsi, sata, virtio, xen, usb, fdc: as told, else what the name of the target means'),
    prefix: string('Old Xen files: phy, file, tap:aio …; "" without'),
    format: string('raw, qcow2 …; "" where not told'),
    path: string('File or device on the host; "" for empty drives and network disks'),
    type: string('file, block, network, volume, dir'),
    device: string('disk, cdrom, floppy, lun'),
    readonly: bool('The guest may only read it'),
    optional: bool('libvirt starts the guest without it where it is missing (startupPolicy)'),
    transient: bool('libvirt throws away what the guest writes to it (<transient/>)'),
    shareable: bool('Marked as shared: <shareable/>, or mode w!'),
    cache: string('libvirt: mode of the cache; "" for the default'),
    script: string('Xen: block script; "" without'),
    backendtype: string('Xen: phy, tap, qdisk; libvirt: name of the driver'),
    clashes: string('HVM: other disk that wants the same place, as hda and xvda do; "" without'),
    missing: bool('The path is named, and nothing is there'),
    label: string(
      'SELinux type of what is there, where SELinux is that of RHEL 5 and 6: xen_image_t; "" where the path is not there',
    ),
    size: nullable(number('bytes', 'Size of the image file; none for devices and where there is no path')),
    allocated: nullable(number('bytes', 'Space that the image file takes up; none as above')),
  },
  'One disk of a guest',
)

export const interfaceSchema = object(
  {
    ...owner,
    guestType: type,
    name: string('Name of its device on the host where it is fixed, else vif0, vif1 … in the order of the definition'),
    type: string('bridge, network, hostdev, direct, user …; Xen: bridge'),
    nicType: string('Xen: ioemu or vif as written; "" without'),
    bridge: string('Bridge that it is plugged into; "" where none is named'),
    network: string('libvirt network; "" where none is named'),
    model: string('Model of the emulated card: virtio, e1000, rtl8139; "" for the default'),
    mac: string('In small letters; "" where none is fixed'),
    script: string('Hotplug script; "" for the default'),
    virtualport: string('libvirt: 802.1Qbh, 802.1Qbg, openvswitch …; "" without'),
    macProblem: string('Why no guest can use this MAC address; "" where it is sound'),
    macExample: bool('The MAC address stands in manuals, and was copied'),
  },
  'One network interface of a guest',
)

export const hostdevSchema = object(
  {
    ...owner,
    guestType: type,
    address: string('PCI address, "0000:03:00.0"; "" for USB devices and such'),
    written: string('The address as the definition has it'),
    managed: bool('The toolstack takes the device from the host by itself'),
    permissive: bool('Xen: the guest may write all of the configuration space'),
    driver: string('libvirt: vfio, kvm, xen; "" for the default'),
    sourceKind: string('pci, usb, mdev, scsi; "interface" for <interface type="hostdev">'),
    usbId: string('USB: vendor and product, "046d:c077"; "" where it is not told so'),
    usbAddress: string('USB: bus and device, "2.3"; "" where it is not told so'),
    optional: bool('libvirt starts the guest without it where it is missing (startupPolicy)'),
    standby: bool('libvirt: QEMU unplugs it for a migration (<teaming type="transient">)'),
  },
  'One device of the host that a guest gets',
)

export const peripheralSchema = object(
  {
    ...owner,
    kind: string('Name of the element: filesystem, tpm, shmem, memory, rng'),
    type: string('filesystem: virtiofs, path (9p) …; tpm: emulator, passthrough; rng: random, egd, builtin'),
    model: string('memory: dimm, nvdimm, virtio-pmem …; shmem: ivshmem-plain; tpm: tpm-crb'),
    source: string('File, folder, device or name on the host; "" without'),
    role: string('shmem: master or peer; "" where it is not told'),
  },
  'One device of a libvirt guest that ties it to its host',
)

export const consoleSchema = object(
  {
    ...owner,
    kind: string('serial or console'),
    type: string('pty, file, tcp …'),
    source: string('File, device or socket on the host, or HOST:PORT; "" without'),
    target: string('libvirt: isa-serial, virtio, xen …; "" where it is left to the toolstack'),
    listens: bool('QEMU waits at the socket for somebody to connect'),
    telnet: bool('The socket speaks telnet'),
    log: string('libvirt: file that virtlogd or QEMU writes beside it; "" without'),
  },
  'One serial port or console of a guest',
)

export const graphicsSchema = object(
  {
    ...owner,
    type: string('vnc, spice, sdl; "vnc socket" where it listens on a UNIX socket'),
    listen: string('Address; "" for the default of the toolstack'),
    port: nullable(number('port', 'Fixed port; none where it is chosen')),
    password: bool('A password is set'),
  },
  'One graphical console of a guest',
)

export const pinSchema = object(
  {
    ...owner,
    what: string('all, "vcpu 0", emulator'),
    written: string('0-3,^2'),
    cpus: listOf(number('number', 'One processor'), 'The processors that it names'),
  },
  'One part of a guest that may only run on some processors',
)

export const numaSchema = object(
  {
    ...owner,
    mode: string('strict, preferred, interleave …'),
    nodes: listOf(number('number', 'One node'), 'The nodes'),
    memory: nullable(number('bytes', 'Most memory that the guest may get; none where it is not set')),
  },
  'Memory of a guest that may come from some NUMA nodes only',
)

export const malformedSchema = object(
  {
    ...owner,
    key: string('disk, vif, vfb, pci, hostdev; or the name of the setting'),
    kind: string('entry (one of a list), value (of the wrong kind), together (settings that do not go together)'),
    entry: string('The entry as written, without passwords'),
    problem: string('What is wrong with it'),
  },
  'One entry that the toolstack will not take',
)

export const unknownKeySchema = object(
  {
    ...owner,
    toolstack,
    key: string('Name of the setting'),
    value: string('Its value, without passwords'),
    nearest: nullable(string('Valid name that it resembles; none where it resembles none')),
    xmOnly: bool('xm knew it, and xl does not'),
  },
  'One setting of a Xen configuration file that xl does not know',
)

export const usbControllerSchema = object(
  {
    ...owner,
    guestType: type,
    number: count('As usbdev= counts them, from 0'),
    type: string('auto, pv, qusb, devicemodel; auto where it is not written'),
    emulated: bool('The device model emulates it'),
    version: count('1, 2 or 3'),
    ports: count('Its ports, counted from 1'),
  },
  'One entry of usbctrl= of a Xen guest',
)

export const newSettingSchema = object(
  { ...owner, key: string('Name of the setting'), since: string('Release of Xen that brought it: "4.7"') },
  'One setting that older releases of Xen overlook',
)

export const ignoredSchema = object(
  {
    ...owner,
    element: string('<vcpus>'),
    inside: string('The element around it: <domain>'),
    meant: string('What was probably meant, or where it belongs'),
  },
  'One element that libvirt reads over',
)

export const differenceSchema = object(
  {
    ...owner,
    setting: string('maxmem, vcpus, type, disk, vif or pci'),
    file: string('What the file says'),
    running: string('What the running guest has'),
  },
  'One setting in which a running guest differs from its file',
)

export const syntaxErrorSchema = object(
  {
    file: string('The file'),
    line: number('line', 'Line in it'),
    message: string('What is wrong'),
    python: bool('It is Python, which xm runs and xl does not know'),
    toolstack,
  },
  'One place where a definition cannot be read',
)

export const brokenLinkSchema = object({ file: string('The link'), target: string('Where it leads') }, 'One link')

/** Two guests that have something that only one may have. */
export const pairSchema = (value: string) =>
  object(
    {
      value: string(value),
      guest: string('The one guest'),
      other: string('The other guest'),
      configFile: string('File of the one'),
      otherFile: string('File of the other'),
      active: bool('Each of the two runs or is started with the host'),
    },
    'Two guests with the same',
  )
