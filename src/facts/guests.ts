import type { CommandOutput, Member } from '../evidence/evidence.ts'
import { lookup } from '../evidence/lookup.ts'
import { Paths } from '../parse/paths.ts'
import type { Definition, Guest, GuestDisk, GuestInterface } from '../parse/guest/guest.ts'
import { type Claim, differentGuests, pairsOf } from '../parse/guest/pairs.ts'
import { isExampleMac, macProblem } from '../parse/mac.ts'
import { isUnknown, known, map, orGap } from '../evidence/result.ts'
import type { Result, Unknown } from '../types.ts'
import { defineFacts } from './fact-set.ts'
import * as schema from './guests/schema.ts'
import { mayBeDom0 } from './guests/dom0.ts'
import { deviceDrift, driftSchema } from './guests/drift.ts'
import { roomAsks, rooms, roomSchema } from './guests/room.ts'
import { cpuSchema } from './guests/cpu.ts'
import { brokenAutostart } from './guests/autostart.ts'
import { differences } from './guests/differences.ts'
import { type Found, guestAsks, isActive, readGuests } from './guests/sources.ts'
import { listOf, number } from './schema.ts'

export const guests = defineFacts({
  name: 'guests',
  meaning: 'The guests of this host, as their definitions tell them: xl, xm and xend files, libvirt XML, and what runs',
  asks: { ...guestAsks, ...roomAsks },
  about: {
    all: listOf(schema.guestSchema, 'Every guest, defined or running'),
    disks: listOf(schema.diskSchema, 'Their disks and drives'),
    interfaces: listOf(schema.interfaceSchema, 'Their network interfaces'),
    hostdevs: listOf(schema.hostdevSchema, "The host's devices that they get"),
    peripherals: listOf(
      schema.peripheralSchema,
      'Further devices of libvirt guests: shared folders, TPMs, shared memory, memory modules, random numbers',
    ),
    consoles: listOf(schema.consoleSchema, 'Their serial ports and consoles'),
    graphics: listOf(schema.graphicsSchema, 'Their graphical consoles'),
    cpus: listOf(cpuSchema, 'Their processors, as their definitions have them'),
    pins: listOf(schema.pinSchema, 'Processors that they are bound to'),
    numa: listOf(schema.numaSchema, 'Guests of libvirt that are bound to NUMA nodes'),
    malformed: listOf(schema.malformedSchema, 'Entries that their toolstack will not take'),
    unknownKeys: listOf(schema.unknownKeySchema, 'Settings in Xen files that xl does not know'),
    usbControllers: listOf(schema.usbControllerSchema, 'USB controllers in Xen files'),
    newSettings: listOf(schema.newSettingSchema, 'Settings in Xen files that older releases of Xen overlook'),
    ignored: listOf(schema.ignoredSchema, 'Elements in libvirt definitions that libvirt reads over'),
    differences: listOf(schema.differenceSchema, 'Running guests of xl that differ from their files'),
    syntaxErrors: listOf(schema.syntaxErrorSchema, 'Definitions that cannot be read'),
    duplicateNames: listOf(
      schema.pairSchema('The name'),
      'Two Xen files for one name; active: both are started with the host',
    ),
    duplicateUuids: listOf(schema.pairSchema('The UUID'), 'Two guests with one UUID'),
    duplicateMacs: listOf(schema.pairSchema('The MAC address'), 'Two guests with one MAC address'),
    duplicateTargets: listOf(schema.pairSchema('The name of the disk'), 'Two disks of one guest with one name'),
    sharedDisks: listOf(
      schema.pairSchema('File or device'),
      'Two guests that write to one disk, which is not marked as shared in both',
    ),
    sharedHostdevs: listOf(schema.pairSchema('PCI address'), 'Two guests that get one PCI device'),
    brokenAutostart: listOf(schema.brokenLinkSchema, 'Links that should start a guest with the host, and lead nowhere'),
    deviceDrift: listOf(driftSchema, 'Devices in which running guests of libvirt and their definitions differ'),
    rooms: listOf(roomSchema, 'Local file systems with sparse raw images'),
    activeMemory: number('bytes', 'Memory that the guests have or may get that run or are started with the host'),
    autostartMemory: number('bytes', 'Memory at the start of the guests that are started with the host'),
    runningCount: number('count', 'Guests that run'),
    runningVcpus: number('count', 'Virtual CPUs of the guests that run'),
    activeFileDisks: number('count', 'Disks with the prefix file: of guests that run or are started with the host'),
    runningTapDisks: number('count', 'Disks with a prefix tap: of guests of xend that run'),
  },
  parse(evidence, ask) {
    const { found, errors, gaps } = readGuests(evidence)
    const paths = new Paths(evidence.outputs(ask.paths))
    const labels = labelsOf(evidence.outputs(ask.labels))
    const [gap] = gaps
    const list = <T>(items: readonly T[]): Result<readonly (T | Unknown)[]> => known(gap ? [...items, gap] : items)
    const every = <T>(pick: (definition: Definition) => readonly T[]): T[] =>
      found.flatMap(({ definition }) => pick(definition))
    const sum = (pick: (one: Found) => number, when: (one: Found) => boolean | Unknown): Result<number> =>
      gap ?? total(found, pick, when)
    const disks = every((definition) =>
      definition.disks.map((disk) => withStatus(disk, definition.disks, paths, labels)),
    )
    return {
      all: list(found.map((one) => describe(one, paths))),
      disks: list(disks),
      interfaces: list(every(({ interfaces }) => interfaces.map(withProblem))),
      hostdevs: list(every(({ hostdevs }) => hostdevs)),
      peripherals: list(every(({ peripherals }) => peripherals)),
      consoles: list(every(({ consoles }) => consoles)),
      graphics: list(every(({ graphics }) => graphics)),
      cpus: list(every(({ cpus }) => cpus)),
      pins: list(every(({ pins }) => pins)),
      numa: list(every(({ numa }) => numa)),
      malformed: list(every(({ malformed }) => malformed)),
      unknownKeys: list(every(({ unknownKeys }) => unknownKeys)),
      usbControllers: list(every(({ usbControllers }) => usbControllers)),
      newSettings: list(every(({ newSettings }) => newSettings)),
      ignored: list(every(({ ignored }) => ignored)),
      differences: list(differences(evidence, found, gap)),
      syntaxErrors: list(errors),
      ...pairs(found, list),
      brokenAutostart: known(brokenAutostart(evidence)),
      deviceDrift: deviceDrift(evidence, mayBeDom0(evidence)),
      rooms: gap ?? rooms(evidence, disks),
      activeMemory: sum(({ definition: { guest } }) => guest.maxmem ?? guest.memory ?? 0, isActive),
      autostartMemory: sum(
        ({ definition: { guest } }) => guest.memory ?? 0,
        ({ autostart }) => autostart,
      ),
      runningCount: sum(
        () => 1,
        ({ running }) => running,
      ),
      runningVcpus: sum(
        ({ definition }) => definition.guest.vcpus,
        ({ running }) => running,
      ),
      activeFileDisks: sum(
        ({ definition }) => definition.disks.filter(({ prefix }) => prefix === 'file').length,
        isActive,
      ),
      runningTapDisks: sum(
        ({ definition }) => definition.disks.filter(({ prefix }) => /^tap(:|$)/.test(prefix)).length,
        ({ running }) => running,
      ),
    }
  },
})

