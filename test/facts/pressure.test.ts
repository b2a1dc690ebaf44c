import * as assert from 'uvu/assert'
import { pressure } from '../../src/facts/pressure.ts'
import { describe } from '../describe.ts'
import { evidence, type Given, output, status, value } from '../evidence.ts'
import { losesNothing } from '../take-away.ts'

const space = { command: ['df', '-klP'] as const }
const inodes = { command: ['df', '-liP'] as const }
const dir = status({ type: 'dir' })
const DF = `Filesystem     1024-blocks    Used Available Capacity Mounted on
/dev/vda1          3015032  941332   1905588      34% /
/dev/vdb1          1000000  990000     10000      99% /var/lib/libvirt
`
const GIVEN: Given[] = [
  [
    '/proc/pressure/memory',
    'some avg10=0.35 avg60=0.74 avg300=1.44 total=25850270\nfull avg10=0.00 avg60=0.00 avg300=0.50 total=0\n',
  ],
  ['/proc/loadavg', '0.10 0.20 0.24 1/123 4567\n'],
  ['/proc/vmstat', 'nr_free_pages 1\noom_kill 3\n'],
  ['/proc/sys/fs/file-nr', '678\t0\t2466170\n'],
  [
    '/proc/mounts',
    'rootfs / rootfs rw 0 0\n/dev/vda1 / ext4 rw 0 0\n/dev/vdb1 /var/lib/libvirt ext4 ro,relatime 0 0\n',
  ],
  ['/etc/fstab', '/dev/vda1 / ext4 defaults 0 1\n/dev/vdb1 /var/lib/libvirt ext4 defaults 0 2\n'],
  [space, output(DF)],
  [inodes, output(DF.replace('1000000  990000', '  65536   65000').replace('10000 ', '  536 '))],
  [{ stat: '/' }, dir],
  [{ stat: '/var/lib/libvirt/images' }, dir],
]
const parse = (...given: Given[]) => pressure.parse(evidence(pressure, [...GIVEN, ...given]))
type Stores = Record<string, unknown>[]

describe('facts: pressure', (it) => {
  it('reads stalls, load, kills and open files', () => {
    const facts = parse()
    assert.is(value(facts.memorySome), 1.44)
    assert.is(value(facts.memoryFull), 0.5)
    assert.is(value(facts.cpuSome), 'absent')
    assert.is(value(facts.load), 0.24)
    assert.is(value(facts.oomKills), 3)
    assert.is(value(facts.filesOpen), 678)
    assert.is(value(facts.filesLimit), 2466170)
  })

  it('finds the file system that holds a folder', () => {
    const [root, images, ...more] = value(parse().stores) as Stores
    assert.is(more.length, 0)
    assert.equal([root!['mount'], root!['readOnly'], root!['device']], ['/', false, '/dev/vda1'])
    assert.equal(
      [images!['mount'], images!['percent'], images!['free'], images!['readOnly'], images!['meantWritable']],
      ['/var/lib/libvirt', 99, 10000 * 1024, true, true],
    )
    assert.equal([images!['inodes'], images!['inodesFree']], [65536, 536])
  })

  it('does not take a file system for writable by intent that fstab mounts read-only', () => {
    const stores = parse(['/etc/fstab', '/dev/vdb1 /var/lib/libvirt ext4 ro 0 2\n']).stores
    assert.is((value(stores) as Stores)[1]!['meantWritable'], false)
  })

  it('leaves out what df does not list: a network file system', () => {
    const stores = parse([space, output(DF.replace(/^\/dev\/vdb1.*\n/m, ''))]).stores
    assert.is((value(stores) as Stores).length, 1)
  })

  it('takes what df lists although it complains about a mount', () => {
    const stores = parse([space, output(DF, 1, 'df: /run/user/1000/doc: Operation not permitted')]).stores
    assert.is((value(stores) as Stores).length, 2)
    assert.is(value(parse([space, output('', 1, 'df: invalid option')]).stores), 'malformed')
  })

  it('changes no fact when an answer is taken away', () => losesNothing(pressure, GIVEN))
})
