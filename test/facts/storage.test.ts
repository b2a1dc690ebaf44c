import * as assert from 'uvu/assert'
import { placeOf } from '../../src/evidence/locate.ts'
import { storage } from '../../src/facts/storage.ts'
import { describe } from '../describe.ts'
import { evidence, type Given, matches, names, output, status, value } from '../evidence.ts'
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
    assert.equal(value(facts.multipathRepeated), ['oramp2'])
    assert.equal(value(parse([]).multipathOdd), [])
  })

  it('finds a udev rule that assigns, and leaves PROGRAM, NAME and the right ones alone', () => {
    assert.equal(
      (value(parse(HOST).udevMistakes) as Items).map(({ key, line }) => [key, line]),
      [['KERNEL', 2]],
    )
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
