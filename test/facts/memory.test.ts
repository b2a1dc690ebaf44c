import * as assert from 'uvu/assert'
import { memory } from '../../src/facts/memory.ts'
import { describe } from '../describe.ts'
import { evidence, type Given, matches, value } from '../evidence.ts'
import { losesNothing } from '../take-away.ts'

const MEMINFO = `MemTotal:        1424576 kB
MemFree:         1226128 kB
MemAvailable:    1324252 kB
Buffers:            5508 kB
Cached:           101580 kB
SwapTotal:             0 kB
SwapFree:              0 kB
CommitLimit:      712288 kB
Committed_AS:     222232 kB
HugePages_Total:       4
HugePages_Free:        1
Hugepagesize:       2048 kB
`
const pool = '/sys/kernel/mm/hugepages/hugepages-2048kB'
const GIVEN: Given[] = [
  ['/proc/meminfo', MEMINFO],
  [
    '/proc/swaps',
    'Filename  Type  Size  Used  Priority\n/dev/dm-1 partition 975868 1024 -2\n/my\\040swap file 4 0 -3\n',
  ],
  [{ file: '/sys/kernel/mm/hugepages/hugepages-*/nr_hugepages' }, matches(`${pool}/nr_hugepages`)],
  [{ file: '/sys/kernel/mm/hugepages/hugepages-*/free_hugepages' }, matches(`${pool}/free_hugepages`)],
  [`${pool}/nr_hugepages`, '4\n'],
  [`${pool}/free_hugepages`, '1\n'],
  ['/sys/kernel/mm/ksm/run', '1\n'],
  ['/sys/kernel/mm/ksm/pages_sharing', '256\n'],
  ['/proc/sys/vm/overcommit_memory', '0\n'],
  ['/sys/kernel/mm/transparent_hugepage/enabled', 'always [madvise] never\n'],
]
const parse = (...given: Given[]) => memory.parse(evidence(memory, [...GIVEN, ...given]))

describe('facts: memory', (it) => {
  it('reads the memory of NUMA nodes', () => {
    const glob = '/sys/devices/system/node/node*/meminfo'
    const path = '/sys/devices/system/node/node1/meminfo'
    const text = 'Node 1 MemTotal:       1024 kB\nNode 1 MemFree:         512 kB\nNode 1 MemUsed:         512 kB\n'
    const given: Given[] = [
      [{ file: glob }, matches(path)],
      [path, text],
    ]
    assert.equal(value(parse(...given).nodes), [{ node: 1, total: 1048576, free: 524288 }])
    assert.equal(value(parse().nodes), [])
    losesNothing(memory, [...GIVEN, ...given])
  })

  it('reads sizes in bytes', () => {
    const facts = parse()
    assert.is(value(facts.total), 1424576 * 1024)
    assert.is(value(facts.hugeTotal), 4 * 2 ** 21)
    assert.is(value(facts.hugeFree), 2 ** 21)
    assert.is(value(facts.ksmSaved), 2 ** 20)
    assert.is(value(facts.transparentHugePages), 'madvise')
    assert.equal(value(facts.hugePages), [{ size: 2 ** 21, total: 4, free: 1, node: -1 }])
    assert.equal(value(facts.swaps), [
      { device: '/dev/dm-1', type: 'partition', size: 975868 * 1024, used: 2 ** 20 },
      { device: '/my swap', type: 'file', size: 4096, used: 0 },
    ])
  })

  it('adds up what an old kernel does not tell', () => {
    const old = MEMINFO.replace(/MemAvailable.*\n/, '')
    assert.is(value(parse(['/proc/meminfo', old]).available), (1226128 + 5508 + 101580) * 1024)
  })

  it('knows of no huge pages where the kernel has none', () => {
    const none = MEMINFO.replace(/Huge.*\n/g, '')
    assert.is(value(parse(['/proc/meminfo', none]).hugeTotal), 0)
  })

  it('does not make numbers of what is none', () => {
    assert.is(value(parse(['/proc/meminfo', 'MemTotal: many kB\n']).total), 'malformed')
    assert.is(value(parse(['/proc/sys/vm/overcommit_memory', '']).overcommit), 'malformed')
  })

  it('changes no fact when an answer is taken away', () => losesNothing(memory, GIVEN))
})
