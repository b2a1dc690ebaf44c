import * as assert from 'uvu/assert'
import { cutExports } from '../../src/parse/exports.ts'
import { parseMultipathConf } from '../../src/parse/multipath-conf.ts'
import { udevMistakes, udevOddKeys } from '../../src/parse/udev-rules.ts'
import { describe } from '../describe.ts'

describe('parse: files of storage', (it) => {
  it('finds a client that a blank has cut from its options', () => {
    const text =
      '# /srv web1 (rw)\n/srv/images web1 (rw,sync)\n/srv/iso *(ro)\n"/srv/my images" a(rw) b (ro) # c (rw)\n/pub (ro)\n/x -ro,sync \\\n  web2 (rw)\n'
    assert.equal(cutExports(text), [
      { path: '/srv/images', client: 'web1', options: 'rw,sync', line: 2 },
      { path: '/srv/my images', client: 'b', options: 'ro', line: 4 },
      { path: '/x', client: 'web2', options: 'rw', line: 6 },
    ])
    assert.equal(cutExports(''), [])
    assert.equal(cutExports('/srv web1 \\'), [])
  })

  it('takes a folder for everybody as it is written', () => {
    assert.equal(cutExports('/pub (ro,all_squash)\n/srv @trusted(rw) 192.168.0.0/24(ro)\n'), [])
  })

  it('finds settings of multipath that are like another, in their section', () => {
    const text =
      'defaults {\n  user_freindly_names yes\n  path_selector round-robin 0\n  getuid_callout /sbin/scsi_id -g -u -s /block/%n\n}\nmultipaths { multipath { wwid 3600 aliass web1 } }\ndevices {\n device {\n  vendr "X"\n  something_new 1\n }\n}\n'
    const { oddKeys } = parseMultipathConf(text)
    assert.equal(
      oddKeys.map(({ name, within, line, nearest }) => [name, within, line, nearest]),
      [
        ['user_freindly_names', 'defaults', 2, 'user_friendly_names'],
        ['vendr', 'device', 9, 'vendor'],
        ['something_new', 'device', 10, null],
      ],
    )
  })

  it('knows the settings of old and new releases', () => {
    const old =
      'defaults {\n udev_dir /dev\n default_getuid_callout "/sbin/scsi_id -g"\n rr_min_io 100\n prio_callout /bin/true\n}\nblacklist {\n devnode "^hd[a-z]"\n wwid 26353900f02796769\n property "ID_ATA"\n device {\n  vendor IBM\n  product S/390\n }\n}\noverrides {\n protocol {\n  type fcp\n  dev_loss_tmo 60\n }\n}\n'
    assert.equal(parseMultipathConf(old).oddKeys, [])
  })

  it('finds misspelt keys of udev, and steps over what stands in quotes', () => {
    const text =
      '# KERNAL=="sd*"\nKERNAL=="sd*", NAME="x"\nKERNEL=="sd*", PROGRAM="/sbin/scsi_id MODEE=\\"1\\", NAMME=x", RESULT=="3600", SYMLINK+="row4"\nSUBSYSTEM=="net", ATTR{address}=="aa", ATTRR{x}=="1", NAME:="lan0"\n'
    assert.equal(udevOddKeys(text), [
      { key: 'KERNAL', line: 2, nearest: 'KERNEL' },
      { key: 'ATTRR', line: 4, nearest: 'ATTR' },
    ])
  })

  it('finds a comparison with one equals sign', () => {
    assert.equal(udevMistakes('KERNEL="sd*", NAME="x"\nKERNEL=="sd*", OWNER="root"\n'), [{ key: 'KERNEL', line: 1 }])
  })
})
