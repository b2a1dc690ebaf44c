import * as assert from 'uvu/assert'
import { placeOf } from '../../src/evidence/locate.ts'
import { storage } from '../../src/facts/storage.ts'
import { describe } from '../describe.ts'
import { evidence, type Given, matches, names, output, status, target, value } from '../evidence.ts'
import { flips } from '../never-flips.ts'

const MULTIPATH = `# comment {
defaults {
        user_friendly_names yes
}
multipaths {
        mulitpath {
                wwid   3600a0b80001327510000015427b625e
                alias  oramp1
        }
        multipath { wwid 3600a0b1 alias oramp2 }
        multipath { wwid 3600a0b2 alias oramp2 }
}
`
const HOST: Given[] = [
  [{ stat: '/sys/module/loop' }, status({ type: 'dir' })],
  ['/sys/module/loop/parameters/max_loop', '8\n'],
  [{ list: '/sys/block' }, names('loop0', 'loop1', 'sda')],
  [{ file: '/sys/block/loop*/loop/backing_file' }, matches('/sys/block/loop0/loop/backing_file')],
  ['/sys/block/loop0/loop/backing_file', '/srv/web1.img\n'],
  [
    '/proc/mounts',
    'proc /proc proc rw 0 0\n/dev/mapper/vg0-web--1 /mnt ext4 rw 0 0\nfiler:/x /srv/my\\040images nfs4 rw,soft,timeo=10 0 0\n',
  ],
  ['/proc/swaps', 'Filename\tType\tSize\n/dev/sda2 partition 1048572 0 -2\n'],
  ['/etc/fstab', '# x\nLABEL=/boot /boot ext3 defaults 1 2\nUUID=5c / ext4 defaults 0 1\n'],
  [
    { command: ['df', '-klP'] },
    output(
      'Filesystem     1024-blocks   Used Available Capacity Mounted on\nudev 1996948 0 1996948 0% /dev\n/dev/vda 3028572 941216 1913404 33% /\n',
    ),
  ],
  ['/etc/multipath.conf', MULTIPATH],
  ['/etc/scsi_id.config', '# options=-g\noptions=-b\n'],
  [{ file: '/etc/udev/rules.d/*.rules' }, matches('/etc/udev/rules.d/20-names.rules')],
  [
    '/etc/udev/rules.d/20-names.rules',
    'KERNEL=="sd*", SUBSYSTEM=="block", PROGRAM="/sbin/scsi_id", RESULT=="3600", NAME="row4"\nKERNEL="sd*", BUS=="scsi", NAME="x"\n',
  ],
]
const parse = (given: readonly Given[]) => storage.parse(evidence(storage, given))
type Items = Record<string, unknown>[]

