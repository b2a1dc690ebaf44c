import { all, known, map, unknown } from '../../evidence/result.ts'
import type { Result } from '../../types.ts'
import { type Link, link } from './console-path.ts'
import { type HostFacts, settleAll } from './host-facts.ts'
import type { OwnConsole } from './kernel-link.ts'

interface Speed {
  readonly who: string
  readonly baud: number
}

/** All who set the speed of one line must set the same: whoever watches it sees the others as garbage. */
export function speedLink(facts: HostFacts, { device, underXen }: OwnConsole): Link {
  const port = /^(?:ttyS|ttyu)(\d)$/.exec(device)?.[1] ?? '0'
  const read = all(underXen ? ofXen(facts, port) : ofLinux(facts, device), port === '0' ? ofLoader(facts) : known([]))
  return link(
    'speed',
    map(read, (lists) => lists.flat()),
    (speeds) => {
      const told = speeds.map(({ who, baud }) => `${who} ${baud}`).join(', ')
      if (new Set(speeds.map(({ baud }) => baud)).size <= 1)
        return { state: 'ok', says: speeds.length === 0 ? 'nobody sets a speed' : `nobody sets another: ${told} baud` }
      const first = speeds[0]!
      return {
        state: 'missing',
        says: `the speeds differ: ${told} baud`,
        fix: [
          {
            where: `the setting of ${speeds
              .filter(({ baud }) => baud !== first.baud)
              .map(({ who }) => who)
              .join(', ')}`,
            lines: [String(first.baud)],
          },
        ],
      }
    },
  )
}

/** Below Xen, hvc0 and the ttyS0 of Xen's own kernels have no speed: Xen drives the chip. */
const ofXen = ({ xen }: HostFacts, port: string): Result<readonly Speed[]> =>
  map(settleAll(xen.serial, 'port', 'baud'), (list) =>
    list.flatMap((one) =>
      one.port === `com${Number(port) + 1}` && one.baud !== null ? [{ who: `Xen (${one.port}=)`, baud: one.baud }] : [],
    ),
  )

function ofLinux({ console, platform }: HostFacts, device: string): Result<readonly Speed[]> {
  const gettys = map(settleAll(console.gettys, 'device', 'baud'), (list) =>
    list.flatMap((one) =>
      one.device === device && one.baud !== null ? [{ who: `the getty on ${device}`, baud: one.baud }] : [],
    ),
  )
  if (platform.system.ok && platform.system.value === 'FreeBSD') return gettys
  const kernel = map(settleAll(console.parameters, 'device', 'baud'), (list) =>
    list.flatMap((one) =>
      one.device === device && one.baud > 0 ? [{ who: `the kernel (console=${device})`, baud: one.baud }] : [],
    ),
  )
  return map(all(kernel, gettys), (lists) => lists.flat())
}

/** GRUB 2 tells its speed in /etc/default/grub, FreeBSD's loader in loader.conf; menus of other loaders are not looked through for it. */
function ofLoader({ boot, xen, platform }: HostFacts): Result<readonly Speed[]> {
  if (platform.system.ok && platform.system.value === 'FreeBSD')
    return map(xen.loader, (set) => {
      const baud = Number(set['comconsole_speed'] ?? NaN)
      return Number.isFinite(baud) ? [{ who: 'the loader (comconsole_speed)', baud }] : []
    })
  if (
    boot.loader.ok &&
    (boot.loader.value === 'grub' || boot.loader.value === 'elilo' || boot.loader.value === 'extlinux')
  )
    return unknown(
      'unsupported',
      boot.file.ok ? boot.file.value : 'boot loader',
      'the speed in this menu is not looked at',
    )
  return map(boot.serialBaud, (baud) => (typeof baud === 'number' ? [{ who: 'GRUB (GRUB_SERIAL_COMMAND)', baud }] : []))
}
