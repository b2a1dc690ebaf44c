import * as assert from 'uvu/assert'
import { kernel, parseKernelConfig } from '../../src/facts/kernel.ts'
import { describe } from '../describe.ts'
import { evidence, type Given, matches, output, value } from '../evidence.ts'
import { losesNothing } from '../take-away.ts'

const release = { command: ['uname', '-r'] as [string, string] }
const GIVEN: Given[] = [
  [release, output('6.1.0-56-amd64\n')],
  ['/proc/cmdline', 'BOOT_IMAGE=/vmlinuz root=/dev/vda console=tty0 console=ttyS0,115200 -- single\n'],
  ['/proc/uptime', '94.37 120.11\n'],
  ['/proc/sys/kernel/tainted', '4097\n'],
  ['/proc/modules', 'kvm_amd 155648 0 - Live 0x0\nkvm 1110016 1 kvm_amd, Live 0x0\n'],
  [{ each: release, ask: { file: '/lib/modules/{}/modules.builtin' } }, matches('6.1.0-56-amd64')],
  ['/lib/modules/6.1.0-56-amd64/modules.builtin', 'kernel/drivers/block/virtio-blk.ko\nkernel/fs/ext4/ext4.ko\n'],
  [{ each: release, ask: { file: '/boot/config-{}' } }, matches('6.1.0-56-amd64')],
  [
    '/boot/config-6.1.0-56-amd64',
    'CONFIG_KVM=m\n# CONFIG_XEN_PVH is not set\nCONFIG_INTEL_IOMMU=y\nCONFIG_LOCALVERSION=""\n',
  ],
  [{ file: '/etc/modprobe.d/*' }, matches('/etc/modprobe.d/kvm.conf', '/etc/modprobe.d/old')],
  ['/etc/modprobe.d/kvm.conf', '# no KVM here\nblacklist kvm-amd\ninstall kvm /bin/true\noptions kvm_amd nested=1\n'],
  ['/etc/modprobe.d/old', 'blacklist virtio_net\n'],
  [{ file: '/sys/module/kvm*/parameters/*' }, matches('/sys/module/kvm_amd/parameters/nested')],
  ['/sys/module/kvm_amd/parameters/nested', '1\n'],
]

const parse = (...given: Given[]) => kernel.parse(evidence(kernel, [...GIVEN, ...given]))
const blacklisted = (facts: ReturnType<typeof parse>) =>
  (value(facts.blacklisted) as { module: string; line: number }[]).map(({ module, line }) => `${module}:${line}`)

describe('facts: kernel', (it) => {
  it('reads how the kernel was started, up to the words for init', () => {
    const facts = parse()
    assert.equal(value(facts.parameters), { BOOT_IMAGE: '/vmlinuz', root: '/dev/vda', console: 'ttyS0,115200' })
    assert.is(value(facts.uptime), 94.37)
    assert.equal(value(facts.taints), ['P', 'O'])
    assert.equal(value(facts.builtin), ['virtio_blk', 'ext4'])
    assert.equal(value(facts.config), { CONFIG_KVM: 'm', CONFIG_XEN_PVH: 'n', CONFIG_INTEL_IOMMU: 'y' })
    assert.equal(value(facts.moduleParameters), { 'kvm_amd.nested': '1' })
  })

  it('takes only .conf of modprobe.d, as every modprobe since 2011', () => {
    assert.equal(blacklisted(parse()), ['kvm_amd:2', 'kvm:3'])
  })

  it('takes every file where modprobe.conf shows an old system', () => {
    assert.equal(blacklisted(parse(['/etc/modprobe.conf', 'alias eth0 e1000\nblacklist a\n'])), [
      'kvm_amd:2',
      'kvm:3',
      'virtio_net:1',
      'a:2',
    ])
  })

  it('keeps a file that could not be read as a gap in the list', () => {
    const facts = parse(['/etc/modprobe.d/kvm.conf', { gap: 'denied' }])
    assert.is((value(facts.blacklisted) as { gap: string }[])[0]!.gap, 'denied')
  })

  it('does not take a file that is no configuration for an empty one', () => {
    assert.throws(() => parseKernelConfig('hello'))
  })

  it('changes no fact when an answer is taken away', () => {
    losesNothing(kernel, GIVEN)
    losesNothing(kernel, [...GIVEN, ['/etc/modprobe.conf', 'blacklist a\n']])
  })
})
