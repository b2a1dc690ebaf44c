import * as assert from 'uvu/assert'
import { parseColonTable, parseShellVariables } from '../../src/parse/key-value.ts'
import { parseLs } from '../../src/parse/ls.ts'
import { nearest } from '../../src/parse/nearest.ts'
import { humanBytes, parseSize } from '../../src/parse/size.ts'
import { compareVersions } from '../../src/parse/version.ts'
import { describe } from '../describe.ts'

describe('parse: ls -ldn', (it) => {
  it('reads files, devices, ACL marks and special bits', () => {
    assert.equal(parseLs('-rw-r--r-- 1 0 0 1234 Nov 20 06:37 /etc/passwd'), {
      type: 'file',
      mode: 0o644,
      uid: 0,
      gid: 0,
      size: 1234,
    })
    assert.equal(parseLs('crw-rw----+ 1 0 36 10, 232 Nov 20 06:37 /dev/kvm'), {
      type: 'char',
      mode: 0o660,
      uid: 0,
      gid: 36,
      size: null,
    })
    assert.equal(parseLs('drwxrwxrwt. 9 0 0 4096 Jan  1  2020 /tmp').mode, 0o1777)
    assert.equal(parseLs('-rwsr-sr-x 1 0 0 1 Jan  1  2020 /bin/su').mode, 0o6755)
    assert.equal(parseLs('-rwSr--r-T 1 0 0 1 Jan  1  2020 /x').mode, 0o5644)
  })

  it('refuses anything else', () => {
    assert.throws(() => parseLs('ls: cannot access'))
    assert.throws(() => parseLs(''))
  })
})

describe('parse: sizes', (it) => {
  it('reads units, and counts a bare number in the given one', () => {
    assert.equal(
      ['512M', '1.5 GiB', '2k', '7', '8T', '3 MB'].map((text) => parseSize(text)),
      [512 * 2 ** 20, 1.5 * 2 ** 30, 2048, 7, 8 * 2 ** 40, 3 * 2 ** 20],
    )
    assert.is(parseSize('1024', 1024), 2 ** 20)
    assert.is(parseSize('lots'), null)
  })

  it('writes them for people', () => {
    assert.equal([0, 1023, 1536 * 2 ** 20, -2048].map(humanBytes), ['0 bytes', '1023 bytes', '1.5 GiB', '-2 KiB'])
  })
})

describe('parse: variables and tables', (it) => {
  it('reads what a shell would', () => {
    const text =
      '# comment\nID=debian\nVERSION_ID="12"\nexport A=\'x y\' # tail\nB=plain # tail\nbroken line\nID=last\nC="a\\"b"\n'
    assert.equal(parseShellVariables(text), { ID: 'last', VERSION_ID: '12', A: 'x y', B: 'plain', C: 'a"b' })
  })

  it('splits at the first colon', () => {
    assert.equal(parseColonTable('xen_caps   : a b\nbuild: 12:30\nno colon\n: none'), {
      xen_caps: 'a b',
      build: '12:30',
    })
  })
})

describe('parse: versions', (it) => {
  it('compares what distributions call versions', () => {
    assert.ok(compareVersions('4.17.7', '4.17') > 0)
    assert.ok(compareVersions('2.6.18-194.el5xen', '2.6.32') < 0)
    assert.is(compareVersions('9.0.0-4+deb12u2', '9'), 0)
    assert.throws(() => compareVersions('none', '1'))
  })
})

describe('parse: the nearest name', (it) => {
  it('finds a typo, a swap and a case, and nothing far', () => {
    assert.is(nearest('nestd', ['nested', 'active']), 'nested')
    assert.is(nearest('actvie', ['nested', 'active']), 'active')
    assert.is(nearest('VIF', ['vif', 'vfb']), 'vif')
    assert.is(nearest('something', ['nested', 'active']), null)
    assert.is(nearest('OVM_description', ['description']), 'description')
    assert.is(nearest('OVM_description', ['description'], 2), null)
    assert.is(nearest('vncpassword', ['vncpasswd'], 2), 'vncpasswd')
  })
})
