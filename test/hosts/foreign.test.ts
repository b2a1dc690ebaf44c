import * as assert from 'uvu/assert'
import { everyAsk } from '../../src/engine/asks.ts'
import { command, file, link, list, stat } from '../../src/evidence/ask.ts'
import { openRecording } from '../../src/hosts/recording.ts'
import { type Host, UserError } from '../../src/types.ts'
import { describe } from '../describe.ts'
import { folderWith } from './machine-folder.ts'
import { said, UNAME } from './said.ts'

const opened = async (files: Readonly<Record<string, string>>): Promise<Host> =>
  (await openRecording(folderWith(files), everyAsk)).host

const uname = command(['uname', '-srm'])

describe('a sosreport', (it) => {
  it('tells in other words what is asked', async () => {
    const host = await opened({ 'sos_commands/kernel/uname_-a': UNAME, 'proc/cmdline': 'quiet\n' })
    assert.match(host.label, /^sosreport /)
    assert.is(await said(host, uname), 'Linux 6.1.0-18-amd64 x86_64\n')
    assert.is(await said(host, file('/proc/cmdline')), 'quiet\n')
  })

  it('knows machines of Red Hat and FreeBSD by their uname', async () => {
    const redhat = UNAME.replace('x86_64 GNU', 'i686 i686 i386 GNU')
    const bsd = 'FreeBSD web1 13.2-RELEASE FreeBSD 13.2-RELEASE releng/13.2-n254617-525ecfdad597 GENERIC amd64\n'
    assert.is(
      await said(await opened({ 'sos_commands/kernel/uname_-a': redhat }), uname),
      'Linux 6.1.0-18-amd64 i686\n',
    )
    assert.is(await said(await opened({ 'sos_commands/kernel/uname_-a': bsd }), uname), 'FreeBSD 13.2-RELEASE amd64\n')
    assert.is(await said(await opened({ 'sos_commands/kernel/uname_-a': 'Linux\n' }), uname), 'not-recorded')
  })

  it('does not take a failure for an answer', async () => {
    const failures = [
      'bash: xl: command not found\n',
      '/bin/sh: 1: xl: not found\n',
      '',
      "timeout: failed to run command 'xl': No such file or directory\n",
      "host : a\nrelease : b\nversion : c\nmachine : d\n[plugin:xen] command 'xl info' timed out after 300s\n",
    ]
    for (const text of failures)
      assert.is(
        await said(await opened({ 'sos_commands/xen/xl_info': text }), command(['xl', 'info'])),
        'not-recorded',
        text,
      )
  })

  it('believes the exit codes that sos 4 writes down', async () => {
    const manifest = (code: number): string =>
      JSON.stringify({
        components: {
          report: {
            plugins: {
              kernel: { commands: [{ exec: 'uname -a', filepath: 'sos_commands/kernel/odd_name', return_code: code }] },
            },
          },
        },
      })
    const files = { 'sos_commands/kernel/odd_name': UNAME }
    assert.is(
      await said(await opened({ ...files, 'sos_reports/manifest.json': manifest(0) }), command(['uname', '-r'])),
      '6.1.0-18-amd64\n',
    )
    for (const code of [1, 124, 127])
      assert.is(
        await said(await opened({ ...files, 'sos_reports/manifest.json': manifest(code) }), uname),
        'not-recorded',
      )
    assert.is(
      await said(await opened({ ...files, 'sos_reports/manifest.json': '{"components":7}' }), uname),
      'not-recorded',
    )
    assert.is(await said(await opened({ ...files, 'sos_reports/manifest.json': 'no json' }), uname), 'not-recorded')
  })

  it('has of a large log the end, and of nothing else', async () => {
    const host = await opened({
      'sos_commands/logs/x': '',
      'sos_strings/logs/var.log.messages.tailed': 'the end\n',
      'var/log/messages': '-> ../../sos_strings/logs/var.log.messages.tailed',
      'etc/fstab': '-> ../sos_strings/logs/var.log.messages.tailed',
    })
    assert.is(await said(host, file('/var/log/messages', { fromEnd: true, maxBytes: 1000 })), '…the end\n')
    assert.is(await said(host, file('/etc/fstab')), 'too-big')
  })

  it('does not take some logs for all of them', async () => {
    const files = { 'sos_commands/libvirt/x': '', 'var/log/libvirt/qemu/web1.log': 'new\n' }
    const logs = file('/var/log/libvirt/qemu/*.log', { fromEnd: true })
    assert.is(await said(await opened(files), logs), '{"kind":"expands","values":["/var/log/libvirt/qemu/web1.log"]}')
    const tail = { 'sos_strings/libvirt/var.log.libvirt.qemu.web2.log.tailed': 'x' }
    assert.is(await said(await opened({ ...files, ...tail }), logs), 'not-recorded')
    const since = { 'sos_reports/manifest.json': '{"cmdline":"sos report --since 20261101"}' }
    assert.is(await said(await opened({ ...files, ...since }), logs), 'not-recorded')
  })

  it('answers for folders that it holds whole, and for no others', async () => {
    const files = { 'etc/modprobe.d/a.conf': 'a\n', 'sys/class/net/eth0/flags': '1\n', 'boot/grub/grub.cfg': 'x\n' }
    const host = await opened({ ...files, 'sos_commands/kernel/lsmod': 'x\n' })
    assert.is(await said(host, file('/etc/modprobe.d/*')), '{"kind":"expands","values":["/etc/modprobe.d/a.conf"]}')
    assert.is(await said(host, list('/boot')), 'not-recorded')
    assert.is(await said(host, list('/sys/class/net')), 'not-recorded')
    assert.is(await said(host, file('/sys/module/kvm*/parameters/*')), 'not-recorded')
    const other = await opened({ ...files, 'sos_commands/block/lsblk': 'x\n' })
    assert.is(await said(other, file('/etc/modprobe.d/*')), 'not-recorded')
  })

  it('tells from listings what is in folders, whose it is, and where links lead', async () => {
    const host = await opened({
      'sos_commands/block/ls_-lanR_.dev':
        '/dev:\ntotal 0\ndrwxr-xr-x 6 0 0 2200 Nov 20 06:36 .\ncrw-rw---- 1 0 104 10, 232 Nov 20 06:36 kvm\n\n/dev/xen:\ntotal 0\n',
      'sos_commands/block/ls_-alZR_.sys.block':
        '/sys/block:\ntotal 0\nlrwxrwxrwx. 1 root root system_u:object_r:sysfs_t:s0 0 Nov 20 06:36 dm-0 -> ../devices/virtual/block/dm-0\n',
    })
    assert.is(
      await said(host, stat('/dev/kvm')),
      '{"kind":"stat","stat":{"type":"char","mode":432,"uid":0,"gid":104,"size":null}}',
    )
    assert.is(await said(host, stat('/dev/xen/privcmd')), 'absent')
    assert.is(await said(host, stat('/dev/net/tun')), 'absent')
    assert.is(await said(host, stat('/sys/class/tty')), 'not-recorded')
    assert.is(await said(host, list('/sys/block')), 'dm-0')
    assert.is(await said(host, link('/sys/block/[hsd]*')), '{"kind":"expands","values":["/sys/block/dm-0"]}')
    assert.is(await said(host, link('/sys/block/dm-0')), '../devices/virtual/block/dm-0')
  })

  it('knows from the list of all logs which there were', async () => {
    const host = await opened({
      'sos_commands/logs/ls_-alRh_.var.log':
        '/var/log:\ntotal 9.2M\ndrwxr-xr-x 9 root root 4.0K Nov 20 06:36 .\n-rw------- 1 root root 1.2M Nov 20 06:36 messages\ndrwx------ 2 root root 4.0K Nov 20  2025 libvirt\n',
      'var/log/messages': 'hello\n',
    })
    assert.is(await said(host, file('/var/log/messages', { fromEnd: true })), 'hello\n')
    assert.is(await said(host, file('/var/log/syslog', { fromEnd: true })), 'absent')
    assert.is(await said(host, file('/var/log/xen/xend.log')), 'absent')
    assert.is(await said(host, file('/var/log/xen/xl-*.log')), '{"kind":"expands","values":[]}')
    // It was there, and what was in it is not told.
    assert.is(await said(host, file('/var/log/libvirt/libvirtd.log')), 'not-recorded')
    assert.is(await said(host, file('/var/log/libvirt/*.log')), 'not-recorded')
    assert.is(await said(host, stat('/var/log/messages')), 'malformed')
    assert.is(await said(host, command(['dmesg'], { if: { path: '/var/log/xen/x' } })), 'withheld')
    assert.is(await said(host, command(['dmesg'], { if: { path: '/boot/loader.conf' } })), 'not-recorded')
  })

  it('says that something was not there only where the archive proves it', async () => {
    const ps =
      'USER PID %CPU COMMAND\nroot 1 0.0 /sbin/init\nroot 2 0.0 [kthreadd]\nroot 9 0.0 /usr/sbin/libvirtd --timeout 120\n' +
      'root 10 0.0 vi /usr/sbin/virtqemud\nroot 11 0.0 python /usr/sbin/xend start\n'
    const units =
      '  UNIT LOAD ACTIVE SUB DESCRIPTION\n  ssh.service loaded active running OpenBSD Secure Shell server\n'
    const proofs = {
      'sos_commands/kernel/uname_-a': UNAME,
      'sos_commands/systemd/systemctl_list-units': units,
      'sos_commands/process/ps_auxwww': ps,
      'sos_commands/processor/lscpu': 'Architecture: x86_64\nCPU(s): 2\nHypervisor vendor:  KVM\n',
    }
    const host = await opened(proofs)
    assert.is(await said(host, stat('/.dockerenv')), 'absent')
    assert.is(await said(host, file('/proc/xen/capabilities')), 'absent')
    assert.is(await said(host, command(['xl', 'dmesg'])), 'absent')
    assert.is(await said(host, command(['xl', 'info'])), 'not-recorded')
    assert.is(await said(host, stat('/usr/sbin/libvirtd')), 'malformed')
    assert.is(await said(host, stat('/usr/sbin/xend')), 'malformed')
    for (const path of ['/usr/sbin/virtqemud', '/etc/fstab', '/usr/bin/qemu-kvm'])
      assert.is(await said(host, stat(path)), 'not-recorded')
    const none = await opened({ 'sos_commands/kernel/uname_-a': UNAME })
    assert.is(await said(none, stat('/.dockerenv')), 'not-recorded')
    assert.is(await said(none, file('/proc/xen/capabilities')), 'not-recorded')
    const doubts = [
      { 'sos_commands/process/ps_auxwww': ps.replace('[kthreadd]', 'bash') },
      { 'sos_commands/systemd/systemctl_list-units': 'Failed to connect to bus: Host is down\n' },
      { 'sos_commands/kernel/uname_-a': UNAME.replace('18-amd64', '18-pve-042stab1') },
    ]
    for (const doubt of doubts)
      assert.is(await said(await opened({ ...proofs, ...doubt }), stat('/.dockerenv')), 'not-recorded')
  })
})

