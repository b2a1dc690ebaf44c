import { bootWords, joinWords } from '../../parse/boot-options.ts'
import type { Fix } from './console-path.ts'
import { type HostFacts, settleAll } from './host-facts.ts'

/** Words that a command line needs: of the hypervisor, of the kernel under it, or of a kernel without one. */
export interface BootWords {
  readonly hypervisor?: readonly string[]
  readonly kernel?: readonly string[]
}

const LATER = 'nothing before the next start'

/** The lines for the way this machine boots. */
export function bootLines(facts: HostFacts, wanted: BootWords, underXen: boolean): Fix[] {
  const { loader, configured } = facts.boot
  if (facts.platform.system.ok && facts.platform.system.value === 'FreeBSD') return loaderConf(facts, wanted)
  if (loader.ok && (loader.value === 'grub2' || loader.value === 'bls')) return defaultGrub(facts, wanted, underXen)
  if (loader.ok && (loader.value === 'grub' || loader.value === 'elilo' || loader.value === 'extlinux'))
    return menuLines(facts, loader.value, wanted, underXen)
  if (loader.ok && configured.ok && Object.keys(configured.value).length > 0)
    return defaultGrub(facts, wanted, underXen)
  const where = loader.ok ? 'no menu of a boot loader is here' : 'how this machine boots is not known'
  return both(wanted, underXen).map(([whose, words]) => ({
    where: `the command line of ${whose} (${where})`,
    lines: [words.join(' ')],
    interrupts: LATER,
  }))
}

const both = ({ hypervisor, kernel }: BootWords, underXen: boolean): [string, readonly string[]][] => [
  ...(hypervisor ? [['the hypervisor', hypervisor] as [string, readonly string[]]] : []),
  ...(kernel ? [[underXen ? 'the kernel of dom0' : 'the kernel', kernel] as [string, readonly string[]]] : []),
]

/**
 * The words in force with the new ones in their places. Of an option there is one; a kernel takes several consoles, one for each device:
 * `quiet console=tty0 console=ttyS0` and `console=ttyS0,115200` make `quiet console=tty0 console=ttyS0,115200`.
 */
export function merged(old: string, words: readonly string[], severalConsoles: boolean): string {
  const key = (word: string): string =>
    severalConsoles && word.startsWith('console=') ? word.split(',')[0]! : word.split('=')[0]!
  const replaced = new Set(words.map(key))
  return joinWords([...bootWords(old).filter((word) => !replaced.has(key(word))), ...words])
}

/** GRUB 2: variables of /etc/default/grub, and the program of this distribution that makes the menu of them. */
function defaultGrub(facts: HostFacts, wanted: BootWords, underXen: boolean): Fix[] {
  const set = facts.boot.configured.ok ? (facts.boot.configured.value as Readonly<Record<string, string>>) : {}
  const run = updateCommand(facts)
  const line = (name: string, base: string, words: readonly string[], several: boolean): Fix => ({
    where: fileOf(facts, name),
    insteadOf: name in set ? assigned(name, set[name]!) : undefined,
    lines: [assigned(name, merged(base, words, several))],
    run,
    interrupts: LATER,
  })
  const { hypervisor, kernel } = wanted
  const ofXen =
    'GRUB_CMDLINE_XEN_DEFAULT' in set && !('GRUB_CMDLINE_XEN' in set) ? 'GRUB_CMDLINE_XEN_DEFAULT' : 'GRUB_CMDLINE_XEN'
  const ofKernel = underXen ? 'GRUB_CMDLINE_LINUX_XEN_REPLACE_DEFAULT' : 'GRUB_CMDLINE_LINUX'
  // This one takes the place of GRUB_CMDLINE_LINUX_DEFAULT, whose words it must therefore hold.
  const base = set[ofKernel] ?? (underXen ? (set['GRUB_CMDLINE_LINUX_DEFAULT'] ?? '') : '')
  return [
    ...(hypervisor ? [line(ofXen, set[ofXen] ?? '', hypervisor, false)] : []),
    ...(kernel && !underXen && facts.boot.loader.ok && facts.boot.loader.value === 'bls'
      ? [{ where: 'a shell', lines: [`grubby --update-kernel=ALL --args="${kernel.join(' ')}"`], interrupts: LATER }]
      : kernel
        ? [line(ofKernel, base, kernel, true)]
        : []),
  ]
}

