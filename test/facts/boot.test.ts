import * as assert from 'uvu/assert'
import { boot } from '../../src/facts/boot.ts'
import { describe } from '../describe.ts'
import { evidence, type Given, matches, names, value } from '../evidence.ts'
import { DEBIAN_XEN } from '../machines/debian-xen.ts'
import { losesNothing } from '../take-away.ts'

const parse = (...given: Given[]) => boot.parse(evidence(boot, given))
const saved = DEBIAN_XEN.replace('set default="0"', 'set default="${saved_entry}"')
const entriesOf = (facts: ReturnType<typeof parse>, field: string) =>
  (value(facts.entries) as Record<string, unknown>[]).map((entry) => entry[field])

const DEBIAN: Given[] = [
  ['/boot/grub/grub.cfg', DEBIAN_XEN],
  ['/etc/default/grub', 'GRUB_DEFAULT=0\nGRUB_CMDLINE_LINUX_DEFAULT="quiet intel_iommu=on"\n'],
  [{ file: '/etc/default/grub.d/*.cfg' }, matches('/etc/default/grub.d/xen.cfg')],
  ['/etc/default/grub.d/xen.cfg', 'GRUB_CMDLINE_XEN_DEFAULT="dom0_mem=2G,max:2G loglvl=all"\n'],
  [{ list: '/boot' }, names('xen-4.17-amd64.gz', 'xen-4.17-amd64.config', 'xen-syms-4.17', 'vmlinuz-6.1.0-56-amd64')],
]

