import { all, chain, known, map, unknown } from '../../evidence/result.ts'
import type { Result } from '../../types.ts'
import { compareVersions } from '../../parse/version.ts'

import { bootLines } from './boot-lines.ts'
import { type ConsolePath, gapText, type Link, link, makePath, unseen } from './console-path.ts'
import { type HostFacts, settleAll, words } from './host-facts.ts'
import { kernelLink, type OwnConsole, writtenTo } from './kernel-link.ts'
import { loginLink, rootLink } from './login-link.ts'
import { speedLink } from './speed-link.ts'

/** What machines of this decade use, and what GRUB and Xen are told where they say nothing. */
export const USUAL_BAUD = 115_200

/** The console of the machine itself: from the chip to the login prompt. */
export function hostPath(facts: HostFacts): ConsolePath {
  const machine = map(
    all(facts.platform.under, facts.platform.system, facts.platform.arch, facts.platform.release),
    (is) => is,
  )
  if (!machine.ok) return makePath('', 'this machine', '', [unseen('machine', gapText(machine))])
  const [under, system, arch, release] = machine.value
  if (under === 'container')
    return makePath('', 'a container', '', [
      unseen('machine', 'a container has no kernel and no console of its own: ask on its host'),
    ])
  const own = ownConsole(facts, under, system, arch, release)
  const baud = ownBaud(facts)
  return makePath('', own.what, own.device, [
    ...(under === 'xen-dom0' ? [hypervisorLink(facts, arch)] : under.startsWith('xen-') ? [] : [portLink(facts, own)]),
    kernelLink(facts, own, baud),
    loginLink(facts, own, baud),
    ...rootLink(facts, own),
    ...(under === 'xen-dom0' || under === '' ? [speedLink(facts, own)] : []),
  ])
}

/** Kernels of Xen's own tree (Red Hat 5, SUSE up to 12) take the name of a serial port for the console of Xen. */
const isXenlinux = (release: string): boolean => /^2\.6\.(16|18)\b.*xen|-xen$/.test(release)

/** Which device the kernel calls its console, and which others would do. */
function ownConsole(facts: HostFacts, under: string, system: string, arch: string, release: string): OwnConsole {
  const what = WHAT[under] ?? (under === '' ? 'a machine of its own' : `a guest of ${under}`)
  if (system === 'FreeBSD') {
    const inXen = under.startsWith('xen')
    return {
      what: `${what} (FreeBSD)`,
      device: inXen ? 'xc0' : 'ttyu0',
      others: inXen ? ['ttyu0'] : [],
      underXen: under === 'xen-dom0',
    }
  }
  if (under === 'xen-dom0') {
    if (isXenlinux(release)) return { what, device: 'ttyS0', others: [/^ttyS\d+$/, /^xvc\d*$/], underXen: true }
    const free = freePorts(facts)
    return { what, device: 'hvc0', others: free.ok ? free.value : [], perhaps: free.ok ? [] : [SERIAL], underXen: true }
  }
  if (under === 'xen-pv' || under === 'xen-pvh')
    return { what, device: isXenlinux(release) ? 'xvc0' : 'hvc0', others: ['hvc0', 'xvc0', 'xvc'], underXen: false }
  const serial = serialConsole(facts, arch)
  return { what, ...serial, others: [...serial.others, ...(under === '' ? [] : ['hvc0'])], underXen: false }
}

const WHAT: Readonly<Record<string, string>> = {
  'xen-dom0': 'a Xen dom0',
  'xen-pv': 'a PV guest of Xen',
  'xen-pvh': 'a PVH guest of Xen',
  'xen-hvm': 'an HVM guest of Xen',
}

const SERIAL = /^tty(S|AMA|MSM|LP|USB)\d+$/

/**
 * Of the ports that the kernel uses the last with a login prompt; else the one that it was told to use, the first that is there, or what such
 * machines call it. Where nobody knows what the kernel uses, each will do.
 */
function serialConsole(facts: HostFacts, arch: string): Pick<OwnConsole, 'device' | 'others'> {
  const { console } = facts
  const written = writtenTo(facts)
  const used = written.ok ? written.value.filter((name) => SERIAL.test(name)) : []
  const gettys = words(console.gettyDevices)
  const device = used.findLast((name) => gettys.ok && gettys.value.includes(name)) ?? used.at(-1)
  if (device !== undefined) return { device, others: [] }
  const told = settleAll(console.parameters, 'device')
  const ports = settleAll(console.ports, 'name')
  const wanted =
    (told.ok ? told.value.findLast((one) => SERIAL.test(one.device))?.device : undefined) ??
    (ports.ok ? ports.value[0]?.name : undefined)
  return { device: wanted ?? USUAL.find(([of]) => of.test(arch))?.[1] ?? 'ttyS0', others: [SERIAL] }
}

