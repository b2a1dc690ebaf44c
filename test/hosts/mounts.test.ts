import * as assert from 'uvu/assert'
import { Mounts, parseMountinfo } from '../../src/hosts/mounts.ts'
import { Resolver } from '../../src/hosts/resolve.ts'
import { describe } from '../describe.ts'
import { folderWith } from './machine-folder.ts'

const mountinfo = `22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
36 27 0:31 / /mnt/my\\040share rw - nfs4 filer:/x rw
37 27 0:32 / /misc rw - autofs /etc/auto.misc rw
38 27 0:33 / /srv/vm rw master:3 - fuse.glusterfs gluster:/vm rw
`

describe('mounts', (it) => {
  const mounts = new Mounts(parseMountinfo(mountinfo))

  it('tells the kernel, a disk and what may hang apart', () => {
    assert.is(mounts.at('/proc/cpuinfo').nearness, 'virtual')
    assert.is(mounts.at('/etc/passwd').nearness, 'local')
    assert.is(mounts.at('/mnt/my share/disk.img').nearness, 'unsafe')
    assert.is(mounts.at('/misc/cd').nearness, 'unsafe')
    assert.is(mounts.at('/srv/vm/a/b').type, 'fuse.glusterfs')
    assert.is(mounts.at('/srv/vmware').nearness, 'local')
  })

  it('takes every path for unsafe where the kernel has no list', () => {
    assert.is(new Mounts([]).at('/etc').nearness, 'unsafe')
  })

  it('does not follow a link onto a mount that may hang', () => {
    const root = folderWith({ image: '-> /mnt/my share/disk.img', 'sub/up': '-> ../image' })
    for (const path of ['image', 'sub/up']) {
      const found = new Resolver(mounts).resolve(`${root}/${path}`)
      assert.is('unsafe' in found && found.unsafe.point, '/mnt/my share')
    }
    assert.is('path' in new Resolver(mounts).resolve(`${root}/image`, false), true)
  })

  it('counts the last of two mounts at one point', () => {
    const twice = new Mounts(parseMountinfo(`${mountinfo}40 27 0:40 / /srv/vm rw - ext4 /dev/vdb rw\n`))
    assert.is(twice.at('/srv/vm/a').nearness, 'local')
  })
})