describe('a supportconfig', (it) => {
  const head = '#==[ Command ]======================================#\n'
  const conf = '#==[ Configuration File ]===========================#\n'
  const log = '#==[ Log File ]=====================================#\n'

  it('is read by its sections', async () => {
    const host = await opened({
      'basic-environment.txt': `=====\nSupport Utilities\n${head}# /bin/date\nFri Nov 20 06:37:00 UTC 2026\n\n${head}# /bin/uname -a\n${UNAME}\n${conf}# /etc/os-release\nID="sles"\n\n\n`,
      'modules.txt': `${head}# /sbin/lsmod | sort\nkvm 1409024 1 kvm_amd\nModule Size Used by\n\n# Known Module Parameter Values\n/sys/module/kvm/parameters/ignore_msrs=N\n/sys/module/kvm/parameters/secret=?\n\n${conf}# /etc/modprobe.d/*  - File not found\n\n`,
      'messages.txt': `${log}# /var/log/messages - Last 500 Lines\nNov 20 06:36:00 web1 kernel: hello\n\n${log}# /var/log/syslog - File not found\n\n`,
      'xen.txt': `${head}# /usr/sbin/xl info\nERROR: Command not found or not executable\n\n#==[ Verification ]=================================#\n# rpm -V xen\n# RPM Not Installed: xen\n`,
      'ntp.txt': `${head}# /usr/sbin/ntpq -pn\n     remote           refid\n# ERROR: Command did not complete within the timeout period.\n\n`,
    })
    assert.match(host.label, /^supportconfig /)
    assert.is(host.at?.toISOString(), '2026-11-20T06:37:00.000Z')
    assert.is(await said(host, uname), 'Linux 6.1.0-18-amd64 x86_64\n')
    assert.is(await said(host, file('/etc/os-release')), 'ID="sles"\n')
    assert.is(await said(host, file('/sys/module/kvm/parameters/ignore_msrs')), 'N\n')
    assert.is(await said(host, file('/sys/module/kvm/parameters/secret')), 'not-recorded')
    assert.is(await said(host, file('/proc/modules')), 'kvm 1409024 1 kvm_amd, Live 0x0000000000000000\n')
    assert.is(
      await said(host, file('/var/log/messages', { fromEnd: true, maxBytes: 1000 })),
      '…Nov 20 06:36:00 web1 kernel: hello\n',
    )
    assert.is(await said(host, file('/var/log/syslog', { fromEnd: true })), 'absent')
    assert.is(await said(host, command(['xl', 'info'])), 'not-recorded')
    assert.is(await said(host, command(['ntpq', '-pn'])), 'not-recorded')
    assert.is(await said(host, file('/etc/fstab')), 'not-recorded')
  })
})

describe('what is none of these', (it) => {
  it('is a bare tree, or refused', async () => {
    assert.match((await opened({ 'etc/fstab': 'x' })).label, /^tree /)
    const none: Record<string, string>[] = [
      { readme: 'x' },
      { 'inventory.xml': '<house/>' },
      { 'basic-environment.txt': 'a note' },
    ]
    for (const files of none)
      try {
        await opened(files)
        assert.unreachable()
      } catch (error) {
        assert.instance(error, UserError)
      }
  })
})
