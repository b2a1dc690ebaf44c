import type { Names } from '../../bundle/pseudonyms.ts'
import { Evidence } from '../../evidence/evidence.ts'
import { isUnknown } from '../../evidence/result.ts'
import { guests } from '../../facts/guests.ts'
import { platform } from '../../facts/platform.ts'
import type { Rule } from '../../engine/rule.ts'
import { hostLogs } from '../../signatures/sources.ts'
import type { Answer, Ask } from '../../types.ts'
import { askKey, file } from '../../evidence/ask.ts'

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(' '))
}

export interface Learnt {
  readonly names: Names
  /** Names that are words of something else, too; they stay. */
  readonly stays: readonly string[]
}

/** Where names stand in texts; each expression's first group is one. */
const HOSTS = [
  /^\d{4}-\d\d-\d\dT[\d:.,]+(?:Z|[+-]\d\d:?\d\d) ([A-Za-z][\w.-]*) [^\s:[]+(?:\[\d+\])?: /gm,
  /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d ([A-Za-z][\w.-]*) [^\s:[]+(?:\[\d+\])?: /gm,
  /^host +: (\S+)$/gm,
  /Hostname set to <([^>]+)>/g,
  /<host name=["']([^"']+)["']/g,
  /\b(?:iscsi|nfs|ssh|rbd|gluster|spice|vnc|ldaps?|smb|ftp|[a-z]+\+(?:ssh|tls|tcp)):\/\/(?:[^@/\s'"]*@)?([A-Za-z][\w.-]*)/g,
  /^([A-Za-z][\w.-]+):\/\S* \S+ (?:nfs|ceph|glusterfs)/gm,
]
const DOMAINS = [
  /\biqn\.\d{4}-\d\d\.([A-Za-z][\w.-]*)/g,
  /<domain name=["']([^"']+)["']/g,
  /\b[\w.+-]{1,64}@([A-Za-z][\w-]{0,63}\.[\w.-]{1,200}\w)/g,
]
const USERS = [
  /\/home\/([A-Za-z_][\w.-]*)/g,
  /\bpassword for (?:invalid user )?([A-Za-z_][\w.-]*) from /g,
  /\bsession (?:opened|closed) for user ([A-Za-z_][\w.-]*)/g,
  /\b(?:sudo|su): +([A-Za-z_][\w.-]*) : /g,
  /\b([A-Za-z_][\w.+-]{0,63})@(?!tty|hvc|\w+\.(?:service|socket)\b)[A-Za-z][\w-]*\.\w/g,
]

/** Files that are called after a guest; the definition in them may be unreadable, or gone. */
const OF_GUESTS =
  /\/(?:xen|vm|auto|qemu|libxl|autostart|save|dump|channel\/target)\/(?:domain-\d+-)?([^/\s]+)\.(?:cfg|hvm|xml|save|dump)$/gm

/** Names that every machine knows: they stay, and nobody needs to be told. */
const EVERYBODYS = words(
  'localhost host server localdomain localhost.localdomain localnet broadcasthost ip6-localhost ip6-loopback ip6-allnodes ip6-allrouters ' +
    'ip6-localnet ip6-mcastprefix domain-0 root nobody daemon example.com example.org example.net libvirt.org libosinfo.org ' +
    'microsoft.com redhat.com debian.org lists.debian.org ubuntu.com fedoraproject.org centos.org suse.com opensuse.org xen.org ' +
    'xenproject.org kernel.org vger.kernel.org qemu.org freebsd.org freedesktop.org lists.freedesktop.org',
)
/** Words of Linux, Xen and libvirt. */
const COMMON = words(
  'dom0 domu xen kvm qemu libvirt libvirt-qemu linux debian ubuntu fedora centos redhat suse opensuse freebsd windows admin systemd ' +
    'default example test guest user kernel none null auto local net com org',
)
/** `serial-getty@ttyS0.service` is no address of anybody. */
const UNIT = /\.(service|socket|target|mount|automount|swap|path|timer|slice|scope|device)$/
const DEVICE =
  /^(?:(?:lo|br|virbr|xenbr|xapi|eth|eno|ens|enp|wlan|bond|team|vif|vnet|tap|tun|peth|dummy|docker|ovs|nvme|dm-|md|loop|sr|fd|tty|ttyS|hvc|xvc|nbd|sg|blktap)\d[\w.:-]*|(?:sd|hd|vd|xvd)[a-z]{1,2}\d*|br-.*|enx.*|veth.*)$/
/** Files that Xen brings: `xlexample.hvm`, `xmexample1`. */
const EXAMPLE = /^x[lm]example/
const SHORTEST = 3

/** `inUse`: words that rules look for, and that questions are made of; a name that is one of them must not be replaced. */
export function learnNames(answers: readonly Answer[], inUse: ReadonlySet<string>): Learnt {
  const evidence = new Evidence(answers)
  const texts = answers.flatMap(textsOf)
  const find = (patterns: readonly RegExp[]): string[] =>
    texts.flatMap((text) => patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, name]) => name!)))
  const { name } = platform.parse(evidence)
  const { all } = guests.parse(evidence)
  const hosts = [...(name.ok ? [name.value] : []), ...namesInHosts(evidence), ...find(HOSTS)]
  const guestNames = [
    ...(all.ok ? all.value.flatMap((guest) => (isUnknown(guest) || isUnknown(guest.name) ? [] : [guest.name])) : []),
    ...find([OF_GUESTS]),
    ...hostLogs(evidence).flatMap(({ of }) => (of === '' ? [] : [of.replace(/^guest /, '')])),
  ]
  const domains = [...hosts.map((one) => one.replace(/^[^.]*\.?/, '')), ...find(DOMAINS)]
  const learnt = {
    guest: guestNames,
    host: hosts.map((one) => one.replace(/\..*/, '')),
    domain: domains.filter((one) => one.includes('.') && !UNIT.test(one)),
    user: find(USERS),
  }
  const stays = new Set<string>()
  const mayGo = (one: string): boolean => {
    if (one.length >= SHORTEST && !/^[\d.]+$/.test(one) && !isWord(one, inUse)) return true
    if (one !== '') stays.add(one)
    return false
  }
  const names = Object.fromEntries(
    Object.entries(learnt).map(([kind, list]) => [kind, [...new Set(list)].filter(mayGo).sort()]),
  ) as unknown as Names
  return { names, stays: [...stays].filter((one) => !EVERYBODYS.has(one.toLowerCase()) && !EXAMPLE.test(one)).sort() }
}

