import * as assert from 'uvu/assert'
import { processes } from '../../src/facts/processes.ts'
import { security } from '../../src/facts/security.ts'
import { services } from '../../src/facts/services.ts'
import { describe } from '../describe.ts'
import { evidence, type Given, matches, names, output, status, value } from '../evidence.ts'
import { flips } from '../never-flips.ts'

const UNITS = {
  command: ['systemctl', 'list-units', '--all', '--no-pager', '--plain', '--no-legend'] as const,
}
const WANTS = '/etc/systemd/system/multi-user.target.wants'
const systemd: Given[] = [
  [{ stat: '/run/systemd/system' }, status({ type: 'dir' })],
  [
    UNITS,
    output(
      'libvirtd.service loaded failed failed Virtualization daemon\nvirtlogd.socket loaded active listening log manager\nxencommons.service not-found inactive dead xencommons.service\ncron.service loaded active running Regular jobs\nvirtlockd.service loaded inactive dead lock manager\n',
    ),
  ],
  [{ list: '/etc/systemd/system/*.wants' }, matches(WANTS)],
  [{ list: WANTS }, names('libvirtd.service', 'virtlogd.socket', 'cron.service')],
]

describe('facts: services', (it) => {
  it('knows which services keep the time, and whether something starts them', () => {
    const list =
      'chronyd.service loaded active running NTP\nsystemd-timesyncd.service loaded inactive dead time\nchrony-wait.service loaded inactive dead x\n'
    const given: Given[] = [
      [{ stat: '/run/systemd/system' }, status({ type: 'dir' })],
      [UNITS, output(list)],
      [{ list: '/etc/systemd/system/*.wants' }, matches(WANTS)],
      [{ list: WANTS }, names('chronyd.service')],
    ]
    const found = value(services.parse(evidence(services, given)).timeServices) as { name: string; enabled: boolean }[]
    assert.equal(
      found.map(({ name, enabled }) => [name, enabled]),
      [
        ['chronyd', true],
        ['systemd-timesyncd', false],
      ],
    )
    const sysv: Given[] = [
      ['/etc/inittab', 'id:3:initdefault:\n'],
      [{ list: '/etc/init.d' }, names('ntpd', 'xend')],
      [{ list: '/etc/rc[35].d' }, matches()],
    ]
    const old = value(services.parse(evidence(services, sysv)).timeServices) as { name: string; enabled: boolean }[]
    assert.equal(
      old.map(({ name, enabled }) => [name, enabled]),
      [['ntpd', false]],
    )
    assert.equal(flips(services, given), [])
  })

  it('knows that systemd starts the units that it makes of scripts by the links of runlevels', () => {
    const list =
      'xen.service loaded active running LSB: Xen daemons\nxendomains.service loaded inactive dead LSB: Start/stop secondary xen domains\n' +
      'libvirtd.service loaded inactive dead Virtualization daemon\n'
    const given: Given[] = [
      [{ stat: '/run/systemd/system' }, status({ type: 'dir' })],
      [UNITS, output(list)],
      [{ list: '/etc/systemd/system/*.wants' }, matches()],
      [{ list: '/etc/rc[35].d' }, matches('/etc/rc3.d')],
      [{ list: '/etc/rc3.d' }, names('S01xen', 'K01xendomains', 'S02libvirtd')],
    ]
    assert.equal(value(services.parse(evidence(services, given)).enabled), ['xen'])
    assert.equal(flips(services, given), [])
  })

  it('lists what guests depend on, and nothing that is only mentioned', () => {
    const facts = services.parse(evidence(services, systemd))
    assert.is(value(facts.init), 'systemd')
    assert.equal(value(facts.all), [
      { name: 'libvirtd', active: false, failed: true, enabled: true, state: 'failed (failed)' },
      { name: 'virtlogd.socket', active: true, failed: false, enabled: true, state: 'active (listening)' },
      { name: 'virtlockd', active: false, failed: false, enabled: false, state: 'inactive (dead)' },
    ])
    assert.equal(value(facts.active), ['virtlogd.socket'])
    assert.equal(value(facts.enabled), ['libvirtd', 'virtlogd.socket'])
  })

  it('reads links of runlevels where there is no systemd', () => {
    const old: Given[] = [
      ['/etc/inittab', 'id:3:initdefault:\n'],
      [{ list: '/etc/init.d' }, names('xend', 'xendomains', 'sshd')],
      [{ list: '/etc/rc.d/rc[35].d' }, matches('/etc/rc.d/rc3.d')],
      [{ list: '/etc/rc.d/rc3.d' }, names('S98xend', 'K01xendomains')],
    ]
    const facts = services.parse(evidence(services, old))
    assert.equal(value(facts.enabled), ['xend'])
    assert.is((value(facts.active) as { gap: string }[])[0]?.gap, 'unsupported')
    assert.equal(flips(services, old), [])
  })

  it('leaves out what waits for a cable, and what belongs into guests', () => {
    const units =
      'NetworkManager-wait-online.service loaded failed failed x\ndnsmasq.service loaded failed failed x\nnetworkd-dispatcher.service loaded failed failed x\nqemu-guest-agent.service loaded failed failed x\nNetworkManager.service loaded active running x\n'
    const facts = services.parse(
      evidence(services, [
        [{ stat: '/run/systemd/system' }, status({ type: 'dir' })],
        [UNITS, output(units)],
      ]),
    )
    assert.equal(
      (value(facts.all) as { name: string }[]).map(({ name }) => name),
      ['NetworkManager'],
    )
  })

  it('reads rc.conf', () => {
    const facts = services.parse(evidence(services, [['/etc/rc.conf', 'xencommons_enable="YES"\nsshd_enable="YES"\n']]))
    assert.is(value(facts.init), 'freebsd')
    assert.equal(value(facts.enabled), ['xencommons'])
  })

  it('changes no fact when any one answer is taken away', () => {
    assert.equal(flips(services, systemd), [])
  })
})