const USUAL: readonly [RegExp, string][] = [
  [/^(aarch64|arm)/, 'ttyAMA0'],
  [/^ppc64/, 'hvc0'],
  [/^s390/, 'ttysclp0'],
]

/** Ports that Xen has left to dom0: com1 is ttyS0. */
function freePorts({ xen }: HostFacts): Result<readonly string[]> {
  return map(settleAll(xen.serial, 'port'), (serial) => {
    const taken = serial.map(({ port }) => port)
    return ['com1', 'com2'].flatMap((port, index) => (taken.includes(port) ? [] : [`ttyS${index}`]))
  })
}

/** What GRUB or Xen is told already; a new line should agree with it. */
function ownBaud({ xen, boot }: HostFacts): number {
  const serial = settleAll(xen.serial, 'baud', 'cut')
  const ofXen = serial.ok ? serial.value.find(({ baud, cut }) => baud !== null && !cut)?.baud : undefined
  return ofXen ?? (boot.serialBaud.ok ? (boot.serialBaud.value as number | null) : null) ?? USUAL_BAUD
}

/** Consoles of Xen besides com1 and com2: EHCI and XHCI debug ports, the port of an ARM device tree. */
const OTHER_CONSOLE = /^(dbgp|ehci|xhci|dtuart|arm)/

/** `com1=115200,8n1` describes the port, `console=com1,vga` says that Xen writes to it: one is nothing without the other. */
function hypervisorLink(facts: HostFacts, arch: string): Link {
  const { xen } = facts
  const read = all(settleAll(xen.serial, 'port', 'baud', 'frame', 'cut'), words(xen.consoles), xen.version)
  const fixFor = (port: string) =>
    bootLines(facts, { hypervisor: [`${port}=${ownBaud(facts)},8n1`, `console=${port},vga`] }, true)
  const judged = chain(read, (value) =>
    /^(aarch64|arm)/.test(arch) && value[1].length === 0
      ? unknown('unsupported', 'xl info', 'Xen takes the port that the device tree names, if it names one')
      : known(value),
  )
  return link(
    'hypervisor',
    judged,
    ([ports, consoles, version]) => {
      const other = consoles.find((one) => OTHER_CONSOLE.test(one))
      if (other !== undefined) return { state: 'ok', says: `Xen writes to ${other}` }
      const written = consoles.length > 0 ? consoles : compareVersions(version, '4.0') < 0 ? ['com1', 'vga'] : ['vga']
      const to = (port: string): boolean => written.some((one) => one.replace(/[HL]$/, '') === port)
      const good = ports.find(({ port, cut }) => !cut && to(port))
      if (good)
        return { state: 'ok', says: `Xen writes to ${good.port}${good.baud === null ? '' : ` at ${good.baud} baud`}` }
      const [first] = ports
      const says =
        first === undefined
          ? 'Xen has neither com1= nor com2= on its command line'
          : first.cut
            ? `${first.port}= ends with a comma: a blank has cut it off`
            : `Xen has ${first.port}= and writes to ${written.join(',')} only`
      return { state: 'missing', says, fix: fixFor(first?.port ?? 'com1') }
    },
    fixFor('com1'),
  )
}

/** A port with a chip behind it. What is no 8250 is not in the list of its driver, and shows as a console in use only. */
function portLink({ console, platform }: HostFacts, { device }: OwnConsole): Link {
  const name = 'port'
  if (platform.system.ok && platform.system.value === 'FreeBSD')
    return link(name, words(console.gettyDevices), () => ({
      state: 'unknown',
      says: 'its chips are not looked at on FreeBSD',
    }))
  const active = words(console.active)
  if (active.ok && active.value.includes(device))
    return link(name, active, () => ({ state: 'ok', says: `${device} is in use` }))
  if (!/^ttyS\d+$/.test(device)) return unseen(name, `whether there is a ${device} is not known`)
  const known = active.ok || active.gap === 'absent' ? settleAll(console.ports, 'name') : active
  return link(name, known, (ports) =>
    ports.length === 0
      ? { state: 'missing', says: 'no serial port has a chip' }
      : { state: 'ok', says: `a chip is behind ${ports.map((one) => one.name).join(', ')}` },
  )
}