const isWord = (name: string, inUse: ReadonlySet<string>): boolean =>
  DEVICE.test(name) || EXAMPLE.test(name) || [EVERYBODYS, COMMON, inUse].some((set) => set.has(name.toLowerCase()))

/** `192.0.2.7  web1.example.com web1 # a comment` */
function namesInHosts(evidence: Evidence): string[] {
  const hosts = evidence.text(file('/etc/hosts'))
  const lines = hosts.ok ? hosts.value.split('\n') : []
  return lines.flatMap((line) => line.replace(/#.*/, '').trim().split(/\s+/).slice(1))
}

function textsOf(answer: Answer): string[] {
  if (!answer.ok) return []
  const { data } = answer
  switch (data.kind) {
    case 'file':
      return [data.text]
    case 'command':
      return [data.stdout, data.stderr]
    case 'link':
      return [data.target]
    case 'expands':
      return [data.values.join('\n')]
    default:
      return []
  }
}

/** Words that stand in conditions of rules, in their expressions, and in questions. */
export function wordsInUse(rules: readonly Rule[], asks: readonly Ask[]): ReadonlySet<string> {
  const texts = [
    ...rules.map(({ applies, each, when, unless, log }) => JSON.stringify([applies, each, when, unless, log])),
    ...asks.map((ask) => askKey(ask)),
  ]
  return new Set(texts.flatMap((text) => text.toLowerCase().match(/[a-z0-9][a-z0-9_.-]*[a-z0-9]/g) ?? []))
}
