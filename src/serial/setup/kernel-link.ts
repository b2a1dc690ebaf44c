import { chain, known, map } from '../../evidence/result.ts'
import type { Result } from '../../types.ts'
import { bootLines } from './boot-lines.ts'
import { type Link, link } from './console-path.ts'
import { type HostFacts, settleAll, words } from './host-facts.ts'

/** The console of a machine as its kernel calls it. */
export interface OwnConsole {
  readonly what: string
  readonly device: string
  /** Devices that do as well. */
  readonly others: readonly (string | RegExp)[]
  /** Devices of which nobody knows whether they would do. */
  readonly perhaps?: readonly RegExp[]
  /** The words of the kernel stand in the menu's entry for Xen. */
  readonly underXen: boolean
}

export const isOwn = ({ device, others }: OwnConsole, name: string): boolean =>
  name === device || others.some((other) => (typeof other === 'string' ? other === name : other.test(name)))

/** One of these devices may be as good as its own. */
export const mayBeOwn = ({ perhaps = [] }: OwnConsole, names: readonly string[]): string | undefined =>
  names.find((name) => perhaps.some((other) => other.test(name)))

/** The kernel writes to the console. What it says of itself counts; what it was told where it is too old to say. */
export function kernelLink(facts: HostFacts, own: OwnConsole, baud: number): Link {
  if (facts.platform.system.ok && facts.platform.system.value === 'FreeBSD') return freebsdKernel(facts)
  const fix = bootLines(
    facts,
    { kernel: [/^tty(S|AMA)/.test(own.device) ? `console=${own.device},${baud}` : `console=${own.device}`] },
    own.underXen,
  )
  return link(
    'kernel',
    writtenTo(facts),
    (written) => {
      const found = written.filter((name) => isOwn(own, name))
      const doubtful = mayBeOwn(own, written)
      if (found.length === 0 && doubtful !== undefined)
        return {
          state: 'unknown',
          says: `the kernel writes to ${doubtful}; whether that belongs to Xen is not known`,
          fix,
        }
      return found.length > 0
        ? { state: 'ok', says: `the kernel writes to ${found.join(', ')}` }
        : {
            state: 'missing',
            says: `the kernel writes to ${written.join(', ') || 'no console that it was told'}, and not to ${own.device}`,
            fix,
          }
    },
    fix,
  )
}

/** /proc/consoles is there since Linux 2.6.38; PV kernels that are told nothing take the console of Xen. */
export function writtenTo({ console, platform }: HostFacts): Result<readonly string[]> {
  const active = words(console.active)
  if (active.ok || active.gap !== 'absent') return active
  const told = map(settleAll(console.parameters, 'device'), (list) => list.map(({ device }) => device))
  return chain(told, (list) =>
    list.length === 0 && platform.under.ok && platform.under.value === 'xen-pv' ? known(['hvc0', 'xvc0']) : told,
  )
}

/** Of two consoles FreeBSD takes the screen, unless boot_serial or boot_multicons is set; comconsole sets it too. */
function freebsdKernel(facts: HostFacts): Link {
  const fix = bootLines(
    facts,
    { kernel: ['boot_multicons="YES"', 'boot_serial="YES"', 'console="vidconsole,comconsole"'] },
    true,
  )
  return link(
    'kernel',
    facts.xen.loader,
    (set) => {
      const on = (name: string): boolean => /^(yes|1|true)$/i.test(String(set[name] ?? ''))
      const how = on('boot_multicons')
        ? 'boot_multicons is on'
        : on('boot_serial')
          ? 'boot_serial is on'
          : /\bcomconsole\b/.test(String(set['console'] ?? ''))
            ? `console="${String(set['console'])}"`
            : null
      return how === null
        ? {
            state: 'missing',
            says: 'the kernel writes to the screen only: boot_multicons and boot_serial are off',
            fix,
          }
        : { state: 'ok', says: `the kernel writes to its serial console: ${how}` }
    },
    fix,
  )
}