const PS = { command: ['ps', '-ww', '-axo', 'pid,ppid,state,wchan:40,comm'] as const }
const CALLS = { command: ['ps', '-ww', '-axo', 'pid,uid,etime,args'] as const }
const stuck: Given[] = [
  [
    PS,
    output(
      '  PID  PPID S WCHAN COMMAND\n    1 0 S ep_poll systemd\n   36 2 D xenwatch_thread xenwatch\n  300 1 D rpc_wait_bit_killable qemu-system-x86\n  301 1 D folio_wait_bit cp\n  400 1 S read_reply xl\n  500 1 Z - libvirtd\n',
    ),
  ],
  [
    CALLS,
    output(
      '  PID   UID     ELAPSED COMMAND\n  300 64055 1-00:00:00 /usr/bin/qemu-system-x86_64 -name guest=web1 -m 512 -accel kvm\n  400 0 20:00 /usr/lib/xen-4.17/bin/xl list\n  401 0 20:00 xl create /etc/xen/list\n  402 0 20:00 virsh console info\n  403 0 00:02 virsh list\n',
    ),
  ],
]

describe('facts: processes', (it) => {
  it('says who waits for what, and leaves threads of the kernel out', () => {
    const facts = processes.parse(evidence(processes, stuck))
    assert.equal(value(facts.blocked), [
      { pid: 300, name: 'qemu-system-x86', waitChannel: 'rpc_wait_bit_killable', cause: 'nfs' },
      { pid: 301, name: 'cp', waitChannel: 'folio_wait_bit', cause: 'disk' },
    ])
    assert.is((value(facts.blockedDaemons) as unknown[]).length, 1)
    assert.is((value(facts.names) as string[]).includes('libvirtd'), false)
  })

  it('takes only commands that should be over for hung ones', () => {
    const facts = processes.parse(evidence(processes, stuck))
    assert.equal(value(facts.hung), [{ pid: 400, command: 'xl list', age: 1200, waitChannel: 'read_reply' }])
    assert.is((value(facts.qemu) as { memory: number }[])[0]?.memory, 512 * 2 ** 20)
    assert.is(value(facts.xlGuests), true)
  })

  it('takes no command of a moment for one that looks after a guest', () => {
    const calls = (...lines: string[]): Given[] => [
      [CALLS, output(`  PID   UID     ELAPSED COMMAND\n${lines.join('\n')}\n`)],
    ]
    const looks = (...lines: string[]) => value(processes.parse(evidence(processes, calls(...lines))).xlGuests)
    assert.is(looks('  401 0 00:01 xl info', '  402 0 20:00 xl list'), false)
    assert.is(looks('  401 0 00:01 xl create web1'), false)
    assert.is(looks('  401 0 20:00 /usr/sbin/xl -vvv create web1'), true)
  })

  it('counts room for requests', () => {
    const facts = processes.parse(
      evidence(processes, [
        ['/proc/sys/fs/aio-nr', '0\n'],
        ['/proc/sys/fs/aio-max-nr', '65536\n'],
      ]),
    )
    assert.is(value(facts.aioRequests), 0)
    assert.is(value(facts.aioMax), 65_536)
  })

  it('changes no fact when any one answer is taken away', () => {
    assert.equal(flips(processes, stuck), [])
  })
})

