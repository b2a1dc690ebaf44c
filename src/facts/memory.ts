import { file } from '../evidence/ask.ts'
import type { Evidence, Member } from '../evidence/evidence.ts'
import { absentAs, all, map, orGap, unknown } from '../evidence/result.ts'
import { parseColonTable } from '../parse/key-value.ts'
import type { Ask, Result } from '../types.ts'
import { defineFacts } from './fact-set.ts'
import { bool, listOf, number, object, string } from './schema.ts'

const POOL = '/sys/kernel/mm/hugepages/hugepages-*'
const NODE_POOL = '/sys/devices/system/node/node*/hugepages/hugepages-*'

const pool = object(
  {
    size: number('bytes', 'Size of one page'),
    total: number('count', 'Pages in the pool'),
    free: number('count', 'Pages that nobody uses'),
    node: number('count', 'NUMA node; -1 for all of them together'),
  },
  'Pages of one size',
)

const node = object(
  {
    node: number('number', 'Its number'),
    total: number('bytes', 'Memory of this node'),
    free: number('bytes', 'What of it nobody uses'),
  },
  'One NUMA node',
)

const swap = object(
  {
    device: string('Device or file'),
    type: string('partition or file'),
    size: number('bytes', 'Its size'),
    used: number('bytes', 'What is in it'),
  },
  'One swap area',
)

export const memory = defineFacts({
  name: 'memory',
  meaning: 'Memory as this kernel sees it. In a Xen dom0 that is dom0 alone: see xen.totalMemory for the machine',
  asks: {
    meminfo: file('/proc/meminfo'),
    swaps: file('/proc/swaps'),
    total: file(`${POOL}/nr_hugepages`),
    free: file(`${POOL}/free_hugepages`),
    nodeTotal: file(`${NODE_POOL}/nr_hugepages`),
    nodeFree: file(`${NODE_POOL}/free_hugepages`),
    nodes: file('/sys/devices/system/node/node*/meminfo'),
    ksmRun: file('/sys/kernel/mm/ksm/run'),
    ksmSharing: file('/sys/kernel/mm/ksm/pages_sharing'),
    mergeAcrossNodes: file('/sys/kernel/mm/ksm/merge_across_nodes'),
    overcommit: file('/proc/sys/vm/overcommit_memory'),
    swappiness: file('/proc/sys/vm/swappiness'),
    thp: file('/sys/kernel/mm/transparent_hugepage/enabled'),
  },
  about: {
    total: number('bytes', 'Memory that the kernel manages'),
    available: number('bytes', 'Memory that can be had without swapping'),
    committed: number('bytes', 'Memory that was promised to programs'),
    commitLimit: number('bytes', 'Most that may be promised where overcommit is 2'),
    swapTotal: number('bytes', 'All swap'),
    swapFree: number('bytes', 'Swap that is not used'),
    swaps: listOf(swap, 'Swap areas'),
    hugePages: listOf(pool, 'Pools of huge pages, each size once'),
    nodeHugePages: listOf(pool, 'Pools of huge pages by NUMA node'),
    nodes: listOf(node, 'NUMA nodes'),
    hugeTotal: number('bytes', 'All huge pages of the default size'),
    hugeFree: number('bytes', 'Huge pages of the default size that are free'),
    ksm: bool('Kernel samepage merging runs'),
    ksmSaved: number('bytes', 'What it saves'),
    ksmAcrossNodes: bool('It merges pages of different NUMA nodes'),
    overcommit: number('mode', 'vm.overcommit_memory: 0 by guess, 1 always, 2 never above commitLimit'),
    swappiness: number('count', 'vm.swappiness'),
    transparentHugePages: string('always, madvise, never; "" where this kernel has none'),
  },
  parse(evidence, ask) {
    const table = map(evidence.text(ask.meminfo), parseColonTable)
    const bytes = (name: string) => map(table, (values) => kilobytes(values[name], name))
    const integer = (one: Ask) => map(evidence.text(one), count)
    const hugePage = (name: string) =>
      map(table, (values) =>
        'Hugepagesize' in values ? count(values[name]) * kilobytes(values['Hugepagesize'], name) : 0,
      )
    return {
      total: bytes('MemTotal'),
      // Kernels before 3.14 do not tell it.
      available: map(table, (values) =>
        'MemAvailable' in values
          ? kilobytes(values['MemAvailable'], 'MemAvailable')
          : ['MemFree', 'Buffers', 'Cached'].reduce((sum, name) => sum + kilobytes(values[name], name), 0),
      ),
      committed: bytes('Committed_AS'),
      commitLimit: bytes('CommitLimit'),
      swapTotal: bytes('SwapTotal'),
      swapFree: bytes('SwapFree'),
      swaps: map(evidence.text(ask.swaps), parseSwaps),
      hugePages: pools(evidence, ask.total, ask.free),
      nodeHugePages: pools(evidence, ask.nodeTotal, ask.nodeFree),
      nodes: map(absentAs<readonly Member<string>[]>(evidence.texts(ask.nodes), []), (members) => members.map(nodeOf)),
      hugeTotal: hugePage('HugePages_Total'),
      hugeFree: hugePage('HugePages_Free'),
      ksm: absentAs(
        map(evidence.text(ask.ksmRun), (text) => text.trim() === '1'),
        false,
      ),
      ksmSaved: absentAs(
        map(evidence.text(ask.ksmSharing), (text) => count(text) * 4096),
        0,
      ),
      ksmAcrossNodes: absentAs(
        map(evidence.text(ask.mergeAcrossNodes), (text) => text.trim() === '1'),
        true,
      ),
      overcommit: integer(ask.overcommit),
      swappiness: integer(ask.swappiness),
      transparentHugePages: absentAs(
        map(evidence.text(ask.thp), (text) => /\[(\w+)\]/.exec(text)?.[1] ?? ''),
        '',
      ),
    }
  },
})

