import type { Evidence, Member } from '../../evidence/evidence.ts'
import { file } from '../../evidence/ask.ts'
import { locate } from '../../evidence/locate.ts'
import { orNone } from '../../evidence/lookup.ts'
import { absentAs, all, map, orGap } from '../../evidence/result.ts'
import { cutExports } from '../../parse/exports.ts'
import { at } from '../../parse/guest/guest.ts'
import { type MountLine, parseMountLines, wholeDisk } from '../../parse/mounts.ts'
import { type MultipathMap, parseMultipathConf } from '../../parse/multipath-conf.ts'
import { udevMistakes, udevOddKeys } from '../../parse/udev-rules.ts'
import type { Result, Unknown } from '../../types.ts'
import { bool, listOf, nullable, number, object, string } from '../schema.ts'

export const fileAsks = {
  fstab: file('/etc/fstab'),
  exports: file('/etc/exports'),
  multipathConf: file('/etc/multipath.conf'),
  udevRules: file('/etc/udev/rules.d/*.rules'),
} as const

const oddName = (what: string) =>
  object(
    {
      name: string(`Name of the ${what}`),
      within: string('Section around it; "" at the top'),
      nearest: nullable(string('Name that was probably meant; none where none is near')),
    },
    `One ${what}`,
  )

const place = { file: string('The file'), line: number('line', 'Line in it') }

export const fileFacts = {
  fstab: listOf(
    object(
      {
        device: string('Device, UUID=, LABEL=, server:/path …, as written'),
        point: string('Where it is to be mounted; "none" or "swap" for swap'),
        type: string('ext4, nfs4, swap …'),
        needed: bool('Neither noauto nor nofail nor an automount: the start of this system waits for it'),
        missing: bool(
          'It names a disk as hd, sd, vd, xvd or nvme, there is no such disk, and nothing is mounted there',
        ),
        turnedReadOnly: bool('A disk is mounted there read-only, and the line does not ask for that'),
        line: number('line', 'Its line'),
      },
      'One line',
    ),
    'Lines of /etc/fstab',
  ),
  exportsCut: listOf(
    object(
      {
        path: string('Folder that is exported'),
        client: string('Client that was meant to get the options'),
        options: string('What all the world gets'),
        line: number('line', 'Its line'),
      },
      'One client',
    ),
    'Clients in /etc/exports that a blank has cut from their options',
  ),
  multipathOdd: listOf(
    oddName('section'),
    'Sections of /etc/multipath.conf that multipath does not know, and so leaves out',
  ),
  multipathOddKeys: listOf(oddName('setting'), 'Settings in /etc/multipath.conf that multipath does not know'),
  multipathAliases: listOf(
    object({ wwid: string('The disk'), alias: string('Its name; "" without') }, 'One named disk'),
    'Disks that /etc/multipath.conf names',
  ),
  multipathRepeated: listOf(
    object(
      {
        value: string('The alias or WWID'),
        kind: string('alias or wwid'),
        line: number('line', 'Where it is repeated'),
      },
      'One name',
    ),
    'Aliases and WWIDs that /etc/multipath.conf has more than once',
  ),
  udevMistakes: listOf(
    object({ ...place, key: string('KERNEL, BUS, RESULT …') }, 'One rule'),
    'udev rules that assign where they mean to compare',
  ),
  udevOddKeys: listOf(
    object({ ...place, key: string('As written'), nearest: string('Key that was probably meant') }, 'One key'),
    'Keys in udev rules that udev does not know, and that resemble one that it knows',
  ),
}

/** What the configuration files of storage say. */
export function storageFiles(
  evidence: Evidence,
  mounts: Result<readonly MountLine[]>,
  disks: Result<readonly string[]>,
) {
  const multipath = map(absentAs(evidence.text(fileAsks.multipathConf), ''), parseMultipathConf)
  const located = <T extends { line: number }>(path: string, items: readonly T[]): T[] =>
    items.map((item) => locate(item, at(path, item.line)))
  const conf = '/etc/multipath.conf'
  return {
    fstab: map(absentAs(evidence.text(fileAsks.fstab), ''), (text) =>
      located(
        '/etc/fstab',
        parseMountLines(text).map((line) => fstabLine(line, mounts, disks)),
      ),
    ),
    exportsCut: map(absentAs(evidence.text(fileAsks.exports), ''), (text) => located('/etc/exports', cutExports(text))),
    multipathOdd: map(multipath, ({ odd }) => located(conf, odd)),
    multipathOddKeys: map(multipath, ({ oddKeys }) => located(conf, oddKeys)),
    multipathAliases: map(multipath, ({ maps }) => located(conf, maps)),
    multipathRepeated: map(multipath, ({ maps }) =>
      located(conf, [...repeated(maps, 'alias'), ...repeated(maps, 'wwid')]),
    ),
    udevMistakes: fromRules(evidence, udevMistakes),
    udevOddKeys: fromRules(evidence, udevOddKeys),
  }
}

/** Types that cannot be written to anyway, and layers that only seem to be read-only. */
const NEVER_WRITTEN = /^(iso9660|udf|squashfs|erofs|cramfs|overlay)$/

function fstabLine(line: MountLine, mounts: Result<readonly MountLine[]>, disks: Result<readonly string[]>) {
  const { device, point, type, options } = line
  const named = /^\/dev\/((?:[hsv]d|xvd)[a-z]+\d*|nvme\d+n\d+(?:p\d+)?)$/.exec(device)
  const names = [device, wholeDisk(device)].map((path) => path.slice('/dev/'.length))
  const mounted = map(mounts, (list) => {
    const mine = list.filter((mount) => mount.point === point).at(-1)
    return !!mine?.device.startsWith('/dev/') && mine.options.includes('ro') && !NEVER_WRITTEN.test(mine.type)
  })
  const isMissing = ([list, mounted]: [readonly string[], readonly MountLine[]]): boolean =>
    !names.some((name) => list.includes(name)) && !mounted.some((mount) => mount.point === point)
  return {
    device,
    point,
    type,
    needed: !options.some((option) => /^(noauto|nofail|x-systemd\.automount)$/.test(option)),
    missing: named ? orGap(map(all(disks, mounts), isMissing)) : false,
    turnedReadOnly: options.includes('ro') ? false : orGap(mounted),
    line: line.line,
  }
}

function repeated(maps: readonly MultipathMap[], kind: 'alias' | 'wwid') {
  return maps.flatMap((one, index) => {
    const before = maps.slice(0, index).filter((other) => other[kind] === one[kind])
    return one[kind] !== '' && before.length === 1 ? [{ value: one[kind], kind, line: one.line }] : []
  })
}

function fromRules<T extends { readonly key: string; readonly line: number }>(
  evidence: Evidence,
  parse: (text: string) => T[],
): Result<((T & { file: string }) | Unknown)[]> {
  return map(orNone(evidence.texts(fileAsks.udevRules)), (list: readonly Member<string>[]) =>
    list.flatMap(({ name, result }): ((T & { file: string }) | Unknown)[] => {
      const read = orGap(map(result, parse))
      return Array.isArray(read)
        ? read.map((item: T) => locate({ ...item, file: name }, at(name, item.line)))
        : [read as Unknown]
    }),
  )
}
