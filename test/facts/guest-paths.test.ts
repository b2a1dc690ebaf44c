import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { namedPaths } from '../../src/facts/guests/paths.ts'
import { describe } from '../describe.ts'
import { needs } from '../needs.ts'

const argv = (namedPaths as { command: readonly string[] }).command
const program = argv[argv.indexOf('awk') + 1]!
const folder = mkdtempSync(join(tmpdir(), 'vdoctor-'))

function printed(awk: string, text: string): string[] {
  const file = join(folder, 'web1.cfg')
  writeFileSync(file, text)
  const [name, ...more] = awk.split(' ') as [string, ...string[]]
  const { stdout, stderr } = spawnSync(name, [...more, program, file], { encoding: 'utf8', env: { LC_ALL: 'C' } })
  assert.equal(stderr, '')
  return stdout.split('\n').filter(Boolean)
}

const AWKS = ['mawk', 'gawk', 'original-awk', 'busybox awk']

describe('paths that definitions name', (it) => {
  for (const awk of AWKS.filter((name) => needs(name.split(' ')[0]!))) {
    it(`are found wherever they stand, by ${awk}`, () => {
      const text = `disk = ['phy:/dev/vg0/web1,xvda,w', "tap:aio:/srv/b[1].img,hda,w"]
kernel="/boot/xen/vmlinuz" ramdisk='/boot/übel/initrd'
extra = "root=/dev/mapper/root ro"
<source file='/srv/images/web1.qcow2'/><loader readonly='yes'>/usr/share/OVMF/x.fd</loader>
file:/one http://example.com/a/b ./a/b/c
`
      assert.equal(printed(awk, text), [
        '/dev/vg0/web1',
        '/srv/b',
        '/boot/xen/vmlinuz',
        '/boot/übel/initrd',
        '/dev/mapper/root',
        '/srv/images/web1.qcow2',
        '/usr/share/OVMF/x.fd',
      ])
    })

    it(`are no pieces of secrets, by ${awk}`, () => {
      const text = `vncpasswd = "/abc/def"
vfb = ['vnc=1,vncpasswd=/abc/def,vncpasswd=A/abc/def', 'sdl=1']
disk = ['rbd:pool/web1:id=admin:key=AQ1/abc/def==:mon=x', '/srv/c/d']
AQ1/abc/def== +/abc/def/g==
<graphics type='vnc' passwd='with blank /abc/def'/><secret>/abc/def</secret>
(vncpasswd /abc/def) PSK: /abc/def
`
      assert.equal(printed(awk, text), ['/srv/c/d'])
    })
  }
})