describe('facts: boot', (it) => {
  it('sees that Xen is in the menu and is not what starts by itself', () => {
    const facts = parse(...DEBIAN)
    assert.is(value(facts.loader), 'grub2')
    assert.is(value(facts.file), '/boot/grub/grub.cfg')
    assert.is(value(facts.defaultXen), false)
    assert.is(value(facts.defaultTitle), 'Debian GNU/Linux')
    assert.is(value(facts.xenEntries), 1)
    assert.is(value(facts.plainEntries), 3)
    assert.equal(value(facts.hypervisors), ['xen-4.17-amd64.gz'])
    assert.equal(value(facts.kernels), ['vmlinuz-6.1.0-56-amd64'])
    assert.equal(entriesOf(facts, 'isDefault'), [true, false, false, false])
    assert.equal(entriesOf(facts, 'kernelRelease'), Array(4).fill('6.1.0-56-amd64'))
    assert.equal(entriesOf(facts, 'initrdRelease'), Array(4).fill('6.1.0-56-amd64'))
  })

  it('lists the words that no entry of the menu has', () => {
    const facts = parse(...DEBIAN)
    assert.equal(value(facts.kernelWordsNotInMenu), ['intel_iommu=on'])
    assert.equal(value(facts.hypervisorWordsNotInMenu), ['loglvl=all'])
  })

  it('misses files of an entry, where /boot shows a kernel at all', () => {
    assert.equal(entriesOf(parse(...DEBIAN), 'missing')[3], ['initrd.img-6.1.0-56-amd64'])
    const unmounted = parse(...DEBIAN, [{ list: '/boot' }, names('lost+found')])
    assert.is((entriesOf(unmounted, 'missing')[3] as { gap: string }).gap, 'unsupported')
  })

  it('does not look in /boot for what may be a link in /', () => {
    const menu = "menuentry 'a' {\n linux /vmlinuz ro\n initrd /initrd.img-6.1.0\n}\n"
    const facts = parse(['/boot/grub/grub.cfg', menu], [{ list: '/boot' }, names('vmlinuz-6.1.0')])
    assert.equal(entriesOf(facts, 'missing'), [['initrd.img-6.1.0']])
  })

  it('takes what is quoted for one word, in the settings and in the menu', () => {
    const facts = parse(
      ['/boot/grub/grub.cfg', 'menuentry a {\n linux /vmlinuz ro dyndbg="file a.c +p" quiet\n}\n'],
      ['/etc/default/grub', `GRUB_CMDLINE_LINUX='ro dyndbg="file a.c +p"'\n`],
    )
    assert.equal(value(facts.kernelWordsNotInMenu), [])
    assert.equal(value(facts.defaultKernelWords), ['ro', 'dyndbg=file a.c +p', 'quiet'])
  })

  it('takes no part of a command in the settings for a word that the menu should have', () => {
    const facts = parse(
      ['/boot/grub2/grub.cfg', "menuentry a {\n linux /vmlinuz ro acpi_osi='!Windows 2012' crashkernel=128M rhgb\n}\n"],
      [
        '/etc/default/grub',
        'GRUB_CMDLINE_LINUX="ro $([ -x /sbin/kexec-words ] && /sbin/kexec-words || :) rhgb"\n' +
          'GRUB_CMDLINE_LINUX_DEFAULT="${GRUB_CMDLINE_LINUX_DEFAULT:+$GRUB_CMDLINE_LINUX_DEFAULT }\\$tuned_params"\n',
      ],
    )
    assert.equal(value(facts.kernelWordsNotInMenu), [])
    assert.equal(value(facts.defaultKernelWords), ['ro', 'acpi_osi=!Windows 2012', 'crashkernel=128M', 'rhgb'])
  })

  it('takes the ramdisk that holds everything for one of its kernel', () => {
    const menu =
      "menuentry 'a' {\n linux /boot/vmlinuz-6.1-x86_64 ro\n initrd /boot/initramfs-6.1-x86_64-fallback.img\n}\n"
    assert.equal(entriesOf(parse(['/boot/grub/grub.cfg', menu]), 'initrdRelease'), ['6.1-x86_64'])
  })

  it('follows the saved entry, and the one saved before a boot-once', () => {
    const env = (text: string) => parse(['/boot/grub/grub.cfg', saved], ['/boot/grub/grubenv', text]).defaultIndex
    assert.is(value(env('# GRUB Environment Block\nsaved_entry=2\n####')), '2')
    assert.is(value(env('saved_entry=gnulinux-advanced-1111>gnulinux-6.1.0-56-amd64-recovery-1111\n')), '1>1')
    assert.is(value(env('saved_entry=0\nprev_saved_entry=2\n')), '2')
    assert.is(value(env('saved_entry=\n')), '0')
  })

  it('does not know the default where the saved entry could not be read', () => {
    const facts = parse(['/boot/grub/grub.cfg', saved], ['/boot/grub/grubenv', { gap: 'denied' }])
    assert.is(value(facts.defaultXen), 'denied')
  })

  it('knows that a saved entry which is gone names nothing', () => {
    const facts = parse(['/boot/grub/grub.cfg', saved], ['/boot/grub/grubenv', 'saved_entry=old\n'])
    assert.is(value(facts.defaultFound), false)
    assert.is(value(facts.defaultXen), false)
  })

  it('reads the entries of custom.cfg behind those of the menu', () => {
    const facts = parse(
      ['/boot/grub/grub.cfg', DEBIAN_XEN.replace('set default="0"', 'set default="mine"')],
      ['/boot/grub/custom.cfg', "# mine\nmenuentry 'mine' {\n multiboot2 /xen.gz\n module2 /vmlinuz-6.2 ro\n}\n"],
    )
    assert.is(value(facts.defaultIndex), '3')
    assert.is(value(facts.defaultXen), true)
    assert.is(entriesOf(facts, 'file')[4], '/boot/grub/custom.cfg')
    assert.is(entriesOf(facts, 'line')[4], 2)
    const hidden = parse(['/boot/grub/grub.cfg', DEBIAN_XEN], ['/boot/grub/custom.cfg', { gap: 'denied' }])
    assert.is(value(hidden.xenEntries), 'denied')
  })

  it('takes a whole menu on the EFI partition for the menu, and a stub not', () => {
    const efi = (text: string): Given[] => [
      [{ file: '/boot/efi/EFI/*/grub.cfg' }, matches('/boot/efi/EFI/x/grub.cfg')],
      ['/boot/efi/EFI/x/grub.cfg', text],
      ['/boot/grub2/grub.cfg', DEBIAN_XEN],
    ]
    assert.is(value(parse(...efi(DEBIAN_XEN)).file), '/boot/efi/EFI/x/grub.cfg')
    assert.is(value(parse(...efi('configfile $prefix/grub.cfg\n')).file), '/boot/grub2/grub.cfg')
  })

  const bls = 'set default="${saved_entry}"\nblscfg\n'
  const red = (env: string, ...ids: string[]): Given[] => [
    ['/boot/grub2/grub.cfg', bls],
    ['/boot/grub2/grubenv', env],
    [{ file: '/boot/loader/entries/*.conf' }, matches(...ids.map((id) => `/boot/loader/entries/${id}.conf`))],
    ...ids.map((id): Given => [`/boot/loader/entries/${id}.conf`, `title ${id}\nlinux /vmlinuz-${id}\noptions ro\n`]),
  ]

  it('reads loader entries where the menu asks for them', () => {
    const facts = parse(...red('saved_entry=5.14.0-2.el9\n', '5.14.0-1.el9', '5.14.0-2.el9'))
    assert.is(value(facts.loader), 'bls')
    assert.is(value(facts.defaultTitle), '5.14.0-2.el9')
    assert.equal(entriesOf(facts, 'file'), [
      '/boot/loader/entries/5.14.0-1.el9.conf',
      '/boot/loader/entries/5.14.0-2.el9.conf',
    ])
  })

  it('does not guess how GRUB sorts them', () => {
    assert.is(value(parse(...red('x=y\n', 'a-1', 'b-2')).defaultTitle), 'malformed')
    assert.is(value(parse(...red('x=y\n', 'a-1')).defaultTitle), 'a-1')
  })

  it('reads legacy GRUB only where there is no GRUB 2', () => {
    const menu: Given = [
      '/boot/grub/menu.lst',
      'default 0\ntitle a\n kernel /xen.gz\n module /vmlinuz-2.6.18-8.el5xen ro\n',
    ]
    assert.is(value(parse(menu).defaultXen), true)
    assert.is(value(parse(menu).loader), 'grub')
    assert.is(value(parse(menu, ['/boot/grub/grub.cfg', DEBIAN_XEN]).loader), 'grub2')
    assert.is(value(parse(menu, ['/boot/grub/grub.cfg', { gap: 'denied' }]).loader), 'denied')
  })

  it('has no menu where there is no loader', () => {
    assert.is(value(parse().loader), '')
    assert.is(value(parse().defaultFound), false)
    assert.equal(value(parse().entries), [])
  })

  it('knows trusted boot by its entry and by the setting of SUSE', () => {
    const tboot = "menuentry 'x' {\n multiboot /tboot.gz\n module /xen.gz\n module /vmlinuz ro\n}\n"
    assert.is(value(parse(['/boot/grub2/grub.cfg', tboot]).trustedBoot), true)
    assert.is(value(parse(['/etc/sysconfig/bootloader', 'TRUSTED_BOOT="yes"\n']).trustedBoot), true)
    assert.is(value(parse(...DEBIAN).trustedBoot), false)
  })

  it("knows the speed of GRUB's own serial terminal, where it uses one", () => {
    const baud = (text: string) => value(parse(['/etc/default/grub', text]).serialBaud)
    assert.is(baud('GRUB_TERMINAL="console serial"\nGRUB_SERIAL_COMMAND="serial --unit=0 --speed=115200"\n'), 115200)
    assert.is(baud('GRUB_TERMINAL=serial\n'), 9600)
    assert.is(baud('GRUB_TERMINAL=serial\nGRUB_SERIAL_COMMAND="serial -s 57600"\n'), 57600)
    assert.is(baud('GRUB_TERMINAL=serial\nGRUB_SERIAL_COMMAND="serial --unit=1 --speed=115200"\n'), null)
    assert.is(baud('GRUB_TERMINAL=serial\nGRUB_SERIAL_COMMAND="serial --port=0x2f8 --speed=115200"\n'), null)
    assert.is(baud('GRUB_SERIAL_COMMAND="serial --speed=115200"\n'), null)
  })

  it('finds lines that legacy GRUB and ELILO stumble over, in the menu in use', () => {
    const told = (...given: Given[]) => {
      const found = value(parse(...given).menuMistakes) as { file: string; line: number; problem: string }[]
      return found.map(({ file, line, problem }) => [file, line, problem])
    }
    const conf =
      '# grub.conf\ndefault=0\ntimeout=5\nhiddenmenu\ntitle Xen\n\troot (hd0,0)\n\tkernel /xen.gz\n\tmodul /vmlinuz\n'
    assert.equal(told(['/boot/grub/grub.conf', conf]), [
      ['/boot/grub/grub.conf', 8, 'modul is no command; module was probably meant'],
    ])
    assert.equal(told(['/boot/grub/grub.cfg', DEBIAN_XEN], ['/boot/grub/menu.lst', conf]), [])
    assert.equal(told(['/boot/grub/menu.lst', 'default 0\ntitle a\n kernel /vmlinuz\n boot\n ourpatch x\n']), [])
    const entry = (append: string) =>
      `prompt\ndefault=linux\nimage=vmlinuz-2.6.18el5xen\n  vmm=xen.gz\n  label=linux\n  initrd=i\n  read-only\n  root=/dev/a\n${append}`
    assert.equal(told(['/etc/elilo.conf', entry('  append="dom0_mem=2G -- quiet"\n')]), [])
    assert.equal(told(['/etc/elilo.conf', entry('  append="--"\n')]), [])
    assert.equal(told(['/etc/elilo.conf', entry('  append="rhgb quiet"\n')]), [
      ['/etc/elilo.conf', 9, 'append= has no "--", so that all of it goes to the hypervisor'],
    ])
    assert.equal(told(['/etc/elilo.conf', 'root=/dev/a\nimage=a\n  label=a\nimage=b\n  vmm=xen.gz\n  label=b\n']), [
      ['/etc/elilo.conf', 4, 'an entry with vmm= lacks initrd='],
    ])
  })

  it('names the line of the entry that starts by itself', () => {
    const { defaultTitle } = parse(...DEBIAN)
    assert.ok(
      defaultTitle.ok && defaultTitle.from.some(({ path, line }) => path === '/boot/grub/grub.cfg' && line! > 1),
    )
  })

  it('changes no fact when an answer is taken away', () => {
    losesNothing(boot, DEBIAN)
    losesNothing(boot, red('saved_entry=b\n', 'a', 'b'))
    losesNothing(boot, [
      ['/boot/grub/grub.cfg', saved],
      ['/boot/grub/grubenv', 'saved_entry=2\n'],
    ])
    losesNothing(boot, [['/etc/elilo.conf', 'image=a\n vmm=xen.gz\n']])
    losesNothing(boot, [['/boot/grub/menu.lst', 'default 0\ntitle a\n kernel /xen.gz\n']])
  })
})
