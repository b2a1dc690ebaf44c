import { command, file, list, stat } from '../evidence/ask.ts'
import type { Evidence, Member } from '../evidence/evidence.ts'
import { locate } from '../evidence/locate.ts'
import { absentAs, all, map, orGap } from '../evidence/result.ts'
import { at } from '../parse/guest/guest.ts'
import { type MountLine, parseMountLines, volumePath, wholeDisk } from '../parse/mounts.ts'
import type { Ask, Result } from '../types.ts'
import { defineFacts } from './fact-set.ts'
import { bool, listOf, nullable, number, object, string, strings } from './schema.ts'
import { controllers, diskAsks, diskFacts, multipathPaths } from './storage/disks.ts'
import { blockNameAsks, blockNames, fileSystemOf, fileSystemSchema, holdsFiles } from './storage/places.ts'
import { realPathAsks, realPathSchema, realPathsOf } from './storage/real-paths.ts'
import { fileAsks, fileFacts, storageFiles } from './storage/files.ts'

const mount = object(
  {
    device: string('Device, or server:/path'),
    volume: string('The same; a logical volume by its own name, /dev/vg0/web1'),
    point: string('Where it is mounted'),
    type: string('ext4, nfs4 …'),
    network: bool('It lies on another machine'),
    soft: bool('An NFS mount that answers the guest with an I/O error when the server is slow'),
    options: strings('Its options'),
  },
  'One mounted file system',
)

const loopDevice = object(
  { name: string('loop0'), path: string('File behind it; "(deleted)" may follow') },
  'One loop device in use',
)

const space = object(
  {
    point: string('Where the file system is mounted'),
    size: number('bytes', 'Its size'),
    available: number('bytes', 'What users may still fill'),
    usedPercent: number('percent', 'How full it is'),
  },
  'One local file system',
)

export const storage = defineFacts({
  name: 'storage',
  meaning: "The host's storage as far as guests depend on it: loop devices, mounts, multipath, space",
  asks: {
    loopControl: stat('/dev/loop-control'),
    loopModule: stat('/sys/module/loop'),
    maxLoop: file('/sys/module/loop/parameters/max_loop'),
    blockDevices: list('/sys/block'),
    loopFiles: file('/sys/block/loop*/loop/backing_file'),
    mounts: file('/proc/mounts'),
    swaps: file('/proc/swaps'),
    ...blockNameAsks,
    ...realPathAsks,
    df: command(['df', '-klP'], { if: { path: '/proc/self/stat' } }),
    scsiIdConfig: file('/etc/scsi_id.config'),
    ...fileAsks,
    ...diskAsks,
  },
  about: {
    loopDynamic: bool('Loop devices are made on demand: the number of existing ones is no limit'),
    loopLoaded: bool('The loop driver is there, built in or loaded'),
    maxLoop: nullable(number('count', 'Loop devices made at the start; none where the driver does not tell')),
    loopCount: number('count', 'Loop devices that exist'),
    loopsInUse: listOf(loopDevice, 'Those with a file behind them'),
    mounts: listOf(mount, 'Mounted file systems of disks and servers'),
    fileSystems: listOf(fileSystemSchema, 'Every mounted file system that can hold files of users'),
    blockNames: strings(
      'Names of disks and volumes, by the folders in /dev where they are listed: /dev/mapper/vg0-web1, /dev/vg0/web1, /dev/disk/by-id/wwn-…',
    ),
    realPaths: listOf(realPathSchema, 'Where the paths lead that definitions of guests name'),
    mountedPaths: strings(
      'Devices that this host has mounted or swaps on, volumes also as /dev/GROUP/NAME, and the disks that they are partitions of',
    ),
    fstabLabels: strings('LABEL= and UUID= entries of /etc/fstab, as written'),
    space: listOf(space, 'Room on local file systems'),
    scsiIdBlacklists: bool('/etc/scsi_id.config keeps scsi_id from answering (options=-b)'),
    ...fileFacts,
    ...diskFacts,
  },
  parse(evidence, ask) {
    const mounts = map(evidence.text(ask.mounts), parseMountLines)
    const mounted = mountedPaths(mounts, absentAs(evidence.text(ask.swaps), ''))
    return {
      loopDynamic: evidence.exists(ask.loopControl),
      loopLoaded: evidence.exists(ask.loopModule),
      maxLoop: absentAs<number | null>(
        map(evidence.text(ask.maxLoop), (text) => Number(text.trim())),
        null,
      ),
      loopCount: map(
        evidence.names(ask.blockDevices),
        (names) => names.filter((name) => /^loop\d+$/.test(name)).length,
      ),
      loopsInUse: loopsInUse(evidence, ask.loopFiles),
      mounts: map(mounts, (lines) => lines.filter(isReal).map(describeMount)),
      fileSystems: map(mounts, (lines) => lines.filter(holdsFiles).map(fileSystemOf)),
      blockNames: blockNames(evidence),
      realPaths: realPathsOf(evidence),
      mountedPaths: mounted,
      fstabLabels: map(absentAs(evidence.text(ask.fstab), ''), (text) =>
        parseMountLines(text).flatMap(({ device }) => (/^(PART)?(LABEL|UUID)=/.test(device) ? [device] : [])),
      ),
      space: map(evidence.output(ask.df), ({ stdout }) => parseDf(stdout)),
      scsiIdBlacklists: map(absentAs(evidence.text(ask.scsiIdConfig), ''), (text) => /^\s*options=-b\b/m.test(text)),
      ...storageFiles(evidence, mounts, evidence.names(ask.blockDevices)),
      multipathPaths: multipathPaths(evidence),
      controllers: controllers(evidence, mounted),
    }
  },
})