/** `1424576 kB` */
function kilobytes(text: string | undefined, name: string): number {
  const match = /^(\d+) kB$/.exec(text ?? '')
  if (!match) throw new Error(`no ${name}`)
  return Number(match[1]) * 1024
}

function count(text: string | undefined): number {
  if (!/^\d+$/.test(text?.trim() ?? '')) throw new Error(`not a number: ${text?.slice(0, 40)}`)
  return Number(text)
}

/** `Node 0 MemTotal:       16315256 kB` in /sys/devices/system/node/node0/meminfo */
function nodeOf({ name, result }: Member<string>) {
  const size = (field: string) =>
    orGap(map(result, (text) => kilobytes(new RegExp(`^Node \\d+ ${field}:\\s*(.*)$`, 'm').exec(text)?.[1], field)))
  return { node: Number(/node(\d+)\/meminfo$/.exec(name)?.[1] ?? -1), total: size('MemTotal'), free: size('MemFree') }
}

/** `/dev/dm-1   partition  975868  0  -2`, sizes in KiB; a blank in a name is written \040. */
function parseSwaps(text: string) {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [device, type, size, used] = line.split(/\s+/)
      if (!device || !type) return []
      return [{ device: device.replaceAll('\\040', ' '), type, size: count(size) * 1024, used: count(used) * 1024 }]
    })
}

/** `/sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages` */
function pools(evidence: Evidence, total: Ask, free: Ask): Result<ReturnType<typeof poolOf>[]> {
  return map(all(absentAs(evidence.texts(total), []), absentAs(evidence.texts(free), [])), ([totals, frees]) =>
    totals.map((one) => poolOf(one, frees)),
  )
}

function poolOf({ name, result }: Member<string>, frees: readonly Member<string>[]) {
  const folder = name.slice(0, name.lastIndexOf('/'))
  const free = frees.find((other) => other.name === `${folder}/free_hugepages`)?.result
  return {
    size: Number(/hugepages-(\d+)kB$/.exec(folder)?.[1] ?? 0) * 1024,
    total: orGap(map(result, count)),
    free: orGap(map(free ?? unknown('absent', name), count)),
    node: Number(/\/node(\d+)\//.exec(folder)?.[1] ?? -1),
  }
}
