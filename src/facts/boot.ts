import { command, file, list, stat } from '../evidence/ask.ts'
import { locate, placeOf } from '../evidence/locate.ts'
import { absentAs, all, chain, known, map, orGap, unknown } from '../evidence/result.ts'
import { ownWords } from '../parse/boot-options.ts'
import { grubValues } from '../parse/default-grub.ts'
import { parseShellVariables } from '../parse/key-value.ts'
import type { Result } from '../types.ts'
import { bootAsks, chosenEntry, type Entry, grubDefaults, menu, menuMistakes } from './boot-menu.ts'
import { defineFacts } from './fact-set.ts'
import { bool, listOf, mapOf, nullable, number, object, string, strings } from './schema.ts'

const entry = object(
  {
    index: string('Place in the menu, "0" or "1>2"; a name where the loader sorts the entries itself'),
    id: string('Name by which a default can choose it'),
    title: string('What the menu shows'),
    xen: bool('It starts the Xen hypervisor'),
    hypervisor: string('Path of the hypervisor as the loader sees it; "" where there is none'),
    hypervisorOptions: string('Command line of the hypervisor'),
    kernel: string('Path of the kernel'),
    kernelRelease: string('Release in the name of the kernel, "6.1.0-56-amd64"; "" where the name has none'),
    initrd: string('Path of the first initial ramdisk'),
    initrdRelease: string('Release in the name of the ramdisk; "" where the name has none'),
    options: string('Command line of the kernel'),
    missing: strings(
      'Files that it names in /boot and that are not there; not known where /boot shows no kernel at all',
    ),
    isDefault: bool('The loader starts it by itself'),
    tboot: bool('Trusted boot stands before it'),
    file: string('File that holds it'),
    line: number('count', 'Its line there'),
  },
  'One entry',
)

const variable = object(
  {
    name: string('GRUB_CMDLINE_LINUX …'),
    value: string('Its value'),
    outside: string('Words behind the closing quote, which are lost; "" where there are none'),
    meant: string('The variable that was probably meant; "" where the name is right or like none'),
    file: string('File that holds it'),
    line: number('count', 'Its line there'),
  },
  'One assignment',
)

const mistake = object(
  { file: string('The menu'), line: number('line', 'Line in it'), problem: string('What is wrong with it') },
  'One line',
)

