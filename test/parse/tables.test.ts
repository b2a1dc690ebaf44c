import * as assert from 'uvu/assert'
import { parseDf } from '../../src/parse/df.ts'
import { moduleName, neverLoads, parseModprobe } from '../../src/parse/modprobe.ts'
import { holding, parseMounts } from '../../src/parse/mount-table.ts'
import { parseProcessNames, runs } from '../../src/parse/process-names.ts'
import { describe } from '../describe.ts'

describe('parse: df, mounts, processes, modprobe.d', (it) => {
  it('reads df, blanks in names and missing counts too', () => {
    assert.equal(
      parseDf(
        'Filesystem     1024-blocks   Used Available Capacity Mounted on\n/dev/vda           3015032 941332   1905588      34% /\n//nas/my disk      100      10       90      10% /mnt/my disk\nefivarfs - - - - /sys/firmware/efi/efivars\n',
      ),
      [
        { device: '/dev/vda', path: '/', size: 3015032, used: 941332, free: 1905588 },
        { device: '//nas/my disk', path: '/mnt/my disk', size: 100, used: 10, free: 90 },
        { device: 'efivarfs', path: '/sys/firmware/efi/efivars', size: 0, used: 0, free: 0 },
      ],
    )
    assert.throws(() => parseDf('df: illegal option -- l'))
  })

  it('finds the mount that holds a path, the later of two', () => {
    const mounts = parseMounts(
      '/dev/a / ext4 rw 0 0\n/dev/b /var xfs rw 0 0\n/dev/c /var/lib\\040x ext4 ro 0 0\n/dev/d /var xfs ro 0 0\n',
    )
    assert.is(holding(mounts, '/var/log')?.device, '/dev/d')
    assert.is(holding(mounts, '/var/lib x/y')?.device, '/dev/c')
    assert.is(holding(mounts, '/variable')?.device, '/dev/a')
    assert.is(holding([], '/'), null)
  })

  it('lists names of processes as the kernel cuts them, without the dead', () => {
    const names = parseProcessNames(
      '    PID    PPID S WCHAN                                    COMMAND\n    812       1 S do_poll.constprop.0                      systemd-timesyn\n    900     812 Z -                                        chronyd\n    901       1 S -                                        tmux: server\n',
    )
    assert.equal(names, ['systemd-timesyn', 'tmux: server'])
    assert.ok(runs(names, 'systemd-timesyncd'))
    assert.not(runs(names, 'chronyd'))
    assert.throws(() => parseProcessNames('ps: unknown option'))
  })

  it('reads modprobe.d, lines that go on too', () => {
    const lines = parseModprobe(
      '# x\nblacklist kvm-intel\noptions kvm_intel \\\n nested=1\ninstall kvm /bin/false\n8139cp\n',
    )
    assert.equal(
      lines.map(({ command, module, rest, line }) => [command, module, rest, line]),
      [
        ['blacklist', 'kvm_intel', '', 2],
        ['options', 'kvm_intel', 'nested=1', 3],
        ['install', 'kvm', '/bin/false', 5],
        ['', '8139cp', '', 6],
      ],
    )
    assert.equal(lines.map(neverLoads), [false, false, true, false])
    assert.not(neverLoads({ command: 'install', module: 'a', rest: '/sbin/modprobe --ignore-install a', line: 1 }))
    assert.is(moduleName('snd-pcm'), 'snd_pcm')
  })
})