const assigned = (name: string, value: string): string =>
  value.includes('"') ? `${name}='${value}'` : `${name}="${value}"`

function fileOf({ boot }: HostFacts, name: string): string {
  const variables = settleAll(boot.variables, 'name', 'file')
  const place = variables.ok ? variables.value.findLast((one) => one.name === name)?.file : undefined
  return place ?? '/etc/default/grub'
}

/** Debian's update-grub; elsewhere the program itself. Red Hat 9 and Fedora have a stub on the EFI partition that must stay. */
export function updateCommand({ platform, boot }: HostFacts): string {
  const distribution = platform.distribution.ok ? platform.distribution.value : ''
  if (/^(debian|ubuntu|linuxmint|devuan|kali|raspbian)$/.test(distribution)) return 'update-grub'
  if (/^(arch|gentoo|alpine|slackware|void)$/.test(distribution)) return 'grub-mkconfig -o /boot/grub/grub.cfg'
  const major = Number.parseInt(platform.version.ok ? platform.version.value : '', 10)
  const old = /^(rhel|centos|ol|almalinux|rocky|scientific)$/.test(distribution) && major < 9
  const file = boot.file.ok && old && /^\/boot\/efi\/.*grub\.cfg$/.test(boot.file.value) ? boot.file.value : ''
  return `grub2-mkconfig -o ${file || '/boot/grub2/grub.cfg'}`
}

/** GRUB legacy, ELILO and extlinux: a line of the menu itself. */
function menuLines(
  facts: HostFacts,
  loader: 'grub' | 'elilo' | 'extlinux',
  wanted: BootWords,
  underXen: boolean,
): Fix[] {
  const entries = settleAll(
    facts.boot.entries,
    ...(['xen', 'hypervisor', 'hypervisorOptions', 'kernel', 'options', 'file'] as const),
  )
  const chosen = entries.ok ? entries.value.filter(({ xen, kernel }) => xen === underXen && kernel !== '') : []
  if (chosen.length === 0)
    return both(wanted, underXen).map(([whose, words]) => ({
      where: `${facts.boot.file.ok ? facts.boot.file.value : 'the menu'}, on the line of ${whose}`,
      lines: [words.join(' ')],
      interrupts: LATER,
    }))
  const { hypervisor, kernel } = wanted
  return chosen.flatMap((entry): Fix[] => {
    const [oldXen, oldKernel] = [entry.hypervisorOptions, entry.options]
    const newXen = hypervisor ? merged(oldXen, hypervisor, false) : oldXen
    const newKernel = kernel ? merged(oldKernel, kernel, true) : oldKernel
    const change = (insteadOf: string, line: string): Fix[] =>
      insteadOf === line ? [] : [{ where: entry.file, insteadOf, lines: [line], interrupts: LATER }]
    if (loader === 'extlinux') return change(`append ${oldKernel}`, `append ${newKernel}`)
    if (loader === 'elilo')
      return underXen
        ? change(`append="${oldXen} -- ${oldKernel}"`, `append="${newXen} -- ${newKernel}"`)
        : change(`append="${oldKernel}"`, `append="${newKernel}"`)
    const spaced = (...parts: string[]): string => parts.filter(Boolean).join(' ')
    return [
      ...(underXen
        ? change(spaced('kernel', entry.hypervisor, oldXen), spaced('kernel', entry.hypervisor, newXen))
        : []),
      ...change(
        spaced(underXen ? 'module' : 'kernel', entry.kernel, oldKernel),
        spaced(underXen ? 'module' : 'kernel', entry.kernel, newKernel),
      ),
    ]
  })
}

/** FreeBSD: `xen_cmdline="console=com1,vga com1=115200,8n1"`; its own kernel takes settings in place of words. */
function loaderConf({ xen }: HostFacts, { hypervisor, kernel }: BootWords): Fix[] {
  const where = '/boot/loader.conf'
  const set = xen.loader.ok ? (xen.loader.value as Readonly<Record<string, string>>) : {}
  const old = set['xen_cmdline']
  return [
    ...(hypervisor
      ? [
          {
            where,
            insteadOf: old === undefined ? undefined : `xen_cmdline="${old}"`,
            lines: [`xen_cmdline="${merged(old ?? '', hypervisor, false)}"`],
            interrupts: LATER,
          },
        ]
      : []),
    ...(kernel ? [{ where, lines: kernel, interrupts: LATER }] : []),
  ]
}