function total(
  found: readonly Found[],
  pick: (one: Found) => number,
  when: (one: Found) => boolean | Unknown,
): Result<number> {
  let sum = 0
  for (const one of found) {
    const counts = pick(one) === 0 ? false : when(one)
    if (isUnknown(counts)) return counts
    if (counts) sum += pick(one)
  }
  return known(sum)
}

/** Beside what the definition says: counts, files, and whether it runs. Keeps the item itself, which knows its place. */
function describe({ definition, running, autostart }: Found, paths: Paths) {
  const { guest, disks, interfaces, hostdevs } = definition
  const missing = (path: string): boolean | Unknown => orGap(paths.missing(path))
  const count = (bus: string): number => disks.filter((disk) => disk.bus === bus).length
  return Object.assign(guest as Guest, {
    running,
    autostart,
    kernelMissing: missing(guest.kernel),
    ramdiskMissing: missing(guest.ramdisk),
    bootloaderMissing: missing(guest.bootloader),
    emulatorMissing: missing(guest.emulator),
    ideDisks: count('ide'),
    scsiDisks: count('scsi'),
    virtioDisks: count('virtio'),
    xenDisks: count('xen'),
    nics: interfaces.length,
    devices: disks.length + interfaces.length + hostdevs.length,
    passedThrough: hostdevs.filter(({ sourceKind }) => sourceKind === 'pci' || sourceKind === 'interface').length,
  })
}

type Labels = (path: string) => string | Unknown