describe('facts: storage', (it) => {
  it('counts loop devices and knows what is behind them', () => {
    const facts = parse(HOST)
    assert.is(value(facts.loopCount), 2)
    assert.is(value(facts.loopDynamic), false)
    assert.is(value(facts.maxLoop), 8)
    assert.equal(
      (value(facts.loopsInUse) as Items).map(({ name, path }) => [name, path]),
      [['loop0', '/srv/web1.img']],
    )
  })

  it('calls a volume by both its names, and counts swap as mounted', () => {
    assert.equal(value(parse(HOST).mountedPaths), ['/dev/mapper/vg0-web--1', '/dev/vg0/web-1', '/dev/sda2', '/dev/sda'])
  })

  it('finds the NFS mount that gives up', () => {
    assert.equal(
      (value(parse(HOST).mounts) as Items).map(({ point, soft, network }) => [point, soft, network]),
      [
        ['/mnt', false, false],
        ['/srv/my images', true, true],
      ],
    )
  })

  it('reads labels and space', () => {
    assert.equal(value(parse(HOST).fstabLabels), ['LABEL=/boot', 'UUID=5c'])
    const [root, ...more] = value(parse(HOST).space) as Items
    assert.equal([root!['point'], root!['available'], root!['usedPercent']], ['/', 1913404 * 1024, 33])
    assert.equal(more, [])
  })

  it('finds the section that multipath leaves out, and the alias that is there twice', () => {
    const facts = parse(HOST)
    const odd = value(facts.multipathOdd) as (Items[number] & object)[]
    assert.equal(
      odd.map(({ name, within, nearest }) => [name, within, nearest]),
      [['mulitpath', 'multipaths', 'multipath']],
    )
    assert.is(placeOf(odd[0]!)?.line, 6)
    assert.equal(value(facts.multipathRepeated), [{ value: 'oramp2', kind: 'alias', line: 11 }])
    assert.equal(value(parse([]).multipathOdd), [])
  })

  it('finds a udev rule that assigns, and leaves PROGRAM, NAME and the right ones alone', () => {
    assert.equal(
      (value(parse(HOST).udevMistakes) as Items).map(({ key, line }) => [key, line]),
      [['KERNEL', 2]],
    )
  })

  it('compares fstab with the disks that are there, and with what is mounted', () => {
    const fstab =
      '/dev/hda1 /boot ext3 defaults 1 2\n/dev/sda3 none swap sw 0 0\nUUID=5c /data ext4 defaults 0 0\n/dev/sdz1 /usb auto noauto 0 0\n/dev/sr0 /cd iso9660 user 0 0\n/dev/vda / ext4 defaults 0 1\n'
    const mounts =
      '/dev/xvda / ext4 rw 0 0\n/dev/sda4 /data ext4 ro,errors=remount-ro 0 0\n/dev/sr0 /cd iso9660 ro 0 0\n'
    const facts = parse([...HOST, ['/etc/fstab', fstab], ['/proc/mounts', mounts]])
    assert.equal(
      (value(facts.fstab) as Items).map(({ device, missing, needed, turnedReadOnly }) => [
        device,
        missing,
        needed,
        turnedReadOnly,
      ]),
      [
        ['/dev/hda1', true, true, false],
        ['/dev/sda3', false, true, false],
        ['UUID=5c', false, true, true],
        ['/dev/sdz1', true, false, false],
        ['/dev/sr0', false, true, false],
        ['/dev/vda', false, true, false],
      ],
    )
    assert.is(placeOf((value(facts.fstab) as Items)[2]!)?.line, 3)
  })

  it('knows the single paths of a multipath disk, and which controller serves disks in use', () => {
    const given: Given[] = [
      ...HOST,
      [
        { link: '/sys/block/[hsvnx][dvm]*' },
        matches('/sys/block/sda', '/sys/block/sdb', '/sys/block/sdc', '/sys/block/vda'),
      ],
      [
        { link: '/sys/block/sda' },
        target('../devices/pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block/sda'),
      ],
      [{ link: '/sys/block/sdb' }, target('../devices/pci0000:00/0000:00:1c.0/0000:04:00.0/host1/block/sdb')],
      [{ link: '/sys/block/sdc' }, target('../devices/pci0000:00/0000:00:1d.0/0000:05:00.0/host2/block/sdc')],
      [{ link: '/sys/block/vda' }, target('../devices/vbd-51712/block/vda')],
      [{ list: '/sys/block/[dm][md]*/slaves' }, matches('/sys/block/dm-0/slaves', '/sys/block/dm-1/slaves')],
      [{ list: '/sys/block/dm-0/slaves' }, names('sdb')],
      [{ list: '/sys/block/dm-1/slaves' }, names('sda2')],
      [{ file: '/sys/block/dm-*/dm/uuid' }, matches('/sys/block/dm-0/dm/uuid', '/sys/block/dm-1/dm/uuid')],
      ['/sys/block/dm-0/dm/uuid', 'mpath-3600a0b8\n'],
      ['/sys/block/dm-1/dm/uuid', 'LVM-xyz\n'],
    ]
    const facts = parse(given)
    assert.equal(value(facts.multipathPaths), ['/dev/sdb'])
    assert.equal(value(facts.controllers), [
      { address: '0000:00:1f.2', inUse: ['sda'] },
      { address: '0000:04:00.0', inUse: ['sdb'] },
      { address: '0000:05:00.0', inUse: [] },
    ])
    assert.equal(flips(storage, given), [])
  })

  it('does not take a comment for an option', () => {
    assert.is(value(parse(HOST).scsiIdBlacklists), true)
    assert.is(value(parse([['/etc/scsi_id.config', '#options=-b\noptions=-g\n']]).scsiIdBlacklists), false)
  })

  it('says nothing else when any one answer is missing', () => {
    assert.equal(flips(storage, HOST), [])
    assert.equal(flips(storage, []), [])
  })
})
