import { file, list } from '../../evidence/ask.ts'
import type { Evidence } from '../../evidence/evidence.ts'
import { orNone } from '../../evidence/lookup.ts'
import { absentAs, all, known, map } from '../../evidence/result.ts'
import type { Ask, Result } from '../../types.ts'

export const dnsmasqAsks = {
  systemdWants: list('/etc/systemd/system/*.wants'),
  runlevels: list('/etc/rc[35].d'),
  redhatRunlevels: list('/etc/rc.d/rc[35].d'),
  dnsmasqConf: file('/etc/dnsmasq.conf'),
  dnsmasqFolder: file('/etc/dnsmasq.d/*'),
} as const

/** `bind-interfaces`: without it dnsmasq takes port 53 of every address, whatever interface= says. port=0 switches DNS off. */
const MODEST = /^\s*(bind-interfaces|bind-dynamic|port\s*=\s*0)\s*(#.*)?$/m

/** A dnsmasq of the system, beside those that libvirt starts itself, that leaves them no port. */
export function wideDnsmasq(evidence: Evidence): Result<boolean> {
  const started = [
    startedBy(evidence, dnsmasqAsks.systemdWants, /^dnsmasq\.service$/),
    startedBy(evidence, dnsmasqAsks.runlevels, /^S\d\ddnsmasq$/),
    startedBy(evidence, dnsmasqAsks.redhatRunlevels, /^S\d\ddnsmasq$/),
  ]
  const yes = started.find((one) => one.ok && one.value)
  if (!yes) return map(all(...started), () => false)
  const main = absentAs(evidence.text(dnsmasqAsks.dnsmasqConf), '')
  return map(all(main, orNone(evidence.texts(dnsmasqAsks.dnsmasqFolder))), ([text, members]) => {
    const texts = [text, ...members.map(({ result }) => (result.ok ? result.value : ''))]
    if (texts.some((one) => MODEST.test(one))) return false
    const gap = members.find(({ result }) => !result.ok)
    if (gap) throw new Error(`${gap.name} could not be read`)
    return true
  })
}

function startedBy(evidence: Evidence, ask: Ask, name: RegExp): Result<boolean> {
  const folders = orNone(evidence.lists(ask))
  if (!folders.ok) return folders
  if (folders.value.some(({ result }) => result.ok && result.value.some((link) => name.test(link))))
    return { ...folders, value: true }
  const gap = folders.value.find(({ result }) => !result.ok)?.result
  return gap && !gap.ok ? gap : known(false, ...folders.from)
}
