import * as assert from 'uvu/assert'
import { factsFromTest } from '../../src/engine/fact-values.ts'
import { merged, updateCommand } from '../../src/serial/setup/boot-lines.ts'
import { consoleSets, hostFacts } from '../../src/serial/setup/host-facts.ts'
import { describe } from '../describe.ts'
import { bare, but, dom0, gap, lines, named, of, type Some, states } from './machines.ts'

describe('the lines of a boot loader', (it) => {
  const silent: Some = but(dom0, { xen: { serial: [], consoles: [] }, console: { active: ['tty0'] } })
  const fixes = (boot: object, more: Some = {}) => {
    const path = of(but(but(silent, { boot: boot as Some[string] }), more))
    return [...named(path, 'hypervisor').fix, ...named(path, 'kernel').fix].map(({ where, insteadOf, lines, run }) => [
      where,
      insteadOf ?? '',
      lines.join('\n'),
      run ?? '',
    ])
  }

  it('keep the words that are there', () => {
    assert.is(
      merged('quiet console=tty0 console=ttyS0', ['console=ttyS0,115200'], true),
      'quiet console=tty0 console=ttyS0,115200',
    )
    assert.is(
      merged('console=vga dom0_mem=2G', ['com1=9600,8n1', 'console=com1,vga'], false),
      'dom0_mem=2G com1=9600,8n1 console=com1,vga',
    )
  })

  it('are variables of GRUB 2', () => {
    const file = '/etc/default/grub.d/xen.cfg'
    const boot = {
      configured: { GRUB_CMDLINE_XEN: 'dom0_mem=2G', GRUB_CMDLINE_LINUX_DEFAULT: 'quiet' },
      variables: [{ name: 'GRUB_CMDLINE_XEN', value: 'dom0_mem=2G', outside: '', meant: '', file, line: 1 }],
    }
    assert.equal(fixes(boot), [
      [
        file,
        'GRUB_CMDLINE_XEN="dom0_mem=2G"',
        'GRUB_CMDLINE_XEN="dom0_mem=2G com1=115200,8n1 console=com1,vga"',
        'update-grub',
      ],
      ['/etc/default/grub', '', 'GRUB_CMDLINE_LINUX_XEN_REPLACE_DEFAULT="quiet console=hvc0"', 'update-grub'],
    ])
  })

  it('are made into a menu as the distribution does', () => {
    const command = (distribution: string, version: string, file: string) =>
      updateCommand(
        hostFacts(factsFromTest(but(dom0, { platform: { distribution, version }, boot: { file } }), consoleSets)),
      )
    const efi = '/boot/efi/EFI/centos/grub.cfg'
    assert.is(command('centos', '7', efi), `grub2-mkconfig -o ${efi}`)
    assert.is(command('rhel', '9.4', '/boot/efi/EFI/redhat/grub.cfg'), 'grub2-mkconfig -o /boot/grub2/grub.cfg')
    assert.is(command('sles', '15.5', '/boot/grub2/grub.cfg'), 'grub2-mkconfig -o /boot/grub2/grub.cfg')
    assert.is(command('arch', '', '/boot/grub/grub.cfg'), 'grub-mkconfig -o /boot/grub/grub.cfg')
  })

  const entry = {
    ...{ index: '0', id: '', title: 'Xen', xen: true, hypervisor: '/xen.gz', hypervisorOptions: 'dom0_mem=1G' },
    ...{ kernel: '/vmlinuz', kernelRelease: '', initrd: '', initrdRelease: '', options: 'ro', missing: [] },
    ...{ isDefault: true, tboot: false, file: '/boot/grub/menu.lst', line: 3 },
  }

  it('are lines of the menu itself elsewhere', () => {
    const plain = { ...entry, xen: false, hypervisor: '', hypervisorOptions: '' }
    assert.equal(fixes({ loader: 'grub', entries: [plain, entry] }), [
      [entry.file, 'kernel /xen.gz dom0_mem=1G', 'kernel /xen.gz dom0_mem=1G com1=115200,8n1 console=com1,vga', ''],
      [entry.file, 'module /vmlinuz ro', 'module /vmlinuz ro console=hvc0', ''],
    ])
    assert.equal(
      fixes({ loader: 'elilo', entries: [entry] }).map(([, , line]) => line),
      ['append="dom0_mem=1G com1=115200,8n1 console=com1,vga -- ro"', 'append="dom0_mem=1G -- ro console=hvc0"'],
    )
    const onBare = of(but(bare, { boot: { loader: 'extlinux', entries: [plain] }, console: { active: ['tty0'] } }))
    assert.equal(lines(onBare, 'kernel'), ['append ro console=ttyS0,115200'])
    const bls = of(but(bare, { boot: { loader: 'bls' }, console: { active: ['tty0'] } }))
    assert.equal(lines(bls, 'kernel'), ['grubby --update-kernel=ALL --args="console=ttyS0,115200"'])
  })

  it('are the words alone where nobody knows how the machine boots', () => {
    assert.equal(
      fixes({ loader: '' }).map(([where, , line]) => [where, line]),
      [
        ['the command line of the hypervisor (no menu of a boot loader is here)', 'com1=115200,8n1 console=com1,vga'],
        ['the command line of the kernel of dom0 (no menu of a boot loader is here)', 'console=hvc0'],
      ],
    )
    assert.match(fixes({ loader: gap })[0]![0]!, 'is not known')
  })

  it('are settings of FreeBSD’s loader', () => {
    const freebsd = but(silent, {
      platform: { system: 'FreeBSD', distribution: 'freebsd', arch: 'amd64' },
      xen: { loader: { xen_kernel: '/boot/xen', xen_cmdline: 'dom0=pvh' } },
      console: { gettyDevices: ['ttyv0'] },
      services: { init: 'freebsd' },
    })
    const path = of(freebsd)
    assert.equal(
      [path.device, ...states(path)],
      ['xc0', 'hypervisor missing', 'kernel missing', 'login missing', 'speed ok'],
    )
    assert.equal(lines(path, 'hypervisor'), ['xen_cmdline="dom0=pvh com1=115200,8n1 console=com1,vga"'])
    assert.equal(lines(path, 'kernel'), [
      'boot_multicons="YES"',
      'boot_serial="YES"',
      'console="vidconsole,comconsole"',
    ])
    assert.equal(lines(path, 'login'), ['xc0 "/usr/libexec/getty Pc" xterm onifconsole secure'])
    const set = but(freebsd, { xen: { loader: { console: 'vidconsole,comconsole' } } })
    assert.is(named(of(set), 'kernel').state, 'ok')
    assert.is(named(of(but(freebsd, { xen: { loader: gap } })), 'kernel').state, 'unknown')
  })
})
