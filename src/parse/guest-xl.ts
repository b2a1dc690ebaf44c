import { locate } from '../evidence/locate.ts'
import type { Source } from '../types.ts'
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
import { parseXlPci } from './pci-address.ts'
import type { XlConfig, XlValue } from './xl-config.ts'
import { LOCAL_PREFIX, parseXlDisk } from './xl-disk.ts'
import { meantKey, XL_KEYS, XM_ONLY } from './xl-keys.ts'
import { parseVfb, parseVif } from './xl-vif.ts'

/** Settings whose value is a number in every release; switches are 0 and 1. */
const NUMBERS =
  'memory maxmem shadow_memory vcpus maxvcpus cpu_weight cap localtime usb acpi apic pae hpet vnc vncunused vncdisplay sdl opengl spice stdvga videoram nographic'.split(
    ' ',
  )

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
    this.#checkNumbers()
    const disks = this.#disks()
    const interfaces = this.#interfaces()
    const hostdevs = this.#hostdevs()
    const graphics = this.#graphics()
    const consoles = this.#list('serial').map(({ text, line }) =>
      locate({ ...item, kind: 'serial', type: text, source: '' }, at(this.#path, line)),
    )
    const unknownKeys = [...this.#config.settings]
      .filter(([key]) => !XL_KEYS.has(key) || XM_ONLY.has(key))
      .map(([key, value]) => {
        const xmOnly = XM_ONLY.has(key)
        const shown = value.kind === 'list' || /pas/.test(key) ? '…' : value.text
        const known = {
          ...item,
          toolstack: this.#toolstack,
          key,
          value: shown,
          nearest: xmOnly ? null : meantKey(key, this.#config.settings),
          xmOnly,
        }
        return locate(known, at(this.#path, value.line))
      })
    return {
      guest: this.#guest,
      disks,
      interfaces,
      hostdevs,
      consoles,
      graphics,
      malformed: this.#malformed,
      unknownKeys,
    }
  }

  #text(key: string): string {
    const value = this.#config.settings.get(key)
    return value === undefined || value.kind === 'list' ? '' : value.text
  }

  #on(key: string): boolean {
    return /^([1-9]\d*|true|True|yes|on)$/.test(this.#text(key))
  }

  /** The entries of a list; a plain text is a list of one. */
  #list(key: string): { text: string; line: number }[] {
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
      cpuMode: '',
      onPoweroff: text('on_poweroff'),
      onReboot: text('on_reboot'),
      onCrash: text('on_crash'),
      clock: text('rtc_timeoffset'),
      localtime: this.#on('localtime'),
      usb: this.#on('usb') || this.#list('usbdevice').length > 0,
      usbTablet: this.#list('usbdevice').some((device) => device.text === 'tablet'),
      gfxPassthru: !['', '0', 'none'].includes(text('gfx_passthru')),
      pciBridges: false,
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

  /** xl and xm take `memory="512"`; of "512MB" and "yes" they only complain, and the setting has no effect. */
  #checkNumbers(): void {
    for (const key of NUMBERS) {
      const value = this.#config.settings.get(key)
      if (value === undefined) continue
      const text = value.kind === 'list' ? '[…]' : value.text
      if (whole(text, null) === null) this.#bad(key, `${key} = ${text}`, `${key} takes a number`, value.line)
    }
  }

  #bad(key: string, entry: string, problem: string, line: number): void {
    const shown = entry.replace(/pass(w(or)?d)?=[^,]*/gi, 'passwd=…')
    const item = { guest: this.#guest.name, configFile: this.#path, key, entry: shown, problem }
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
      }
      return locate(item, at(this.#path, line))
    })
  }

  #graphics(): GuestGraphics[] {
    const item = { guest: this.#guest.name, configFile: this.#path }
    const own = (['vnc', 'spice'] as const)
      .filter((type) => this.#on(type))
      .map((type) => {
        const line = this.#config.settings.get(type)!.line
        const listen = type === 'vnc' ? this.#text('vnclisten') : this.#text('spicehost')
        const password = (type === 'vnc' ? this.#text('vncpasswd') : this.#text('spicepasswd')) !== ''
        return locate({ ...item, type, listen: hostOf(listen), port: null, password }, at(this.#path, line))
      })
    const buffers = this.#list('vfb').flatMap(({ text, line }) => {
      const { values, problem } = parseVfb(text)
      if (problem !== '') this.#bad('vfb', text, problem, line)
      if (
        values['vnc'] === '0' ||
        (values['type'] ?? 'vnc') !== 'vnc' ||
        (values['vnc'] === undefined && !values['type'])
      )
        return []
      const listen = hostOf(values['vnclisten'] ?? '')
      return [
        locate({ ...item, type: 'vnc', listen, port: null, password: !!values['vncpasswd'] }, at(this.#path, line)),
      ]
    })
    return [...own, ...buffers]
  }
}

/** `0.0.0.0:1` names a display too. */
const hostOf = (listen: string): string => listen.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
