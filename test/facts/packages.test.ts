import * as assert from 'uvu/assert'
import { logs } from '../../src/facts/logs.ts'
import { packages } from '../../src/facts/packages.ts'
import { describe } from '../describe.ts'
import { evidence, type Given, matches, output, status, value } from '../evidence.ts'
import { flips } from '../never-flips.ts'

describe('facts: packages', (it) => {
  const dpkgAsk = packages.asks[0]!
  const dpkg = (text: string, exit = 1): Given => [
    dpkgAsk,
    output(text, exit, 'dpkg-query: no packages found matching ovmf\n'),
  ]

  it('takes what dpkg found though other patterns matched nothing', () => {
    const facts = packages.parse(
      evidence(packages, [
        dpkg(
          'ii  xen-hypervisor-4.17-amd64 4.17.7+13-g1\nii  xen-utils-4.17 4.17.7+13-g1\nii  qemu-system-x86 1:7.2+dfsg-7\n',
        ),
      ]),
    )
    assert.equal(value(facts.hypervisor), ['4.17.7'])
    assert.is(value(facts.toolsMatch), true)
    assert.is(value(facts.qemu), '7.2')
    assert.is(value(facts.libvirt), null)
    assert.is(value(facts.both), false)
  })

  it('compares releases, any hypervisor with any tools', () => {
    const matching = (text: string) => value(packages.parse(evidence(packages, [dpkg(text)])).toolsMatch)
    assert.is(matching('ii  xen-hypervisor-4.17-amd64 4.17.7\nii  xen-utils-4.14 4.14.6\n'), false)
    assert.is(
      matching('ii  xen-hypervisor-4.17-amd64 4.17.7\nii  xen-utils-4.17 4.17.5\nii  xen-utils-4.14 4.14.6\n'),
      true,
    )
    assert.is(matching('ii  xen-hypervisor-4.17-amd64 4.17.7\n'), true)
    assert.is(matching('ii  xen-utils-4.17 4.17.7\n'), true)
    // An older hypervisor that an upgrade has left behind, and Debian's scripts that make images.
    const old = 'ii  xen-hypervisor-4.14-amd64 4.14.6\n'
    assert.is(matching(`${old}ii  xen-hypervisor-4.17-amd64 4.17.7\nii  xen-utils-4.17 4.17.7\n`), true)
    assert.is(matching(`${old}ii  xen-tools 4.9.2-1\n`), true)
    assert.is(matching(`${old}ii  xen-hypervisor-common 4.17.7\nii  xen-utils-4.17 4.17.7\n`), false)
  })

  it('reads rpm, whose kernel-xen has the version of Linux', () => {
    const rpm: Given = [
      packages.asks[1]!,
      output(
        'kernel-xen 3.0.101-108.1\nxen 4.4.4_40-61\nxen-tools 4.4.4_40-61\nqemu-kvm 1.0-1\npackage virtio-win is not installed\n',
        20,
      ),
    ]
    const facts = packages.parse(evidence(packages, [rpm]))
    assert.is(value(facts.toolsMatch), true)
    assert.is(value(facts.both), true)
    assert.equal(flips(packages, [rpm]), [])
  })

  it('misses tools of the release that runs', () => {
    const xen: Given[] = [
      ['/sys/hypervisor/type', 'xen\n'],
      ['/sys/hypervisor/version/major', '4\n'],
      ['/sys/hypervisor/version/minor', '14\n'],
    ]
    const tools = (version: string, ...more: Given[]) =>
      packages.parse(evidence(packages, [dpkg(`ii  xen-utils-4.17 ${version}\n`), ...more]))
    assert.is(value(tools('4.17.7', ...xen).toolsRun), false)
    assert.is(value(tools('4.14.2', ...xen).toolsRun), true)
    assert.is(value(tools('4.17.7').toolsRun), true)
    assert.is(value(tools('4.17.7', ...xen).runningXen), '4.14')
  })

  it('takes a failed manager for no answer', () => {
    assert.is(value(packages.parse(evidence(packages, [dpkg('', 2)])).names), 'malformed')
  })
})

describe('facts: logs', (it) => {
  const kept = (...given: Given[]) => value(logs.parse(evidence(logs, given)).kept)
  const journal: Given = [{ stat: '/var/log/journal' }, status({ type: 'dir' })]

  it('knows whether messages outlive a reboot', () => {
    assert.is(kept(), false)
    assert.is(kept(journal), true)
    assert.is(kept([{ stat: '/var/log/messages' }, status({})]), true)
    assert.is(kept(journal, ['/etc/systemd/journald.conf', '[Journal]\nStorage=volatile\n']), false)
    assert.is(kept(['/etc/systemd/journald.conf', '#Storage=auto\nStorage=persistent\n']), true)
    assert.is(kept(journal, [{ stat: '/var/log/syslog' }, { gap: 'denied' }]), 'denied')
  })

  it('finds huge logs and dumps', () => {
    const given: Given[] = [
      journal,
      [{ stat: '/var/log/xen/*' }, matches('/var/log/xen/xenstored-access.log', '/var/log/xen/console')],
      [{ stat: '/var/log/xen/xenstored-access.log' }, status({ size: 2 ** 31 })],
      [{ stat: '/var/log/xen/console' }, status({ type: 'dir', size: 4096 })],
      [{ stat: '/var/lib/xen/dump/*' }, matches('/var/lib/xen/dump/web1.core')],
      [{ stat: '/var/lib/xen/dump/web1.core' }, status({ size: 5 })],
    ]
    const facts = logs.parse(evidence(logs, given))
    assert.equal(value(facts.huge), [{ path: '/var/log/xen/xenstored-access.log', size: 2 ** 31 }])
    const sparse: Given[] = [
      [{ stat: '/var/log/*' }, matches('/var/log/lastlog')],
      [{ stat: '/var/log/lastlog' }, status({ size: 2 ** 38 })],
    ]
    assert.equal(value(logs.parse(evidence(logs, sparse)).huge), [])
    assert.equal(value(facts.dumps), [{ path: '/var/lib/xen/dump/web1.core', size: 5 }])
    assert.equal(flips(logs, given), [])
  })
})
