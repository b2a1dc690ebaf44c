import { locate } from '../../evidence/locate.ts'
import type { Source } from '../../types.ts'
import {
  at,
  baseName,
  busOfTarget,
  type Definition,
  type Guest,
  type GuestDisk,
  type GuestGraphics,
  type GuestHostdev,
  type GuestInterface,
  type Malformed,
  whole,
} from './guest.ts'
import { consoleOfXl } from './console.ts'
import { movingOfXl } from './moving.ts'
import { cpuOfXl } from './cpu.ts'
import { xlPins } from '../cpu-pins.ts'
import { parseXlPci } from '../pci-address.ts'
import type { XlConfig, XlValue } from '../xl/config.ts'
import { LOCAL_PREFIX, parseXlDisk } from '../xl/disk.ts'
import { xlMistakes } from '../xl/checks.ts'
import { readXlGraphics, type XlEntry } from '../xl/graphics.ts'
import { newSettings, unknownKeys } from '../xl/keys.ts'
import { readXlUsb } from '../xl/usb.ts'
import { parseVif } from '../xl/vif.ts'

const MEBIBYTE = 2 ** 20

/** Whether the settings are a guest's, not those of another file in the same folder. */
export function isGuestConfig({ settings }: XlConfig): boolean {
  const telling = ['name', 'memory', 'kernel', 'builder', 'type', 'disk', 'vif', 'bootloader', 'vcpus']
  return telling.filter((key) => settings.has(key)).length >= 2
}

/** A file for xl or xm: `name = "web1"`, `memory = 512`, `disk = [ … ]` … */
export function guestOfXl(config: XlConfig, path: string, toolstack: Guest['toolstack']): Definition {
  return new XlFile(config, path, toolstack).definition()
}

class XlFile {
  readonly #config: XlConfig
  readonly #path: string
  readonly #toolstack: Guest['toolstack']
  readonly #guest: Guest
  readonly #malformed: Malformed[] = []

  constructor(config: XlConfig, path: string, toolstack: Guest['toolstack']) {
    this.#config = config
    this.#path = path
    this.#toolstack = toolstack
    this.#guest = this.#readGuest()
  }

