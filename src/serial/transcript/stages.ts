import type { LogLine } from '../../parse/log-line.ts'

/** What a machine goes through, in its order. A Xen guest begins with the kernel, dom0 with Xen or before. */
export const STAGES = [
  'firmware',
  'boot loader',
  'xen',
  'kernel',
  'initramfs',
  'root mounted',
  'init',
  'login',
  'shutdown',
  'off',
] as const
export type Stage = (typeof STAGES)[number]

export const rankOf = (stage: Stage): number => STAGES.indexOf(stage)

interface Marker {
  readonly stage: Stage
  readonly match: RegExp
}

/**
 * The lines by which a stage is known, without prefixes. Each was taken from the program that prints it or from a recorded boot; the
 * first that matches counts.
 */
const MARKERS: readonly Marker[] = [
  // SeaBIOS (version 1.16.2-debian-1.16.2-1) · UEFI firmware (version … built at …) · BdsDxe: loading Boot0001 …
  {
    stage: 'firmware',
    match:
      /^(?:SeaBIOS \(version|UEFI firmware \(version|BdsDxe: (?:loading|starting) Boot|SecCoreStartupWithStack\(|iPXE \d|iPXE initialising devices|Phoenix\w* |American Megatrends|AMIBIOS|coreboot-\d)/,
  },
  // GRUB loading. · Welcome to GRUB! · GNU GRUB  version 2.06 · Booting `Debian GNU/Linux' · BTX loader 1.00 · U-Boot 2022.01
  {
    stage: 'boot loader',
    match:
      /^(?:GRUB [Ll]oading|Welcome to GRUB!| *GNU GRUB  version|  Booting [`'].*'|(?:SYSLINUX|ISOLINUX|PXELINUX|EXTLINUX) \d|ELILO\b|LILO\b|BTX loader \d|FreeBSD\/\S+ (?:bootstrap|EFI) loader|U-Boot \d{4}\.|pyGRUB  version|grub(?: rescue)?> ?)/,
  },
  // (XEN) Xen version 4.17.7 (Debian …) · Xen 4.17.7 · (XEN) Command line: console=com1
  { stage: 'xen', match: /^(?: ?Xen version \d+\.\d+| *Xen \d+\.\d+[\w.-]*$)/ },
  { stage: 'kernel', match: /^(?:Linux version \d|Copyright \(c\) [\d-]+ The FreeBSD Project)/ },
  {
    stage: 'initramfs',
    match:
      /^(?:Run \/init as init process|Loading, please wait\.\.\.|Begin: |dracut[:-]|dracut-\S+: |Red Hat nash version|Starting udev in initramfs|Running in initrd\.|Running in initial RAM disk\.)/,
  },
  // EXT4-fs (vda): mounted filesystem with ordered data mode · VFS: Mounted root (ext3 filesystem) readonly. · Switching root.
  {
    stage: 'root mounted',
    match:
      /^(?:EXT[234]-fs \([^)]+\): (?:mounted filesystem|re-mounted)|EXT[34]-fs: mounted filesystem|VFS: Mounted root|XFS \([^)]+\): Ending clean mount|BTRFS info \(device [^)]+\): (?:disk space caching|using free space tree|enabling ssd)|Switching root\.|switching to new root|Trying to mount root from )/i,
  },
  // systemd 252.39-1~deb12u2 running in system mode · INIT: version 2.86 booting · Welcome to Debian GNU/Linux 12 (bookworm)!
  {
    stage: 'init',
    match:
      /^(?:systemd \S+ running in system mode|INIT: version \S+ booting|Welcome to (?!GRUB)\S.*!|\t\tWelcome to |OpenRC \S+ is starting up|Entering non-interactive startup|Setting hostname|Run \/sbin\/init as init process)/,
  },
  // web1 login: · web1 login: root · web1 login: root (automatic login)
  { stage: 'login', match: /^(?:(?!Last )\S+ )?login: ?(?:[a-z_][\w.-]*(?: \(automatic login\))?)?$/ },
  {
    stage: 'shutdown',
    match:
      /^(?:systemd-shutdown\[\d+\]|INIT: Switching to runlevel: [06]|INIT: Sending processes|The system is going down|Reached target (?:(?:shutdown|reboot|poweroff|halt|umount|final)\.target|(?:System )?(?:Shutdown|Reboot|Power[ -]Off|Halt|Unmount))|Stopping all devices\.|Syncing disks, vnodes remaining)/,
  },
  // reboot: Power down · Restarting system. · (XEN) Resetting with ACPI MEMORY or I/O RESET_REG. · (XEN) Entering ACPI S5 state.
  {
    stage: 'off',
    match:
      /^(?:reboot: (?:Power down|Restarting system|System halted)|Power down\.|Restarting system|System halted\.|Resetting with |Entering ACPI S5 state|Hardware Dom0 (?:halted|shutdown|crashed)|Reboot in five seconds|Rebooting in \d+ seconds|Manual reset required|The operating system has halted|Uptime: .*\d+[smhd])/,
  },
]

/** A message's stage, where it marks one. The first process talks like the kernel: `systemd[1]: systemd 252 running in system mode` */
export const stageOf = ({ message }: LogLine): Stage | null =>
  MARKERS.find(({ match }) => match.test(message.replace(/^systemd\[1\]: /, '')))?.stage ?? null

/** Where somebody has to type something before it goes on. */
const PROMPTS: readonly { readonly what: string; readonly match: RegExp }[] = [
  { what: 'the rescue prompt of GRUB', match: /^grub rescue> ?/ },
  { what: 'the prompt of GRUB', match: /^grub> ?/ },
  { what: "the boot loader's prompt", match: /^(?:boot: ?|OK ?|loader>|=> ?)$/ },
  { what: 'the shell of the initramfs', match: /^\(initramfs\) ?/ },
  { what: 'the shell of dracut', match: /^dracut:(?:\/|~)?#? ?$|^Entering emergency mode\. Exit the shell/ },
  {
    what: 'the emergency shell',
    match:
      /^(?:You are in (?:emergency|rescue) mode|Give root password for (?:maintenance|login)|Press Enter for maintenance|Enter full pathname of shell)/,
  },
  { what: 'the question for the root file system', match: /^mountroot> ?/ },
]

export const promptOf = (message: string): string | null =>
  PROMPTS.find(({ match }) => match.test(message))?.what ?? null
