import { file, link, list, stat } from '../evidence/ask.ts'
import type { Evidence, Member } from '../evidence/evidence.ts'
import { locate, placeOf } from '../evidence/locate.ts'
import { basename, lookup, orNone, part } from '../evidence/lookup.ts'
import { absentAs, all, isUnknown, map, orGap } from '../evidence/result.ts'
import { meantCommand, type ModprobeLine, parseModprobe } from '../parse/modprobe.ts'
import { moduleNames } from '../parse/modules.ts'
import type { Result, Unknown } from '../types.ts'
import { emulatedAsks, emulatedDisks, emulatedNics, emulatedDiskSchema, emulatedNicSchema } from './drivers-emulated.ts'
import { defineFacts } from './fact-set.ts'
import type { Infer } from './schema.ts'
import { bool, listOf, object, string, strings } from './schema.ts'

const deviceSchema = object(
  {
    name: string('virtio0, vif-0, vbd-51712'),
    type: string('net, block, scsi, balloon, rng, console, fs, gpu … (virtio); vif, vbd, vkbd … (Xen)'),
    driver: string('virtio_net, vif, vbd …; "" while no driver has taken it'),
  },
  'One paravirtual device that the hypervisor offers this guest',
)

const lineSchema = object(
  { module: string('Its name, with _ for -'), text: string('The rest of the line'), file: string('The file') },
  'One line of the configuration of modprobe',
)

const misreadSchema = object(
  { ...lineSchema.fields, meant: string('Command of modprobe that was probably meant; "" where it is like none') },
  'One line that modprobe does not understand',
)

const asks = {
  ...emulatedAsks,
  modules: file('/proc/modules'),
  cmdline: file('/proc/cmdline'),
  virtio: list('/sys/bus/virtio/devices'),
  virtioTypes: file('/sys/bus/virtio/devices/*/device'),
  virtioDrivers: link('/sys/bus/virtio/devices/*/driver'),
  xen: list('/sys/bus/xen/devices'),
  xenDrivers: link('/sys/bus/xen/devices/*/driver'),
  modprobe: file('/etc/modprobe.d/*'),
  modprobeConf: file('/etc/modprobe.conf'),
  literal: stat('/lib/modules/uname -r'),
} as const

/** What a guest loses with its paravirtual devices. */
const PARAVIRTUAL = /^(virtio(_\w+)?|xen_\w+front|xen_(vbd|vnif|platform_pci|balloon)|xennet|xenblk)$/

export const drivers = defineFacts({
  name: 'drivers',
  meaning: 'Inside a guest: its paravirtual devices, and the emulated ones that are still in use',
  asks,
  about: {
    modules: strings('Loaded modules for paravirtual devices; built-in ones are not listed'),
    virtio: listOf(deviceSchema, 'Virtio devices'),
    xen: listOf(deviceSchema, 'Xen devices'),
    xenBus: bool('The kernel has the bus of Xen devices: it was built for Xen guests'),
    emulatedNics: listOf(emulatedNicSchema, 'Emulated network cards in use'),
    emulatedDisks: listOf(emulatedDiskSchema, 'Emulated IDE and SATA disks in use'),
    unplug: string('xen_emul_unplug= of the kernel command line, or ""'),
    pvOff: bool('xen_nopv or nopv on the kernel command line'),
    misread: listOf(misreadSchema, 'Lines that modprobe does not understand: misspelt commands, bare names of modules'),
    ethAliases: listOf(lineSchema, 'alias ethN of modprobe: module is eth0, text its driver'),
    literalUname: bool('There is a folder that is really called "/lib/modules/uname -r"'),
  },
  parse(evidence, ask) {
    const lines = modprobe(evidence)
    const cmdline = evidence.text(ask.cmdline)
    const select = (test: (one: ModprobeLine) => boolean) =>
      map(lines, (list) => list.flatMap((one) => picked(one, test)))
    return {
      modules: map(absentAs(evidence.text(ask.modules), ''), (text) =>
        moduleNames(text).filter((name) => PARAVIRTUAL.test(name)),
      ),
      virtio: virtioDevices(evidence),
      xen: xenDevices(evidence),
      xenBus: evidence.exists(ask.xen),
      emulatedNics: emulatedNics(evidence),
      emulatedDisks: emulatedDisks(evidence),
      unplug: map(cmdline, (text) => [...text.matchAll(/(?:^|\s)xen_emul_unplug=(\S+)/g)].at(-1)?.[1] ?? ''),
      pvOff: map(cmdline, (text) => /(^|\s)(xen_)?nopv(\s|$)/.test(text)),
      misread: map(
        select(({ command }) => command === ''),
        (list) => list.map((one) => (isUnknown(one) ? one : withMeant(one))),
      ),
      ethAliases: select(({ command, module }) => command === 'alias' && /^eth\d+$/.test(module)),
      literalUname: evidence.exists(ask.literal),
    }
  },
})

