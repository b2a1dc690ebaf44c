import { command, file, list, stat } from '../evidence/ask.ts'
import type { Evidence, Member } from '../evidence/evidence.ts'
import { basename, orNone } from '../evidence/lookup.ts'
import { absentAs, all, chain, isUnknown, known, map, orGap, unknown } from '../evidence/result.ts'
import { pick } from '../evidence/lookup.ts'
import { parseShellVariables } from '../parse/key-value.ts'
import { parseUnits, type Unit } from '../parse/units.ts'
import type { Result, Unknown } from '../types.ts'
import { defineFacts } from './fact-set.ts'
import type { Infer } from './schema.ts'
import { bool, listOf, nullable, object, string, strings } from './schema.ts'

const serviceSchema = object(
  {
    name: string('libvirtd, virtlogd.socket: what systemd calls a service is named without its ending'),
    active: nullable(bool('It runs, or did its work; none where the init system does not say')),
    failed: nullable(bool('It was started and broke; none where the init system does not say')),
    enabled: bool('Something starts it at boot by name: a link of systemd or of a runlevel, a line of rc.conf'),
    state: string('As the init system says it: "active (running)", "enabled"'),
  },
  'One service that has to do with virtualization',
)
type Service = Infer<typeof serviceSchema>

/** Services that guests depend on. Others are none of our business. */
const MATTERS =
  /^(libvirt|virt(qemu|xen|network|storage|log|lock|interface|nodedev|nwfilter|proxy|secret|guest)|xen|xencommons|xend|oxenstored|qemu|ksm|NetworkManager|network|networking|systemd-networkd|firewalld|nftables|iptables|openvswitch|ovs|ovsdb|dnsmasq|var-lib-xenstored|proc-xen|drbd|multipathd|iscsid)/

/** Those wait for a cable, belong into guests, or only tell others; libvirt starts a dnsmasq of its own. */
const OTHERS = /-wait-online|-?dispatcher|^qemu-guest-agent|^dnsmasq(\.service)?$/

const matters = (name: string): boolean => MATTERS.test(name) && !OTHERS.test(name)

/** As systemd, the distributions and rc.conf call them. */
const keepsTime = (name: string): boolean =>
  /^(chronyd?|ntpd?|ntpsec|openntpd|ntpdate|systemd-timesyncd|timemaster|ptp4l|phc2sys)(\.service)?$/.test(name)

const asks = {
  systemd: stat('/run/systemd/system'),
  units: command(['systemctl', 'list-units', '--all', '--no-pager', '--plain', '--no-legend'], {
    if: { path: '/run/systemd/system' },
  }),
  wants: list('/etc/systemd/system/*.wants'),
  requires: list('/etc/systemd/system/*.requires'),
  vendorWants: list('/usr/lib/systemd/system/*.wants'),
  openrc: stat('/run/openrc'),
  freebsd: file('/etc/rc.conf'),
  inittab: file('/etc/inittab'),
  scripts: list('/etc/init.d'),
  links: list('/etc/rc[35].d'),
  redhatLinks: list('/etc/rc.d/rc[35].d'),
  suseLinks: list('/etc/init.d/rc[35].d'),
} as const

export const services = defineFacts({
  name: 'services',
  meaning: 'The init system, and how the services are that guests depend on',
  asks,
  about: {
    init: string('systemd, openrc, freebsd, sysv, or "" where nothing tells (as in a container)'),
    all: listOf(serviceSchema, 'Services that have to do with virtualization'),
    timeServices: listOf(serviceSchema, 'Services that keep the time'),
    active: strings('Names of those that run'),
    enabled: strings('Names of those that are started at boot'),
  },
  parse(evidence) {
    const init = initSystem(evidence)
    const found = chain(init, (name) => servicesOf(evidence, name, matters))
    const named = (test: (one: Service) => boolean | null | Unknown) =>
      map(
        pick(found, (one) => {
          const is = test(one)
          return isUnknown(is) ? is : is === null ? unknown('unsupported', 'init system') : is
        }),
        (list) => list.map((one) => (isUnknown(one) ? one : one.name)),
      )
    return {
      init,
      all: found,
      timeServices: chain(init, (name) => servicesOf(evidence, name, keepsTime)),
      active: named(({ active }) => active),
      enabled: named(({ enabled }) => enabled),
    }
  },
})