/** `/sys/block/loop0/loop/backing_file`: the folder is only there while a file is attached. */
function loopsInUse(evidence: Evidence, ask: Ask) {
  return map(absentAs<readonly Member<string>[]>(evidence.texts(ask), []), (members) =>
    members.map(({ name, result }) =>
      orGap(
        map(result, (text) => locate({ name: name.split('/')[3] ?? '', path: text.trim() }, { ask: name, path: name })),
      ),
    ),
  )
}

const NETWORK = /^(nfs4?|cifs|smb3|ceph|glusterfs|fuse\.glusterfs|fuse\.sshfs|ocfs2|gfs2?|9p|lustre)$/

/** On a disk or a server, not made up by the kernel. */
const isReal = ({ device, type }: MountLine): boolean => device.startsWith('/') || NETWORK.test(type)

function describeMount({ device, point, type, options, line }: MountLine) {
  const item = {
    device,
    volume: volumePath(device),
    point,
    type,
    network: NETWORK.test(type),
    soft: /^nfs/.test(type) && options.includes('soft'),
    options,
  }
  return locate(item, at('/proc/mounts', line))
}

/** `/dev/sda2   partition   1048572   0   -2` */
function mountedPaths(mounts: Result<MountLine[]>, swaps: Result<string>): Result<string[]> {
  return map(all(mounts, swaps), ([lines, text]) => {
    const swapping = [...text.matchAll(/^(\/\S+)\s/gm)].map(([, path]) => path!)
    const devices = [...lines.map(({ device }) => device), ...swapping].filter((device) => device.startsWith('/dev/'))
    return [...new Set(devices.flatMap((device) => [device, volumePath(device), wholeDisk(device)]))]
  })
}

/** `/dev/vda   3028572   941216   1913404   33% /`; made-up file systems have no path for a device. */
function parseDf(text: string) {
  const lines = text.matchAll(/^\/\S*\s+(\d+)\s+(\d+)\s+(-?\d+)\s+(\d+)%\s+(\/.*)$/gm)
  const found = [...lines].map(([, size, , available, percent, point]) =>
    locate(
      { point: point!, size: Number(size) * 1024, available: Number(available) * 1024, usedPercent: Number(percent) },
      { ask: 'df -klP' },
    ),
  )
  if (found.length === 0 && !/^Filesystem/m.test(text)) throw new Error('df printed no table')
  return found
}
