import { command, file, stat } from '../evidence/ask.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { locate } from '../evidence/locate.ts'
import { absentAs, all, chain, known, map, orGap } from '../evidence/result.ts'
import { parseDf, type DfLine } from '../parse/df.ts'
import { holding, parseMounts, type MountLine } from '../parse/mount-table.ts'
import type { Ask, Result, Unknown } from '../types.ts'
import { defineFacts } from './fact-set.ts'
import { bool, listOf, number, object, string, strings } from './schema.ts'

const folders = {
  root: stat('/'),
  images: stat('/var/lib/libvirt/images'),
  qemu: stat('/var/lib/libvirt/qemu'),
  xen: stat('/var/lib/xen'),
  log: stat('/var/log'),
}

const store = object(
  {
    mount: string('Where it is mounted'),
    folders: strings('Which of the folders that a host of guests needs it holds'),
    device: string('What is mounted there'),
    size: number('bytes', 'Size of the file system'),
    free: number('bytes', 'Free for everybody'),
    percent: number('%', 'Used of what everybody may use'),
    inodes: number('count', 'Inodes of the file system; 0 where it does not count them'),
    inodesFree: number('count', 'Free inodes'),
    readOnly: bool('It is mounted read-only now'),
    meantWritable: bool('/etc/fstab wants it writable'),
  },
  'One file system',
)

export const pressure = defineFacts({
  name: 'pressure',
  meaning: 'What runs short on this machine: time to wait, room on disks, open files',
  asks: {
    cpu: file('/proc/pressure/cpu'),
    memory: file('/proc/pressure/memory'),
    io: file('/proc/pressure/io'),
    loadavg: file('/proc/loadavg'),
    vmstat: file('/proc/vmstat'),
    fileNr: file('/proc/sys/fs/file-nr'),
    mounts: file('/proc/mounts'),
    fstab: file('/etc/fstab'),
    space: command(['df', '-klP'], { if: { path: '/proc/self/stat' } }),
    inodes: command(['df', '-liP'], { if: { path: '/proc/self/stat' } }),
    ...folders,
  },
  about: {
    cpuSome: number('%', 'Part of the last five minutes in which some task waited for a processor'),
    memorySome: number('%', 'Part of the last five minutes in which some task waited for memory'),
    memoryFull: number('%', 'Part of the last five minutes in which all tasks waited for memory'),
    ioSome: number('%', 'Part of the last five minutes in which some task waited for a disk'),
    ioFull: number('%', 'Part of the last five minutes in which all tasks waited for a disk'),
    load: number('count', 'Load of the last fifteen minutes'),
    oomKills: number('count', 'Processes that the kernel has killed for want of memory since it was started'),
    filesOpen: number('count', 'Open files of the whole system'),
    filesLimit: number('count', 'Most open files of the whole system'),
    stores: listOf(store, 'Local file systems that hold /, /var/log, or what guests live on'),
  },
  parse(evidence, ask) {
    const files = map(evidence.text(ask.fileNr), (text) => text.trim().split(/\s+/).map(Number))
    const stall = (one: Ask, kind: 'some' | 'full') => map(evidence.text(one), (text) => stalled(text, kind))
    return {
      cpuSome: stall(ask.cpu, 'some'),
      memorySome: stall(ask.memory, 'some'),
      memoryFull: stall(ask.memory, 'full'),
      ioSome: stall(ask.io, 'some'),
      ioFull: stall(ask.io, 'full'),
      load: map(evidence.text(ask.loadavg), (text) => finite(text.split(' ')[2])),
      oomKills: map(evidence.text(ask.vmstat), (text) => finite(/^oom_kill (\d+)$/m.exec(text)?.[1])),
      filesOpen: map(files, ([open]) => finite(open)),
      filesLimit: map(files, ([, , limit]) => finite(limit)),
      stores: stores(evidence, ask),
    }
  },
})

function finite(value: string | number | undefined): number {
  const number = Number(value)
  if (value === undefined || value === '' || !Number.isFinite(number)) throw new Error(`not a number: ${value}`)
  return number
}

/** `full avg10=0.00 avg60=0.01 avg300=0.02 total=3006849` */
const stalled = (text: string, kind: string): number =>
  finite(new RegExp(`^${kind} .*avg300=([\\d.]+)`, 'm').exec(text)?.[1])

interface Asks {
  readonly mounts: Ask
  readonly fstab: Ask
  readonly space: Ask
  readonly inodes: Ask
}

/** A folder that is a link lies elsewhere; one on a network file system is asked for nowhere here. */
interface Store {
  readonly mount: string
  readonly folders: string[]
  readonly device: string
  readonly size: number
  readonly free: number
  readonly percent: number
  readonly inodes: number | Unknown
  readonly inodesFree: number | Unknown
  readonly readOnly: boolean
  readonly meantWritable: boolean
}

function stores(evidence: Evidence, ask: Asks): Result<readonly (Store | Unknown)[]> {
  const mounts = map(evidence.text(ask.mounts), parseMounts)
  const fstab = absentAs(map(evidence.text(ask.fstab), parseMounts), [])
  const tables = all(mounts, fstab, local(evidence, ask.space))
  const inodes = local(evidence, ask.inodes)
  return map(tables, ([mounted, wanted, space]) => {
    const found = new Map<string, Store>()
    const gaps: Unknown[] = []
    for (const one of Object.values(folders)) {
      const path = (one as { stat: string }).stat
      const there = evidence.stat(one)
      if (!there.ok && there.gap !== 'absent') gaps.push(there)
      const mount = holding(mounted, path)
      const line = mount && space.find((row) => row.path === mount.path)
      if (!there.ok || there.value.type !== 'dir' || !line) continue
      const known = found.get(mount.path)
      if (known) known.folders.push(path)
      else found.set(mount.path, storeOf(path, mount, line, wanted, inodes))
    }
    return [...found.values(), ...gaps]
  })
}

function storeOf(
  path: string,
  mount: MountLine,
  line: DfLine,
  wanted: readonly MountLine[],
  inodes: Result<readonly DfLine[]>,
): Store {
  const meant = wanted.find((row) => row.path === mount.path)
  const item = {
    mount: mount.path,
    folders: [path],
    device: mount.device,
    size: line.size * 1024,
    free: line.free * 1024,
    percent: line.used + line.free > 0 ? (line.used / (line.used + line.free)) * 100 : 0,
    ...nodes(inodes, mount.path),
    readOnly: mount.options.includes('ro'),
    meantWritable: meant !== undefined && !meant.options.includes('ro'),
  }
  return locate(item, { ask: '/proc/mounts', path: '/proc/mounts', line: mount.line })
}

function nodes(
  inodes: Result<readonly DfLine[]>,
  path: string,
): { inodes: number | Unknown; inodesFree: number | Unknown } {
  const line = map(inodes, (rows) => rows.find((row) => row.path === path))
  return {
    inodes: orGap(map(line, (row) => row?.size ?? 0)),
    inodesFree: orGap(map(line, (row) => row?.free ?? 0)),
  }
}

/** df complains with exit 1 about a mount that it may not look at, and lists the others. */
const local = (evidence: Evidence, ask: Ask): Result<readonly DfLine[]> =>
  chain(evidence.output(ask), ({ stdout }) => map(known(stdout, { ask: 'df' }), parseDf))
