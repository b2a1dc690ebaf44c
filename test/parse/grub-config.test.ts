import * as assert from 'uvu/assert'
import { parseGrubConfig } from '../../src/parse/grub-config.ts'
import { describe } from '../describe.ts'
import { DEBIAN_XEN } from '../machines/debian-xen.ts'

describe('parse: grub.cfg', (it) => {
  const debian = parseGrubConfig(DEBIAN_XEN)

  it('numbers entries as GRUB does, through submenus', () => {
    assert.equal(
      debian.entries.map(({ index }) => index),
      ['0', '1>0', '1>1', '2'],
    )
  })

  it('takes the hypervisor for the kernel of multiboot, and the first module for the kernel of dom0', () => {
    const xen = debian.entries[3]!
    assert.is(xen.hypervisor, '/boot/xen-4.17-amd64.gz')
    assert.is(xen.hypervisorOptions, 'dom0_mem=2G,max:2G crashkernel=256M<4G')
    assert.is(xen.kernel, '/boot/vmlinuz-6.1.0-56-amd64')
    assert.is(xen.initrd, '/boot/initrd.img-6.1.0-56-amd64')
    assert.is(xen.options, 'root=UUID=1111 ro quiet')
    assert.is(xen.line, 32)
  })

  it('does not take the one-time choice for the default', () => {
    assert.is(debian.defaultSpec, '0')
  })

  it('finds an entry by number, id, title and path', () => {
    assert.is(debian.find('2'), '2')
    assert.is(debian.find('xen-gnulinux-simple-1111'), '2')
    assert.is(debian.find('Debian GNU/Linux, with Xen hypervisor'), '2')
    assert.is(debian.find('1>1'), '1>1')
    assert.is(debian.find('gnulinux-advanced-1111>gnulinux-6.1.0-56-amd64-recovery-1111'), '1>1')
  })

  it('takes the first entry of a submenu, and nothing for a number beyond the menu or a name that is not there', () => {
    assert.is(debian.find('1'), '1>0')
    assert.is(debian.find('7'), null)
    assert.is(debian.find('Windows'), null)
  })

  it('follows the line that moves an old title into its submenu', () => {
    const moved = (to: string) =>
      parseGrubConfig(`${DEBIAN_XEN}if [ "x$default" = 'old' ]; then default='${to}'; fi;\n`).find('old')
    assert.is(moved('Advanced options for Debian GNU/Linux>1'), '1>1')
    assert.is(moved('no such submenu>1'), null)
  })

  it('knows a menu that is read from loader entries', () => {
    const red = parseGrubConfig('set default="${saved_entry}"\ninsmod blscfg\nblscfg\n')
    assert.ok(red.bls)
    assert.is(red.defaultSpec, '${saved_entry}')
  })

  it('takes Xen behind trusted boot for the hypervisor', () => {
    const text =
      "menuentry 'x' {\n multiboot /tboot.gz logging=serial\n module /xen.gz dom0_mem=1G\n module /vmlinuz ro\n}\n"
    const [entry] = parseGrubConfig(text).entries
    assert.is(entry!.hypervisor, '/xen.gz')
    assert.is(entry!.kernel, '/vmlinuz')
  })

  it('survives braces that do not fit', () => {
    assert.is(parseGrubConfig("}\n}\nmenuentry 'a' {\nmenuentry {\n").entries.length, 2)
  })
})
