import * as assert from 'uvu/assert'
import { parseSaveconfig, parseTgtConf, parseTgtShow } from '../../src/parse/tgt.ts'
import { describe } from '../describe.ts'

const SHOW = `Target 1: iqn.2010-05.com.example.server1:iscsirhel5guest
    System information:
        Driver: iscsi
        State: ready
    I_T nexus information:
    LUN information:
        LUN: 0
            Type: controller
            SCSI ID: IET     00010000
            Size: 0 MB
            Online: Yes
            Removable media: No
            Backing store: No backing store
        LUN: 1
            Type: disk
            SCSI ID: IET     00010001
            Size: 20000 MB
            Online: Yes
            Removable media: No
            Backing store path: /var/lib/tgtd/kvmguest/rhelx86_64.img
        LUN: 2
            Type: disk
            Online: No
            Backing store path: None
    Account information:
    ACL information:
        ALL
Target 2: iqn.2010-05.com.example:b
    System information:
        Driver: iscsi
    LUN information:
    Account information:
        guest
        backup (outgoing)
    ACL information:
        ALL
Target 3: iqn.2010-05.com.example:c
    Account information:
    ACL information:
        192.0.2.7
`

describe('parse: iSCSI targets', (it) => {
  it('reads what tgtd serves', () => {
    const [first, second, third] = parseTgtShow(SHOW)
    assert.equal([first!.open, second!.open, third!.open], [true, false, false])
    assert.is(second!.name, 'iqn.2010-05.com.example:b')
    assert.equal(first!.luns, [
      { lun: 1, path: '/var/lib/tgtd/kvmguest/rhelx86_64.img', ready: true },
      { lun: 2, path: '', ready: false },
    ])
    assert.equal(parseTgtShow(''), [])
    assert.is(parseTgtShow('Target 1: iqn.x\n    ACL information:\n')[0]!.open, false)
  })

  it('reads targets.conf, whose blocks of one name are one target', () => {
    const { targets, includes, problems } = parseTgtConf(
      'include /etc/tgt/conf.d/*.conf\ndefault-driver iscsi\n<target iqn.a>\n  backing-store /dev/a # b\n</target>\n' +
        '<target iqn.b>\n  <backing-store /dev/b>\n    write-cache off\n  </backing-store>\n  incominguser me secret\n</target>\n' +
        '/* <target iqn.c>\n*/\n<target iqn.a>\n  lun 2\n</target>\n',
    )
    assert.equal(targets, [
      { name: 'iqn.a', line: 3, open: true },
      { name: 'iqn.b', line: 6, open: false },
    ])
    assert.equal([includes, problems], [['/etc/tgt/conf.d/*.conf'], []])
  })

  it('names the line of a mistake, and what was meant', () => {
    const told = (text: string) => parseTgtConf(text).problems.map(({ line, refused, meant }) => [line, refused, meant])
    assert.equal(told('<target iqn.a>\n  initiator-adress 192.0.2.7\n  of-a-later-release 1\n</target>\n'), [
      [2, '', 'initiator-address'],
    ])
    assert.equal(told('<target iqn.a>\n  lun 1\n'), [[1, '<target> is not closed', '']])
    assert.equal(told('</target>\n<target iqn.a\n'), [
      [1, '</target> closes nothing', ''],
      [2, 'ends without ">"', ''],
    ])
    assert.equal(told('<targt iqn.a>\n</targt>\n'), [[1, '', 'target']])
  })

  it('reads the targets that the kernel is to serve', () => {
    const group = (acls: number, authentication: number) => ({
      attributes: { generate_node_acls: acls, authentication },
    })
    const text = JSON.stringify({
      targets: [
        { fabric: 'iscsi', wwn: 'iqn.a', tpgs: [group(1, 0)] },
        { fabric: 'iscsi', wwn: 'iqn.b', tpgs: [group(0, 0), group(1, 1), { ...group(1, 0), enable: false }] },
        { fabric: 'qla2xxx', wwn: 'naa.c', tpgs: [group(1, 0)] },
        { fabric: 'iscsi', wwn: 'iqn.d' },
      ],
    })
    assert.equal(parseSaveconfig(text), [
      { name: 'iqn.a', open: true },
      { name: 'iqn.b', open: false },
      { name: 'iqn.d', open: false },
    ])
    assert.throws(() => parseSaveconfig('{}'))
  })
})