/** Numbers of the virtio specification. */
const TYPES: Readonly<Record<number, string>> = {
  1: 'net',
  2: 'block',
  3: 'console',
  4: 'rng',
  5: 'balloon',
  8: 'scsi',
  9: '9p',
  16: 'gpu',
  18: 'input',
  19: 'vsock',
  20: 'crypto',
  24: 'mem',
  26: 'fs',
}

function virtioDevices(evidence: Evidence) {
  const types = lookup(evidence.texts(asks.virtioTypes))
  const bound = lookup(evidence.links(asks.virtioDrivers))
  return map(absentAs(evidence.names(asks.virtio), []), (names) =>
    names.map((name) => {
      const at = `/sys/bus/virtio/devices/${name}`
      const type = map(types(`${at}/device`), (text) => TYPES[Number(text)] ?? text.trim())
      const driver = absentAs(map(bound(`${at}/driver`), basename), '')
      return locate({ name, type: orGap(type), driver: orGap(driver) }, { ask: at, path: at })
    }),
  )
}

function xenDevices(evidence: Evidence) {
  const bound = lookup(evidence.links(asks.xenDrivers))
  return map(absentAs(evidence.names(asks.xen), []), (names) =>
    names.map((name) => {
      const at = `/sys/bus/xen/devices/${name}`
      const driver = absentAs(map(bound(`${at}/driver`), basename), '')
      return locate({ name, type: part(name.replace('-', '/'), 0), driver: orGap(driver) }, { ask: at, path: at })
    }),
  )
}

interface Line extends ModprobeLine {
  readonly file: string
}

/** Only *.conf counts, except on systems so old that they have /etc/modprobe.conf. */
function modprobe(evidence: Evidence): Result<readonly (Line | Unknown)[]> {
  const main = map(evidence.text(asks.modprobeConf), (text) => text)
  const old = absentAs(
    map(main, () => true),
    false,
  )
  return map(all(orNone(evidence.texts(asks.modprobe)), old), ([members, isOld]) => {
    const files: Member<string>[] = members.filter(({ name }) => isOld || name.endsWith('.conf'))
    if (isOld) files.push({ name: '/etc/modprobe.conf', result: main })
    return files.flatMap(({ name, result }): (Line | Unknown)[] =>
      result.ok ? parseModprobe(result.value).map((one) => ({ ...one, file: name })) : [result],
    )
  })
}

function picked(one: Line | Unknown, test: (one: ModprobeLine) => boolean): (Infer<typeof lineSchema> | Unknown)[] {
  if (isUnknown(one)) return [one]
  const { module, rest, file: path, line } = one
  return test(one) ? [locate({ module, text: rest, file: path }, { ask: path, path, line })] : []
}

const withMeant = (one: Infer<typeof lineSchema>) =>
  locate({ ...one, meant: isUnknown(one.module) ? one.module : meantCommand(one.module) }, placeOf(one))
