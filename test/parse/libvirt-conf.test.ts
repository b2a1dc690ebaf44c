import * as assert from 'uvu/assert'
import { parseLibvirtConf, readLibvirtConf } from '../../src/parse/libvirt-conf.ts'
import { confProblems } from '../../src/parse/libvirt-keys.ts'
import { describe } from '../describe.ts'

const QEMU = '/etc/libvirt/qemu.conf'

const problems = (path: string, text: string) => confProblems(path, readLibvirtConf(text))

describe("parse: libvirt's configuration", (it) => {
  it('reads texts, numbers and lists over several lines', () => {
    const text =
      '# x\nlisten_tcp = 1 # on\nauth_tcp="sasl"; log_level=3\ncgroup_device_acl = [\n  "/dev/null",\n  \'/dev/kvm\',\n]\n'
    assert.equal(readLibvirtConf(text), {
      settings: [
        { key: 'listen_tcp', value: '1', kind: 'number', line: 2 },
        { key: 'auth_tcp', value: 'sasl', kind: 'string', line: 3 },
        { key: 'log_level', value: '3', kind: 'number', line: 3 },
        { key: 'cgroup_device_acl', value: '/dev/null, /dev/kvm', kind: 'list', line: 4 },
      ],
      error: null,
    })
  })

  it('takes the first of two, as libvirt does', () => {
    assert.is(parseLibvirtConf('user = "root"\nuser = "qemu"\n').get('user')?.value, 'root')
  })

  it('stops where libvirt gives up, and tells the line', () => {
    const message = (text: string) => readLibvirtConf(text).error
    assert.equal(message('\nuser = root\n'), { line: 2, message: 'the value of user is neither quoted nor a number' })
    assert.equal(message('user = "root\n'), { line: 1, message: 'the quote of user is not closed on its line' })
    assert.equal(message('user "root"\n'), { line: 1, message: '"=" is missing after user' })
    assert.equal(message('user = "a" b\n'), { line: 1, message: 'something follows the value of user' })
    assert.equal(message('(user a)\n'), { line: 1, message: 'no name stands where a setting should begin' })
    assert.equal(message('nvram = [ "a" "b" ]\n'), {
      line: 1,
      message: 'a comma or "]" is missing in the list of nvram',
    })
    assert.is(readLibvirtConf('nvram = [ "a",\n').error?.line, 2)
  })

  it('knows what each setting takes', () => {
    assert.equal(problems('/etc/libvirt/libvirtd.conf', 'unix_sock_rw_perms = 0770\nlisten_tcp = "1"\n'), [
      { key: 'unix_sock_rw_perms', line: 1, refused: 'unix_sock_rw_perms takes a text in quotes', meant: '' },
      { key: 'listen_tcp', line: 2, refused: 'listen_tcp takes 0 or 1, without quotes', meant: '' },
    ])
    assert.equal(problems(QEMU, 'vnc_tls = 2\n')[0]?.refused, 'vnc_tls takes 0 or 1, without quotes')
    assert.equal(problems(QEMU, 'namespaces = ""\n')[0]?.refused, 'namespaces takes a list in [ ]')
    assert.equal(problems(QEMU, 'max_core = "unlimited"\nsecurity_driver = "none"\nnamespaces = []\n'), [])
    assert.equal(problems('/etc/libvirt/libxl.conf', 'autoballoon = "auto"\n').length, 1)
  })

  it('names the setting that was meant, and leaves alone what resembles none', () => {
    assert.equal(problems(QEMU, 'vnc_lisen = "0.0.0.0"\nof_a_later_release = 1\n'), [
      { key: 'vnc_lisen', line: 1, refused: '', meant: 'vnc_listen' },
    ])
  })
})