  definition(): Definition {
    const item = { guest: this.#guest.name, configFile: this.#path }
    for (const { key, kind, entry, problem, line } of xlMistakes(this.#config))
      this.#bad(key, entry, problem, line, kind)
    const disks = this.#disks()
    const interfaces = this.#interfaces()
    const hostdevs = this.#hostdevs()
    const graphics = this.#graphics()
    const usb = this.#usb()
    const consoles = this.#list('serial').map(({ text, line }) => locate(consoleOfXl(text, item), at(this.#path, line)))
    return {
      guest: this.#guest,
      disks,
      interfaces,
      hostdevs: [...hostdevs, ...usb.hostdevs],
      consoles,
      graphics,
      cpus: [cpuOfXl(this.#config.settings, item)],
      pins: xlPins(this.#config.settings.get('cpus')).map(({ line, ...pin }) =>
        locate({ ...item, ...pin }, at(this.#path, line)),
      ),
      numa: [],
      malformed: this.#malformed,
      unknownKeys: unknownKeys(this.#config.settings, item, this.#toolstack),
      usbControllers: usb.controllers,
      newSettings: newSettings(this.#config.settings, item, (key) => this.#matters(key)),
      ignored: [],
      peripherals: [],
    }
  }

  #text(key: string): string {
    const value = this.#config.settings.get(key)
    return value === undefined || value.kind === 'list' ? '' : value.text
  }

  #on(key: string): boolean {
    return /^([1-9]\d*|true|True|yes|on)$/.test(this.#text(key))
  }

  /** Null where it is not set, or is no number. */
  #switch(key: string): boolean | null {
    const number = whole<number | null>(this.#text(key), null)
    return number === null ? null : number !== 0
  }

  /** The entries of a list; a plain text is a list of one. */
  #list(key: string): XlEntry[] {
    const value = this.#config.settings.get(key)
    if (value === undefined) return []
    const items: readonly XlValue[] = value.kind === 'list' ? value.items : [value]
    return items.flatMap((item) => (item.kind === 'list' ? [] : [{ text: item.text, line: item.line }]))
  }

  #readGuest(): Guest {
    const text = (key: string): string => this.#text(key)
    const { type, typeGiven } = this.#type()
    const memory = whole<number | null>(text('memory'), null)
    const maxmem = whole<number | null>(text('maxmem'), null)
    const vcpus = whole(text('vcpus'), 1)
    const root = text('root')
    const vcpusMost = whole(text('maxvcpus'), vcpus)
    const guest: Guest = {
      name: text('name') || baseName(this.#path).replace(/\.cfg$/, ''),
      named: text('name') !== '',
      uuid: text('uuid').toLowerCase(),
      toolstack: this.#toolstack,
      configFile: this.#path,
      type,
      typeGiven,
      memory: memory === null ? null : memory * MEBIBYTE,
      maxmem: maxmem === null ? null : maxmem * MEBIBYTE,
      vcpus,
      maxvcpus: Math.max(vcpus, vcpusMost),
      kernel: text('kernel'),
      ramdisk: text('ramdisk'),
      bootloader: text('bootloader'),
      firmware: text('firmware'),
      cmdline: text('cmdline') || `${root === '' ? '' : `root=${root} `}${text('extra')}`.trim(),
      boot: text('boot'),
      os: '',
      arch: '',
      machine: '',
      emulator: text('device_model_override') || text('device_model'),
      onPoweroff: text('on_poweroff'),
      onReboot: text('on_reboot'),
      onCrash: text('on_crash'),
      clock: text('rtc_timeoffset'),
      localtime: this.#on('localtime'),
      usb: this.#on('usb') || this.#list('usbdevice').length > 0,
      usbTablet: this.#list('usbdevice').some((device) => device.text === 'tablet'),
      usbSwitch: this.#on('usb'),
      usbDevices: this.#list('usbdevice').length,
      gfxPassthru: !['', '0', 'none'].includes(text('gfx_passthru')),
      acpi: this.#switch('acpi'),
      apic: this.#switch('apic'),
      pciBridges: false,
      pciSlotsFree: null,
      ...movingOfXl(
        (key) => this.#on(key),
        (key) => this.#config.settings.has(key),
      ),
      pae: text('pae') !== '0',
    }
    return locate(guest, { ask: this.#path, path: this.#path }, this.#lines())
  }

  /** Where each setting stands, under the name of the guest's field. */
  #lines(): Record<string, Source> {
    const names: Record<string, string> = {
      on_poweroff: 'onPoweroff',
      on_reboot: 'onReboot',
      on_crash: 'onCrash',
      builder: 'type',
      extra: 'cmdline',
      usbdevice: 'usb',
      gfx_passthru: 'gfxPassthru',
    }
    const found = [...this.#config.settings].map(
      ([key, { line }]) => [names[key] ?? key, at(this.#path, line)] as const,
    )
    return Object.fromEntries(found)
  }

  /** `type` since Xen 4.10, `builder` before; without either a guest is para-virtualized. */
  #type(): { type: string; typeGiven: boolean } {
    const type = this.#text('type')
    const builder = this.#text('builder')
    if (type !== '') return { type, typeGiven: true }
    if (builder !== '') return { type: builder === 'hvm' ? 'hvm' : this.#on('pvh') ? 'pvh' : 'pv', typeGiven: true }
    return { type: this.#on('pvh') ? 'pvh' : 'pv', typeGiven: false }
  }

  #bad(key: string, entry: string, problem: string, line: number, kind: Malformed['kind'] = 'entry'): void {
    const shown = entry.replace(/pass(w(or)?d)?=[^,]*/gi, 'passwd=…')
    const item = { guest: this.#guest.name, configFile: this.#path, key, kind, entry: shown, problem }
    this.#malformed.push(locate(item, at(this.#path, line)))
  }

  #disks(): GuestDisk[] {
    return this.#list('disk').flatMap(({ text, line }) => {
      const disk = parseXlDisk(text)
      if (disk.problem !== '') {
        this.#bad('disk', text, disk.problem, line)
        return []
      }
      const physical = /(^|:)phy$/.test(disk.prefix)
      const path = physical && disk.path !== '' && !disk.path.startsWith('/') ? `/dev/${disk.path}` : disk.path
      const remote = disk.script !== '' || disk.backend !== '' || !LOCAL_PREFIX.test(disk.prefix)
      const item: GuestDisk = {
        guest: this.#guest.name,
        configFile: this.#path,
        guestType: this.#guest.type,
        toolstack: this.#toolstack,
        target: disk.vdev,
        bus: busOfTarget(disk.vdev),
        prefix: disk.prefix,
        format: disk.format,
        path,
        type: remote ? 'network' : physical || path.startsWith('/dev/') ? 'block' : 'file',
        device: disk.cdrom ? 'cdrom' : 'disk',
        readonly: disk.cdrom || /^ro?$/.test(disk.access),
        optional: false,
        transient: false,
        shareable: disk.access.endsWith('!'),
        cache: '',
        script: disk.script,
        backendtype: disk.backendtype,
      }
      return [locate(item, at(this.#path, line))]
    })
  }

  #interfaces(): GuestInterface[] {
    return this.#list('vif').map(({ text, line }, index) => {
      const { values, problem } = parseVif(text)
      if (problem !== '') this.#bad('vif', text, problem, line)
      const item: GuestInterface = {
        guest: this.#guest.name,
        configFile: this.#path,
        guestType: this.#guest.type,
        name: `vif${index}`,
        type: 'bridge',
        nicType: values['type'] ?? '',
        bridge: values['bridge'] ?? '',
        network: '',
        model: values['model'] ?? '',
        mac: (values['mac'] ?? '').toLowerCase(),
        script: values['script'] ?? '',
        virtualport: '',
      }
      return locate(item, at(this.#path, line))
    })
  }

  #hostdevs(): GuestHostdev[] {
    return this.#list('pci').map(({ text, line }) => {
      const { address, problem } = parseXlPci(text)
      if (problem !== '') this.#bad('pci', text, problem, line)
      const item: GuestHostdev = {
        guest: this.#guest.name,
        configFile: this.#path,
        guestType: this.#guest.type,
        address,
        written: text,
        managed: /seize=1/.test(text) || this.#on('pci_seize'),
        permissive: /permissive=1/.test(text) || (this.#on('pci_permissive') && !/permissive=0/.test(text)),
        driver: '',
        sourceKind: 'pci',
        usbId: '',
        usbAddress: '',
        optional: false,
        standby: false,
      }
      return locate(item, at(this.#path, line))
    })
  }

  /** Where a release that overlooks the setting makes another guest of it: without a type it takes pv. */
  #matters(key: string): boolean {
    if (key === 'gfx_passthru') return this.#guest.gfxPassthru
    return key !== 'type' || (this.#guest.type !== 'pv' && this.#text('builder') === '')
  }

  #usb() {
    const { name: guest, type: guestType } = this.#guest
    const [usbctrl, usbdev, usbdevice] = ['usbctrl', 'usbdev', 'usbdevice'].map((key) => this.#list(key)) as Lists
    const usb = readXlUsb({ guest, configFile: this.#path, guestType, usbctrl, usbdev, usbdevice })
    for (const { key, text, problem, line } of usb.problems) this.#bad(key, text, problem, line)
    return usb
  }

  #graphics(): GuestGraphics[] {
    const { graphics, problems } = readXlGraphics({
      ...{ guest: this.#guest.name, configFile: this.#path },
      ...{ text: (key) => this.#text(key), on: (key) => this.#on(key), list: (key) => this.#list(key) },
      line: (key) => this.#config.settings.get(key)?.line ?? 1,
    })
    for (const { text, problem, line } of problems) this.#bad('vfb', text, problem, line)
    return graphics
  }
}

type Lists = [XlEntry[], XlEntry[], XlEntry[]]