export const boot = defineFacts({
  name: 'boot',
  meaning: 'What the boot loader offers and starts by itself, and what its generated menu was made from',
  asks: {
    ...bootAsks,
    efi: stat('/sys/firmware/efi'),
    folder: list('/boot'),
    sysconfigKernel: file('/etc/sysconfig/kernel'),
    sysconfigBootloader: file('/etc/sysconfig/bootloader'),
    uname: command(['uname', '-r']),
  },
  about: {
    loader: string('Whose menu it is: grub2, bls, grub (legacy), extlinux, elilo, or ""'),
    file: string('The file that is taken for the menu; "" where there is none'),
    uefi: bool('The firmware started this system by UEFI'),
    entries: listOf(entry, 'Every entry, in the order of the menu'),
    menuMistakes: listOf(mistake, 'Lines of the menu of legacy GRUB or ELILO that the loader will stumble over'),
    defaultFound: bool('The default names an entry that exists'),
    defaultIndex: string('Index of the default entry; "" where none'),
    defaultTitle: string('Title of the default entry; "" where none'),
    defaultXen: bool('The default entry starts Xen'),
    defaultKernelWords: strings("Words on the kernel's command line in the default entry"),
    defaultHypervisorWords: strings("Words on the hypervisor's command line in the default entry"),
    xenEntries: number('count', 'Entries that start Xen'),
    plainEntries: number('count', 'Entries that start a kernel without Xen'),
    hypervisors: strings('Hypervisors in /boot: xen.gz, xen-4.17-amd64.gz'),
    kernels: strings('Kernels in /boot: vmlinuz-6.1.0-56-amd64'),
    variables: listOf(variable, 'Assignments in /etc/default/grub and /etc/default/grub.d'),
    configured: mapOf(string(''), 'The values in force of the variables, "GRUB_CMDLINE_XEN": "dom0_mem=2G"'),
    kernelWordsNotInMenu: strings('Words of GRUB_CMDLINE_LINUX* that no kernel in the menu of GRUB 2 gets'),
    hypervisorWordsNotInMenu: strings('Words of GRUB_CMDLINE_XEN* that no Xen entry in the menu of GRUB 2 gets'),
    serialBaud: nullable(
      number('baud', 'Speed of GRUB on the first serial port (GRUB_SERIAL_COMMAND); none where it does not use that'),
    ),
    updateDefault: bool('New kernels become the default (UPDATEDEFAULT of Red Hat)'),
    defaultKernelPackage: string('DEFAULTKERNEL of Red Hat: kernel, kernel-xen; "" where it is not set'),
    trustedBoot: bool('TRUSTED_BOOT of SUSE is on, or the default entry starts tboot'),
  },
  parse(evidence, ask) {
    const found = menu(evidence)
    const chosen = chain(map(found, chosenEntry), (one) => known(one, ...(one ? [placeOf(one)!] : [])))
    const defaults = grubDefaults(evidence)
    const values = map(defaults, grubValues)
    const names = absentAs(evidence.names(ask.folder), [])
    const sysconfig = absentAs(map(evidence.text(ask.sysconfigKernel), parseShellVariables), {})
    const words = (
      variables: readonly string[],
      used: (one: { options: string; hypervisorOptions: string }) => string,
    ) =>
      map(all(found, values), ([{ entries, loader }, set]) => {
        if (loader !== 'grub2') return []
        const inMenu = new Set(entries.flatMap((one) => ownWords(used(one))))
        return [...new Set(variables.flatMap((name) => ownWords(set[name] ?? '')))].filter((word) => !inMenu.has(word))
      })
    return {
      loader: map(found, ({ loader }) => loader),
      file: map(found, (one) => one.file),
      uefi: evidence.exists(ask.efi),
      entries: map(found, ({ entries }) => entries.map((one) => withMissing(one, evidence.names(ask.folder)))),
      menuMistakes: menuMistakes(evidence, found),
      defaultFound: map(chosen, (one) => one !== null),
      defaultIndex: map(chosen, (one) => one?.index ?? ''),
      defaultTitle: map(chosen, (one) => one?.title ?? ''),
      defaultXen: map(chosen, (one) => one?.xen ?? false),
      defaultKernelWords: map(chosen, (one) => ownWords(one?.options ?? '')),
      defaultHypervisorWords: map(chosen, (one) => ownWords(one?.hypervisorOptions ?? '')),
      xenEntries: map(found, ({ entries }) => entries.filter(({ xen }) => xen).length),
      plainEntries: map(found, ({ entries }) => entries.filter(({ xen, kernel }) => !xen && kernel !== '').length),
      hypervisors: map(names, (all) =>
        all.filter((name) => /^xen(-[\w.+~-]+)?(\.gz|\.efi)?$/.test(name) && !/syms|\.(config|cfg|map)$/.test(name)),
      ),
      kernels: map(names, (all) => all.filter((name) => /^(vmlinu[xz]|[bz]?Image|kernel)/.test(name))),
      variables: defaults,
      configured: values,
      kernelWordsNotInMenu: words(['GRUB_CMDLINE_LINUX', 'GRUB_CMDLINE_LINUX_DEFAULT'], (one) => one.options),
      hypervisorWordsNotInMenu: words(['GRUB_CMDLINE_XEN', 'GRUB_CMDLINE_XEN_DEFAULT'], (one) => one.hypervisorOptions),
      serialBaud: map(values, serialBaud),
      updateDefault: map(sysconfig, (set) => set['UPDATEDEFAULT'] === 'yes'),
      defaultKernelPackage: map(sysconfig, (set) => set['DEFAULTKERNEL'] ?? ''),
      trustedBoot: map(
        all(chosen, absentAs(map(evidence.text(ask.sysconfigBootloader), parseShellVariables), {})),
        ([one, set]) => set['TRUSTED_BOOT'] === 'yes' || (one?.tboot ?? false),
      ),
    }
  },
})

/** GRUB_TERMINAL="console serial" and GRUB_SERIAL_COMMAND="serial --unit=0 --speed=115200": 9600 where it names no speed, port 0 where it names none. */
function serialBaud(set: Readonly<Record<string, string>>): number | null {
  const terminals = ['GRUB_TERMINAL', 'GRUB_TERMINAL_OUTPUT', 'GRUB_TERMINAL_INPUT'].map((name) => set[name] ?? '')
  if (!/\bserial\b/.test(terminals.join(' '))) return null
  const command = set['GRUB_SERIAL_COMMAND'] ?? ''
  if (/--port\b|-p\b/.test(command) || (/(?:--unit[= ]|-u *)(\d+)/.exec(command)?.[1] ?? '0') !== '0') return null
  return Number(/(?:--speed[= ]|-s *)(\d+)/.exec(command)?.[1] ?? 9600)
}

/**
 * A path as the loader sees it: from the root of its partition, which may be /boot itself; /vmlinuz without a release is rather a
 * link in /. What lies elsewhere is not looked for.
 */
const IN_BOOT = /^(?:\/boot\/|\/@\/boot\/|\/(?=[^/]*\d\.\d))([^/]+)$/

/** /boot may be a partition that is not mounted now. */
function withMissing(entry: Entry, folder: Result<readonly string[]>) {
  const missing = chain(folder, (names) => {
    if (!names.some((name) => /^vmlinu[xz]/.test(name))) return unknown('unsupported', '/boot', 'no kernel is in it')
    const files = [entry.hypervisor, entry.kernel, entry.initrd].flatMap((path) => IN_BOOT.exec(path)?.[1] ?? [])
    return known(files.filter((name) => !names.includes(name)))
  })
  return locate({ ...entry, missing: orGap(missing) }, placeOf(entry))
}