function initSystem(evidence: Evidence): Result<string> {
  const marks = all(
    evidence.exists(asks.systemd),
    evidence.exists(asks.openrc),
    evidence.exists(asks.freebsd),
    evidence.exists(asks.inittab),
  )
  return map(marks, ([systemd, openrc, freebsd, inittab]) => {
    if (systemd) return 'systemd'
    if (openrc) return 'openrc'
    return inittab ? 'sysv' : freebsd ? 'freebsd' : ''
  })
}

type Pick = (name: string) => boolean

function servicesOf(evidence: Evidence, init: string, wanted: Pick): Result<readonly Service[]> {
  if (init === 'systemd') return systemd(evidence, wanted)
  if (init === 'sysv') return sysv(evidence, wanted)
  if (init === 'freebsd') return map(evidence.text(asks.freebsd), (text) => rcConf(text, wanted))
  return init === '' ? known([]) : unknown('unsupported', init)
}

/** Units that other units only mention are `not-found`, and are not there. */
function systemd(evidence: Evidence, picks: Pick): Result<readonly Service[]> {
  const wanted = wantedUnits(evidence)
  const scripts = startedScripts(evidence)
  return map(evidence.stdout(asks.units), (text) => {
    const units = parseUnits(text)
    if (units.length === 0) throw new Error('no list of units')
    return units
      .filter(({ name, load }) => picks(name) && /\.(service|socket|mount)$/.test(name) && load !== 'not-found')
      .map((unit) => ({
        name: unit.name.replace(/\.service$/, ''),
        active: unit.active === 'active' || unit.active === 'reloading',
        failed: unit.active === 'failed',
        enabled: orGap(
          unit.script ? scripts(unit.name.replace(/\.service$/, '')) : chain(wanted, (links) => isWanted(unit, links)),
        ),
        state: `${unit.active} (${unit.sub})`,
      }))
  })
}

/** Links such as /etc/systemd/system/multi-user.target.wants/libvirtd.service are what `systemctl enable` makes. */
function wantedUnits(evidence: Evidence): Result<readonly Member<readonly string[]>[]> {
  const folders = [asks.wants, asks.requires, asks.vendorWants].map((ask) => orNone(evidence.lists(ask)))
  return map(all(...folders), (lists) => lists.flat())
}

function isWanted({ name }: Unit, folders: readonly Member<readonly string[]>[]): Result<boolean> {
  if (folders.some(({ result }) => result.ok && result.value.includes(name))) return known(true)
  const gap = folders.find(({ result }) => !result.ok)?.result
  return gap && !gap.ok ? gap : known(false)
}

/** `S97xend` in the folder of runlevel 3 or 5 starts a script; systemd starts its units of scripts by these links too. */
function startedScripts(evidence: Evidence): (name: string) => Result<boolean> {
  const folders = [asks.links, asks.redhatLinks, asks.suseLinks].map((ask) => orNone(evidence.lists(ask)))
  const found = map(all(...folders), (lists) => lists.flat())
  return (name) =>
    chain(found, (members) => {
      const links = members.flatMap(({ result }) => (result.ok ? result.value : []))
      if (links.some((link) => /^S\d\d(.+)$/.exec(basename(link))?.[1] === name)) return known(true)
      const gap = members.find(({ result }) => !result.ok)?.result
      return gap && !gap.ok ? gap : known(false)
    })
}

/** Whether a script runs is not told without running it. */
function sysv(evidence: Evidence, picks: Pick): Result<readonly Service[]> {
  const isEnabled = startedScripts(evidence)
  return map(absentAs(evidence.names(asks.scripts), []), (scripts) =>
    scripts.filter(picks).map((name) => {
      const enabled = isEnabled(name)
      const state = map(enabled, (is) => (is ? 'enabled' : 'disabled'))
      return { name, active: null, failed: null, enabled: orGap(enabled), state: orGap(state) }
    }),
  )
}

/** `xencommons_enable="YES"` */
const rcConf = (text: string, picks: Pick): Service[] =>
  Object.entries(parseShellVariables(text)).flatMap(([key, value]) => {
    const name = /^(\w+)_enable$/.exec(key)?.[1]
    if (!name || !picks(name)) return []
    const enabled = /^(yes|on|true|1)$/i.test(value)
    return [{ name, active: null, failed: null, enabled, state: enabled ? 'enabled' : 'disabled' }]
  })
