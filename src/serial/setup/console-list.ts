import { isUnknown, unknown } from '../../evidence/result.ts'
import type { Result, Unknown } from '../../types.ts'
import type { ConsoleLine } from './console-line.ts'
import { gapText } from './console-path.ts'
import { guestLines } from './guest-lines.ts'
import { type HostFacts, settleAll, words } from './host-facts.ts'

/** Who holds a port: null where nobody does. */
export type Holder = (path: string) => string | null

/** Ports, then what Xen writes, then the guests. Gaps are lines, too. */
export const consoleLines = (facts: HostFacts, holder: Holder): ConsoleLine[] => [
  ...portLines(facts, holder),
  ...hypervisorLines(facts),
  ...guestLines(facts),
]

export const gapLine = (what: string, gap: Unknown): ConsoleLine => ({
  ...{ kind: 'unknown', guest: '', where: '?', what, heldBy: null, capture: null },
  note: gapText(gap),
})

function portLines(facts: HostFacts, holder: Holder): ConsoleLine[] {
  const ports = settleAll(facts.console.ports, 'name', 'uart')
  const more = words(facts.terminals.ports)
  return [
    ...(ports.ok
      ? ports.value.map(({ name, uart }) => portLine(facts, `/dev/${name}`, uart, holder))
      : [gapLine('serial ports', ports)]),
    ...(more.ok
      ? more.value.map((path) =>
          portLine(facts, path, /USB|ACM|cuaU/.test(path) ? 'USB adapter' : 'serial port', holder),
        )
      : [gapLine('USB adapters', more)]),
  ]
}

function portLine(facts: HostFacts, where: string, what: string, holder: Holder): ConsoleLine {
  const heldBy = holder(where)
  const line = { kind: 'port' as const, guest: '', where, what, heldBy }
  if (heldBy !== null) return { ...line, capture: null, note: 'not to be opened' }
  const gap = firstGap(facts)
  return gap
    ? { ...line, capture: null, note: `whether it is free is ${gapText(gap)}` }
    : { ...line, capture: ['--port', `${where},115200n8`], note: 'opening it raises its modem lines' }
}

/** What would have named a holder. Where Xen is not, it holds nothing. */
function firstGap({ console, platform, xen }: HostFacts): Unknown | undefined {
  const below: Result<unknown> =
    platform.under.ok && platform.under.value !== 'xen-dom0' ? platform.under : words(xen.consoles)
  const active = words(console.active)
  if (
    platform.system.ok &&
    platform.system.value === 'FreeBSD' &&
    platform.under.ok &&
    platform.under.value !== 'xen-dom0'
  )
    return unknown('unsupported', 'kern.console', 'FreeBSD is not asked for its consoles')
  // Old kernels do not tell; what they were told stands in their command line, which a getty follows.
  const own = active.ok || active.gap !== 'absent' ? active : words(console.gettyDevices)
  return [below, own, words(console.gettyDevices)].find((result): result is Unknown => !result.ok)
}

/** com1 is hidden from dom0; what Xen writes there can be read at the other end of the cable, or in the log of xenconsoled. */
function hypervisorLines({ platform, xen, logs }: HostFacts): ConsoleLine[] {
  if (!platform.under.ok || platform.under.value !== 'xen-dom0') return []
  const serial = settleAll(xen.serial, 'port', 'baud')
  const line = { kind: 'hypervisor' as const, guest: '' }
  const ports: ConsoleLine[] = serial.ok
    ? serial.value.map(({ port, baud }) => ({
        ...{ ...line, where: port, what: baud === null ? 'port of Xen' : `port of Xen, ${baud} baud` },
        ...{ heldBy: 'Xen', capture: null, note: 'to be read at the other end of the cable' },
      }))
    : [gapLine('port of Xen', serial)]
  const log = logs.files.ok
    ? logs.files.value.find((one) => !isUnknown(one) && one.path === '/var/log/xen/console/hypervisor.log')
    : undefined
  const path = log && !isUnknown(log) && typeof log.path === 'string' ? log.path : undefined
  return path === undefined
    ? ports
    : [
        ...ports,
        {
          ...line,
          where: path,
          what: 'log of xenconsoled',
          heldBy: null,
          capture: ['--file', `xen=${path}`],
          note: '',
        },
      ]
}
