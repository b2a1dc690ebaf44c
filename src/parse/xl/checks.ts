import { whole } from '../guest/guest.ts'
import type { XlConfig } from './config.ts'

/** One setting, or two that do not go together, as the toolstack sees it. */
export interface XlMistake {
  readonly key: string
  readonly kind: 'value' | 'entry' | 'together'
  readonly entry: string
  readonly problem: string
  readonly line: number
}

/** Settings whose value is a number in every release; switches are 0 and 1. */
const NUMBERS =
  'memory maxmem shadow_memory vcpus maxvcpus cpu_weight cap localtime usb acpi apic pae hpet vnc vncunused vncdisplay sdl ' +
  'opengl spice stdvga videoram nographic hap nestedhvm nomigrate pci_msitranslate pci_power_mgmt pci_permissive pci_seize ' +
  'max_grant_frames max_maptrack_frames max_event_channels spiceport spicetls_port usbversion e820_host driver_domain acpi_s3 ' +
  'acpi_s4 nx xen_platform_pci vpmu dm_restrict rtc_timeoffset period slice latency extratime spicedisable_ticketing ' +
  'spiceagent_mouse spicevdagent oos'
/** One text each. */
const TEXTS =
  'name uuid type builder kernel ramdisk cmdline root extra bootloader boot bios vga pool on_poweroff on_reboot on_crash ' +
  'vnclisten vncpasswd device_model_version device_model_override keymap soundhw seclabel display xauthority firmware device_tree ' +
  'hdtype vendor_device spicehost spicepasswd'
/** Always in [ ], also where it is only one. `serial`, `usbdevice`, `cpus`, `cpuid` and `viridian` take both. */
const ENTRIES = 'disk vif pci vfb'
const LISTS = 'ioports irqs iomem dtdev channel vtpm usbctrl usbdev p9 vdispl vkb pvcalls virtio'

/** Of such a setting xl and xm only complain, and it has no effect: `memory = "512MB"`, `disk = "phy:…"`, `name = [ "a" ]`. */
export function xlMistakes({ settings }: XlConfig): XlMistake[] {
  const wrong = (keys: string, kind: XlMistake['kind'], problem: (text: string | null) => string): XlMistake[] =>
    keys.split(' ').flatMap((key) => {
      const value = settings.get(key)
      if (value === undefined) return []
      const text = value.kind === 'list' ? null : value.text
      const told = problem(text)
      return told === ''
        ? []
        : [{ key, kind, entry: `${key} = ${text ?? '[…]'}`, problem: `${key} ${told}`, line: value.line }]
    })
  return [
    ...wrong(NUMBERS, 'value', (text) => (text !== null && whole(text, null) !== null ? '' : 'takes a number')),
    ...wrong(TEXTS, 'value', (text) => (text === null ? 'takes one text, not a list' : '')),
    ...wrong(ENTRIES, 'entry', noList),
    ...wrong(LISTS, 'value', noList),
    ...together({ settings } as XlConfig),
  ]
}

const noList = (text: string | null): string => (text === null || text === '' ? '' : 'takes a list in [ ], not a text')

function together({ settings }: XlConfig): XlMistake[] {
  const text = (key: string): string => {
    const value = settings.get(key)
    return value === undefined || value.kind === 'list' ? '' : value.text
  }
  const found: XlMistake[] = []
  const [vcpus, most] = [whole(text('vcpus'), 1), whole<number | null>(text('maxvcpus'), null)]
  if (most !== null && most > 0 && most < vcpus) {
    const entry = `vcpus = ${vcpus}, maxvcpus = ${most}`
    const { line } = settings.get('maxvcpus')!
    found.push({ key: 'maxvcpus', kind: 'together', entry, problem: 'maxvcpus is less than vcpus', line })
  }
  const [root, server] = [text('nfs_root'), text('nfs_server')]
  if ((root === '') !== (server === '')) {
    const [key, other] = server === '' ? ['nfs_root', 'nfs_server'] : ['nfs_server', 'nfs_root']
    const { line } = settings.get(key)!
    const problem = `${key} is set, ${other} is not`
    found.push({ key: 'nfs_root', kind: 'together', entry: `${key} = ${text(key)}`, problem, line })
  }
  return found
}
