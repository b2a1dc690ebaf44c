import { locate } from '../../evidence/locate.ts'
import { at, type Guest, type NewSetting, type UnknownKey } from '../guest/guest.ts'
import { nearest } from '../nearest.ts'
import type { XlValue } from './config.ts'

/** Settings that xl reads, of any release, as xl.cfg(5) and its parser have them. */
const XL =
  'acpi acpi_firmware acpi_laptop_slate acpi_s3 acpi_s4 altp2m altp2m_count altp2mhvm apic arm_sci bios bios_path_override boot ' +
  'bootloader bootloader_args bootloader_restrict bootloader_user builder cap channel claim_mode cmdline cpu_weight cpuid cpus ' +
  'cpus_soft device_model device_model_args device_model_args_hvm device_model_args_pv device_model_override ' +
  'device_model_stubdomain_override device_model_stubdomain_seclabel device_model_user device_model_version device_tree disk ' +
  'display dm_restrict driver_domain dtdev e820_host extra extratime firmware firmware_override gfx_passthru gic_version hap ' +
  'hdtype hpet hvm_pirq init_seclabel iomem ioports irqs kernel keymap latency llc_colors localtime max_event_channels ' +
  'max_grant_frames max_grant_version max_maptrack_frames maxmem maxvcpus mca_caps memory mmio_hole ms_vm_genid msr_relaxed ' +
  'name nestedhvm nographic nomigrate nr_spis nx on_crash on_poweroff on_reboot on_soft_reset on_watchdog oos opengl p9 pae ' +
  'passthrough pci pci_msitranslate pci_permissive pci_power_mgmt pci_seize period pool pvcalls pvh pvshim pvshim_cmdline ' +
  'pvshim_extra pvshim_path ramdisk rdm rdm_mem_boundary rdm_reserve reserve root rtc_timeoffset sched sdl seclabel serial ' +
  'shadow_memory slice smbios smbios_firmware soundhw spice spice_clipboard_sharing spice_image_compression ' +
  'spice_streaming_video spiceagent_mouse spicedisable_ticketing spicehost spicepasswd spiceport spicetls_port ' +
  'spiceusbredirection spicevdagent stdvga stubdomain_cmdline stubdomain_kernel stubdomain_memory stubdomain_ramdisk sve tee ' +
  'timer_mode trap_unmapped_accesses tsc_mode type usb usbctrl usbdev usbdevice usbversion uuid vcpus vdispl vendor_device vfb ' +
  'vga videoram vif vif2 viridian virtio vkb vkb_device vmtrace_buf_kb vnc vncdisplay vnclisten vncpasswd vncunused vncviewer ' +
  'vnuma vpmu vpt_align vscsi vsnd vtpm vuart xauthority xen_platform_pci xen_platform_pci_bar_uc xend_suspend_evtchn_compat ' +
  'xenstore_feature_mask xenstore_quota'

/** And what only xm read. */
const XM =
  'access_control address blkif bootargs bootentry cpu cpu_cap cpuid_check description dhcp fda fdb features gateway guest_os_type ' +
  'hostname hostpci interface ip irq isa loader machine_address_size memory_sharing monitor nested_hvm netif netmask nfs_root ' +
  'nfs_server nics on_xend_start on_xend_stop platform restart s3_integrity security superpages suppress_spurious_page_faults ' +
  'target timer tpmif vcpu_avail vhpt vncconsole vnctls vncx509 vncx509verify vslots vusb xen_extended_power_mgmt'

/** Of these, what changes the guest where xm reads it; the rest only describes it, or went into its kernel command line. */
const XM_ONLY: ReadonlySet<string> = new Set(
  'bootentry cpu cpu_cap fda fdb features hostpci irq loader nics on_xend_start on_xend_stop restart vcpu_avail vslots vusb'.split(
    ' ',
  ),
)

const XL_KEYS: ReadonlySet<string> = new Set(`${XL} ${XM}`.split(' '))

const XL_OWN: ReadonlySet<string> = new Set(XL.split(' '))
/** More than these make another name, as OVM_description of Oracle VM. */
const MOST_SLIPS = 2

/** The setting of xl that was probably meant. Short names are near to everything, and `disk2` is a disk that somebody has put aside; so is a word beside the setting itself. */
export function meantKey(key: string, beside: ReadonlyMap<string, unknown>): string | null {
  if (key.length < 4 || XL_OWN.has(key.replace(/_?\d+$/, ''))) return null
  const meant = nearest(key, XL_OWN, MOST_SLIPS)
  return meant !== null && beside.has(meant) ? null : meant
}

type Settings = ReadonlyMap<string, XlValue>
type Owner = { readonly guest: string; readonly configFile: string }

/** Settings that xl does not know, each with the one that was probably meant. Lists and passwords are not shown. */
export const unknownKeys = (settings: Settings, owner: Owner, toolstack: Guest['toolstack']): UnknownKey[] =>
  [...settings]
    .filter(([key]) => !XL_KEYS.has(key) || XM_ONLY.has(key))
    .map(([key, { line, ...value }]) => {
      const xmOnly = XM_ONLY.has(key)
      const shown = value.kind === 'list' || /pas/.test(key) ? '…' : value.text
      const nearest = xmOnly ? null : meantKey(key, settings)
      return locate({ ...owner, toolstack, key, value: shown, nearest, xmOnly }, at(owner.configFile, line))
    })

/** The release of Xen that brought a setting: older ones overlook it. */
const SINCE: Readonly<Record<string, string>> = { type: '4.10', usbctrl: '4.7', usbdev: '4.7', gfx_passthru: '4.0' }

export const newSettings = (settings: Settings, owner: Owner, used: (key: string) => boolean): NewSetting[] =>
  Object.entries(SINCE).flatMap(([key, since]) => {
    const value = settings.get(key)
    return value && used(key) ? [locate({ ...owner, key, since }, at(owner.configFile, value.line))] : []
  })