/** `-rw-r--r--  root root system_u:object_r:xen_image_t   /var/lib/xen/images/web1.img` */
function labelsOf(outputs: Result<readonly Member<CommandOutput>[]>): Labels {
  const found = lookup(outputs)
  return (path) =>
    orGap(
      map(found(path), ({ exit, stdout, stderr }) => {
        if (exit !== 0 && /No such file/.test(stderr)) return ''
        const type = /\s[\w-]+:[\w-]+:([\w-]+)/.exec(stdout)?.[1]
        if (type === undefined) throw new Error('no label')
        return type
      }),
    )
}

/** The device model gives hda and xvda of an HVM guest the same place on its IDE bus. */
function clashOf(disk: GuestDisk, disks: readonly GuestDisk[]): string {
  const letter = (target: string): string => /^(?:hd|xvd)([a-d])$/.exec(target)?.[1] ?? ''
  const same = disks.find(({ target }) => target !== disk.target && letter(target) === letter(disk.target))
  return disk.guestType === 'hvm' && letter(disk.target) !== '' ? (same?.target ?? '') : ''
}

function withStatus(disk: GuestDisk, disks: readonly GuestDisk[], paths: Paths, labels: Labels) {
  const local = disk.path.startsWith('/') && (disk.type === 'file' || disk.type === 'block')
  const status = local ? paths.status(disk.path) : known(null)
  const ofFile = (pick: 'size' | 'allocated') =>
    orGap(map(status, (found) => (found?.type === 'file' ? found[pick] : null)))
  return Object.assign(disk, {
    clashes: clashOf(disk, disks),
    missing: local ? orGap(paths.missing(disk.path)) : false,
    label: local ? labels(disk.path) : '',
    size: ofFile('size'),
    allocated: ofFile('allocated'),
  })
}

const withProblem = (nic: GuestInterface) =>
  Object.assign(nic, { macProblem: macProblem(nic.mac), macExample: isExampleMac(nic.mac) })

type ListOf = <T>(items: readonly T[]) => Result<readonly (T | Unknown)[]>

/** What only one guest may have, and two claim. */
function pairs(found: readonly Found[], list: ListOf) {
  const claims = <T extends object>(
    pick: (definition: Definition) => readonly T[],
    value: (item: T) => string,
    key: (item: T) => string = value,
  ): (Claim & { readonly item: T })[] =>
    found.flatMap((one) =>
      pick(one.definition).map((item) => ({
        guest: one.definition.guest,
        active: isActive(one),
        value: value(item),
        key: key(item),
        item,
      })),
    )
  // A name that runs may come from either file, so only those count that are started with the host.
  const names = found
    .filter(({ definition: { guest } }) => guest.toolstack !== 'libvirt' && !guest.configFile.endsWith('.sxp'))
    .map(({ definition, autostart }) => {
      const { guest } = definition
      return { guest, active: autostart, value: guest.name, item: guest as object, definition }
    })
  // A copy of a definition beside it is no second guest.
  const textOf = ({ guest }: Claim): string =>
    JSON.stringify(names.find((one) => one.guest === guest)?.definition).replaceAll(
      JSON.stringify(guest.configFile),
      '',
    )
  const sameFile = (a: Claim, b: Claim): boolean => a.guest.configFile === b.guest.configFile
  const shared = (claim: Claim): boolean => (claim.item as GuestDisk).shareable
  return {
    duplicateNames: list(pairsOf(names, (a, b) => !sameFile(a, b) && textOf(a) !== textOf(b))),
    duplicateUuids: list(
      pairsOf(
        claims(
          ({ guest }) => [guest],
          ({ uuid }) => uuid.replaceAll('-', ''),
        ),
        differentGuests,
      ),
    ),
    duplicateMacs: list(
      pairsOf(
        claims(
          ({ interfaces }) => interfaces,
          ({ mac }) => mac,
        ),
        differentGuests,
      ),
    ),
    duplicateTargets: list(
      pairsOf(
        claims(
          ({ disks }) => disks,
          ({ target }) => target,
          ({ target, guest, configFile }) => [target, guest, configFile].join('\n'),
        ),
        (a, b) => sameFile(a, b) && a.item !== b.item,
      ),
    ),
    sharedDisks: list(
      pairsOf(
        claims(
          ({ disks }) => disks.filter(({ readonly, path }) => !readonly && path.startsWith('/')),
          ({ path }) => path,
        ),
        (a, b) => differentGuests(a, b) && !(shared(a) && shared(b)),
      ),
    ),
    sharedHostdevs: list(
      pairsOf(
        claims(
          ({ hostdevs }) => hostdevs,
          ({ address }) => address,
        ),
        differentGuests,
      ),
    ),
  }
}
