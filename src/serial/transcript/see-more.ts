import type { Stage } from './stages.ts'
import type { Boot } from './transcript.ts'

/** How to make the next boot say more, and what that costs. */
export interface SeeMore {
  readonly where: string
  readonly what: string
  /** Of no use where the boot had all of these. */
  readonly options?: readonly string[]
  readonly warning?: string
}

/** The options that the documents, and the programs' own manuals, name for each stage. */
const BY_STAGE: Readonly<Partial<Record<Stage, readonly SeeMore[]>>> = {
  firmware: [
    {
      where: "the firmware's setup",
      what: 'console redirection to the serial port, and full boot messages in place of a logo',
    },
  ],
  'boot loader': [
    {
      where: '/etc/default/grub',
      what: 'GRUB_TERMINAL="console serial" and GRUB_SERIAL_COMMAND="serial --unit=0 --speed=115200"',
    },
    { where: 'the prompt of GRUB', what: 'set debug=all, then the commands of the entry one by one' },
  ],
  kernel: [
    {
      where: "the kernel's line",
      what: 'ignore_loglevel, and earlyprintk=ttyS0,115200 (in a Xen guest or dom0: earlyprintk=xen)',
    },
    {
      where: "the kernel's line",
      what: 'initcall_debug, to see which driver it dies in',
      warning: 'slow on a serial line',
    },
  ],
  initramfs: [
    { where: "the kernel's line", what: 'rd.debug and rd.shell (dracut), or debug and break=mount (initramfs-tools)' },
  ],
  'root mounted': [
    {
      where: "the kernel's line",
      what: 'init=/bin/sh, to get a shell in place of init',
      warning: 'the root is mounted read-only, and nobody asks for a password',
    },
  ],
  init: [
    {
      where: "the kernel's line",
      what: 'systemd.log_level=debug systemd.log_target=console, or systemd.unit=emergency.target',
    },
  ],
}

const XEN: readonly SeeMore[] = [
  {
    where: "Xen's line",
    what: 'loglvl=all guest_loglvl=all, and console=com1,vga com1=115200,8n1',
    options: ['loglvl=all', 'guest_loglvl=all'],
  },
  { where: "Xen's line", what: 'noreboot, so that the last words stay', options: ['noreboot'] },
  {
    where: "Xen's line",
    what: 'sync_console, so that nothing is lost when it crashes',
    options: ['sync_console'],
    warning: 'every message then waits for the serial line: take it off again afterwards',
  },
]
const XEN_DOM0: readonly SeeMore[] = [
  { where: "Xen's line", what: 'dom0=verbose, for how dom0 is built', options: ['dom0=verbose'] },
]
const XEN_IOMMU: readonly SeeMore[] = [
  {
    where: "Xen's line",
    what: 'iommu=debug, which implies verbose',
    options: ['iommu=debug'],
  },
]
const LINUX_IOMMU: readonly SeeMore[] = [
  {
    where: "the kernel's line",
    what: 'intel_iommu=off or amd_iommu=off, once, to see whether the IOMMU is to blame',
    warning: 'devices cannot be passed through meanwhile',
  },
]

/** What would tell more of a boot that came as far as `stage`, without what it was started with already; `lastLines` are its last. */
export function seeMore(
  stage: Stage,
  { hypervisor, crashed, options }: Pick<Boot, 'hypervisor' | 'crashed' | 'options'>,
  lastLines: string,
): readonly SeeMore[] {
  const iommu = /iommu|dmar|amd-vi|vt-d/i.test(lastLines)
  const found = [
    ...(hypervisor ? XEN : []),
    ...(hypervisor && crashed !== 'xen' && (stage === 'xen' || stage === 'kernel') ? XEN_DOM0 : []),
    ...(iommu ? (hypervisor ? XEN_IOMMU : LINUX_IOMMU) : []),
    ...(crashed === 'xen' ? [] : (BY_STAGE[stage] ?? [])),
  ]
  return found.filter(({ options: words }) => words === undefined || words.some((word) => !options.includes(word)))
}