const redhat: Given[] = [
  ['/sys/fs/selinux/enforce', '0'],
  ['/etc/selinux/config', '# SELINUX=disabled\nSELINUX=enforcing\n'],
  [{ file: '/sys/fs/selinux/booleans/virt_*' }, matches('/sys/fs/selinux/booleans/virt_use_nfs')],
  ['/sys/fs/selinux/booleans/virt_use_nfs', '1 1'],
  ['/etc/libvirt/qemu.conf', '#user = "root"\nuser = "oneadmin"\nsecurity_driver = [ "selinux", "apparmor" ]\n'],
]

describe('facts: security', (it) => {
  it('knows where images lie by the longest mount point', () => {
    const on = (mounts: string) => value(security.parse(evidence(security, [['/proc/mounts', mounts]])).imageFileSystem)
    const root = '/dev/sda1 / ext4 rw 0 0\n'
    assert.is(on(root), 'ext4')
    assert.is(on(`${root}filer:/i /var/lib/libvirt/images nfs4 rw 0 0\n/dev/sda2 /var xfs rw 0 0\n`), 'nfs4')
    assert.is(on(`${root}filer:/i /var/lib/libvirt/image nfs4 rw 0 0\n`), 'ext4')
  })

  it('tells permissive from disabled from not there', () => {
    const mode = (...given: Given[]) => value(security.parse(evidence(security, given)).selinux)
    assert.is(mode(...redhat), 'permissive')
    assert.is(mode(['/sys/fs/selinux/enforce', '1']), 'enforcing')
    assert.is(mode(['/etc/selinux/config', 'SELINUX=permissive\n']), 'disabled')
    assert.is(mode(), '')
  })

  it('names the boolean that images on NFS need, by either name', () => {
    const missing = (fileSystem: string, name: string, text: string) =>
      value(
        security.parse(
          evidence(security, [
            ['/proc/mounts', `/dev/sda1 / ext4 rw 0 0\nx /var/lib/libvirt/images ${fileSystem} rw 0 0\n`],
            [{ file: '/sys/fs/selinux/booleans/virt_*' }, matches(`/sys/fs/selinux/booleans/${name}`)],
            [`/sys/fs/selinux/booleans/${name}`, text],
          ]),
        ).missingBoolean,
      )
    assert.is(missing('nfs4', 'virt_use_nfs', '0 0'), 'virt_use_nfs')
    assert.is(missing('nfs', 'qemu_use_nfs', '0 0'), 'qemu_use_nfs')
    assert.is(missing('nfs', 'virt_use_nfs', '1 1'), '')
    assert.is(missing('cifs', 'virt_use_nfs', '0 0'), '')
    assert.is(missing('xfs', 'virt_use_nfs', '0 0'), '')
    assert.is(missing('fuse.glusterfs', 'virt_use_fusefs', '0 0'), 'virt_use_fusefs')
  })

  it('asks for no boolean where NFS keeps labels', () => {
    const nfs: Given[] = [
      ['/proc/mounts', 'x /var/lib/libvirt/images nfs4 rw,seclabel,vers=4.2 0 0\n'],
      [{ file: '/sys/fs/selinux/booleans/virt_*' }, matches('/sys/fs/selinux/booleans/virt_use_nfs')],
      ['/sys/fs/selinux/booleans/virt_use_nfs', '0 0'],
    ]
    const facts = security.parse(evidence(security, nfs))
    assert.is(value(facts.missingBoolean), '')
    assert.is(value(facts.imageFileSystem), 'nfs4')
  })

  it('reads booleans, qemu.conf and profiles', () => {
    const facts = security.parse(evidence(security, redhat))
    assert.equal(value(facts.booleans), { virt_use_nfs: true })
    assert.is(value(facts.qemuUser), 'oneadmin')
    assert.is(value(facts.qemuGroup), '')
    assert.is(value(facts.securityDriver), 'selinux, apparmor')
    const apparmor = security.parse(
      evidence(security, [
        ['/sys/module/apparmor/parameters/enabled', 'Y\n'],
        [
          '/sys/kernel/security/apparmor/profiles',
          'libvirtd (complain)\nvirt-aa-helper (enforce)\nman_groff (enforce)\n',
        ],
        ['/sys/kernel/security/lockdown', 'none [integrity] confidentiality\n'],
      ]),
    )
    assert.is(value(apparmor.libvirtProfile), 'complain')
    assert.equal(value(apparmor.complaining), ['libvirtd'])
    assert.is(value(apparmor.lockdown), 'integrity')
    assert.equal(flips(security, redhat), [])
  })
})
