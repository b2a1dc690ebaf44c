import { isUnknown, known } from '../../evidence/result.ts'
import { bootValues, bootWords } from '../../parse/boot-options.ts'
import type { Result, Unknown } from '../../types.ts'
import { merged } from './boot-lines.ts'
import { type ConsolePath, type Fix, gapText, type Link, link, makePath, unseen } from './console-path.ts'
import { logLink } from './guest-log.ts'
import { type HostFacts, settle } from './host-facts.ts'
import { inittabLine, systemdLine, ttysLine } from './login-lines.ts'

export interface GuestOf {
  readonly name: string
  readonly toolstack: string
  readonly configFile: string
  readonly type: string
  readonly kernel: string
  readonly cmdline: string
  readonly arch: string
}

export interface ConsoleOf {
  readonly kind: string
  readonly type: string
  readonly source: string
  readonly target: string
  readonly log: string
}

const BAUD = 115_200

/** The console of each guest, as far as its host can see it. */
export function guestPaths(facts: HostFacts): ConsolePath[] {
  const { all } = facts.guests
  const hosts = facts.platform.hosts
  if (hosts.ok && hosts.value === '') return []
  if (!all.ok) return [makePath('?', 'the guests', '', [unseen('device', gapText(all))])]
  return all.value.map((item) => {
    const guest = settle(item, 'name', 'toolstack', 'configFile', 'type', 'kernel', 'cmdline', 'arch')
    if (isUnknown(guest)) return makePath('?', 'more guests', '', [unseen('device', gapText(guest))])
    const consoles = consolesOf(facts, guest)
    const device = deviceOf(guest, consoles)
    return makePath(guest.name, `${KIND[guest.type] ?? `a ${guest.type}`} guest of ${guest.toolstack}`, device, [
      deviceLink(guest, consoles, device),
      logLink(facts, guest, consoles),
      kernelLink(guest, device),
      loginInside(device),
    ])
  })
}

const KIND: Readonly<Record<string, string>> = {
  pv: 'a PV',
  pvh: 'a PVH',
  hvm: 'an HVM',
  kvm: 'a KVM',
  qemu: 'an emulated',
}

/** A gap counts only where none of the guest's own is known. */
function consolesOf({ guests }: HostFacts, guest: GuestOf): Result<readonly ConsoleOf[]> {
  if (!guests.consoles.ok) return guests.consoles
  const items = guests.consoles.value.map((one) =>
    settle(one, 'guest', 'configFile', 'kind', 'type', 'source', 'target', 'log'),
  )
  const own = items.filter((one) => !isUnknown(one) && one.guest === guest.name && one.configFile === guest.configFile)
  const gap = items.find(isUnknown)
  return own.length === 0 && gap ? (gap as Unknown) : known(own as ConsoleOf[], ...guests.consoles.from)
}

export const isParavirtual = ({ type }: GuestOf): boolean => type === 'pv' || type === 'pvh'

/** What the guest's own kernel calls the console: hvc0 of Xen and virtio, ttyS0 of a PC, ttyAMA0 of ARM. */
function deviceOf(guest: GuestOf, consoles: Result<readonly ConsoleOf[]>): string {
  if (isParavirtual(guest)) return 'hvc0'
  const target = (consoles.ok ? consoles.value[0]?.target : undefined) ?? ''
  if (/virtio|spapr/.test(target)) return 'hvc0'
  if (/sclp/.test(target)) return 'ttysclp0'
  if (/^usb/.test(target)) return 'ttyUSB0'
  return /pl011|system-serial/.test(target) || /^(aarch64|arm)/.test(guest.arch) ? 'ttyAMA0' : 'ttyS0'
}

function deviceLink(guest: GuestOf, consoles: Result<readonly ConsoleOf[]>, device: string): Link {
  if (isParavirtual(guest))
    return link('device', known(null, { ask: guest.configFile || 'xl list' }), () => ({
      state: 'ok',
      says: `each ${guest.type} guest has a console by itself`,
    }))
  const fix: Fix[] =
    guest.toolstack === 'libvirt'
      ? [
          {
            where: 'inside <devices>',
            editor: ['virsh', 'edit', guest.name],
            lines: [
              "<serial type='pty'><target port='0'/></serial>",
              "<console type='pty'><target type='serial' port='0'/></console>",
            ],
            interrupts: 'nothing before its next start',
          },
        ]
      : [
          {
            where: guest.configFile || 'its configuration',
            lines: ['serial = "pty"'],
            interrupts: 'nothing before its next start',
          },
        ]
  return link(
    'device',
    consoles,
    (list) => {
      const [first] = list.filter(({ type }) => type !== 'none' && type !== 'null')
      return first
        ? { state: 'ok', says: `its ${device} is a ${first.type} on this host` }
        : { state: 'missing', says: 'it has no serial port', fix }
    },
    fix,
  )
}

/** The host gives the command line where it loads the kernel itself; else it stands on the guest's own disk. */
function kernelLink(guest: GuestOf, device: string): Link {
  const word = device.startsWith('tty') ? `console=${device},${BAUD}` : `console=${device}`
  // The hvmloader of old xm files is no kernel of the guest's own.
  if (guest.kernel === '' || guest.type === 'hvm')
    return unseen('kernel', 'its command line is on its own disk, which cannot be seen from here', [
      { where: 'in the guest, cat /proc/cmdline must show', lines: [word] },
    ])
  const line = merged(guest.cmdline, [word], true)
  const fix: Fix[] =
    guest.toolstack === 'libvirt'
      ? [
          {
            where: 'inside <os>',
            editor: ['virsh', 'edit', guest.name],
            lines: [`<cmdline>${escaped(line)}</cmdline>`],
          },
        ]
      : [{ where: guest.configFile || 'its configuration', lines: [`extra = "${line}"`] }]
  return link('kernel', known(consolesOn(guest), { ask: guest.configFile, path: guest.configFile }), (told) => {
    if (told.some((one) => one === device || (device === 'hvc0' && /^xvc/.test(one))))
      return { state: 'ok', says: `its kernel is told console=${device}` }
    if (told.length === 0 && guest.type === 'pv')
      return { state: 'ok', says: 'a PV kernel that is told nothing takes hvc0' }
    if (told.length === 0 && guest.type === 'pvh')
      return { state: 'unknown', says: 'its kernel is told no console, and chooses by itself', fix }
    return {
      state: 'missing',
      says: told.length === 0 ? 'its kernel is told no console' : `its kernel is told console=${told.join(', ')} only`,
      fix,
    }
  })
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

const consolesOn = ({ cmdline }: GuestOf): string[] =>
  bootValues(bootWords(cmdline), 'console').map((value) => value.split(',')[0]!)

function loginInside(device: string): Link {
  const freebsd = device === 'hvc0' ? 'xc0' : 'ttyu0'
  return unseen('login', 'its login prompts cannot be seen from here', [
    { ...systemdLine(device), where: 'in the guest, a shell (systemd)' },
    { ...inittabLine(device, BAUD), where: 'in the guest, /etc/inittab (before systemd; xvc0 for hvc0 on Red Hat 5)' },
    { ...ttysLine(freebsd), where: 'in the guest, /etc/ttys (FreeBSD)' },
  ])
}
