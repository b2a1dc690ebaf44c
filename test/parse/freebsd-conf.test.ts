import * as assert from 'uvu/assert'
import { lockedMemoryOf, meantFreebsdKey, parseFreebsdConf } from '../../src/parse/freebsd-conf.ts'
import { describe } from '../describe.ts'

const LOGIN = `# login.conf
default:\\
\t:passwd_format=sha512:\\
\t:memorylocked=64K:\\
\t:umask=022:
daemon:\\
\t:memorylocked=128M:\\
\t:tc=default:
russian|Russian Users Accounts:\\
\t:charset=UTF-8:\\
\t:tc=default:
#root:\\
#\t:memorylocked=infinity:\\
root:\\
\t:ignorenologin:\\
\t:memorylocked=unlimited:\\
\t:tc=default:
`

describe('parse: the files of FreeBSD', (it) => {
  it('reads settings with their lines, and no comments', () => {
    assert.equal(parseFreebsdConf('# x="y"\nxen_kernel="/boot/xen"\nhw.pci.mcfg=0 # old\nxen-cmdline=\'a b\'\n'), [
      { key: 'xen_kernel', value: '/boot/xen', line: 2 },
      { key: 'hw.pci.mcfg', value: '0', line: 3 },
      { key: 'xen-cmdline', value: 'a b', line: 4 },
    ])
  })

  it('knows which setting was meant, and lets all others be', () => {
    const loader = (key: string) => meantFreebsdKey('/boot/loader.conf', key)
    assert.is(loader('xen_kernal'), 'xen_kernel')
    assert.is(loader('xen-cmdline'), 'xen_cmdline')
    assert.is(loader('XEN_CMDLINE'), 'xen_cmdline')
    for (const right of ['xen_kernel', 'if_tun_load', 'kern.hz', 'xen_kernel_path', 'zfs_load'])
      assert.is(loader(right), null)
    assert.is(meantFreebsdKey('/etc/rc.conf', 'xencommon_enable'), 'xencommons_enable')
    assert.is(meantFreebsdKey('/etc/rc.conf', 'xen_kernal'), null)
    assert.is(meantFreebsdKey('/etc/sysctl.conf', 'vm.max_user_wire'), 'vm.max_user_wired')
  })

  it('follows a login class to the one that it goes on to', () => {
    assert.equal(lockedMemoryOf(LOGIN, 'root'), { limit: 'unlimited', line: 16 })
    assert.equal(lockedMemoryOf(LOGIN.replace(/^\t:memorylocked=unlimited:\\\n/m, ''), 'root'), {
      limit: '64K',
      line: 4,
    })
    assert.equal(lockedMemoryOf(LOGIN, 'russian'), { limit: '64K', line: 4 })
    assert.equal(lockedMemoryOf(LOGIN, 'nobody'), { limit: '64K', line: 4 })
    assert.equal(lockedMemoryOf('a:tc=b:\nb:tc=a:\n', 'a'), { limit: '', line: 1 })
    assert.equal(lockedMemoryOf('', 'root'), { limit: '', line: 1 })
  })
})
