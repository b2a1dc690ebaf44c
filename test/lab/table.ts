import { Linter } from '../../src/engine/conditions.ts'
import { readRules } from '../../src/engine/library.ts'
import type { Rule } from '../../src/engine/rule.ts'
import { factSets } from '../../src/facts/index.ts'
import { type Fault, provoked } from './fault.ts'

export const rules = (): Rule[] => readRules('rules', new Linter(factSets))

const text = (rule: Rule): string => JSON.stringify([rule.applies, rule.when, rule.unless, rule.tags, rule.log])
const says = (pattern: RegExp) => (rule: Rule) => pattern.test(text(rule))
const called = (pattern: RegExp) => (rule: Rule) => pattern.test(rule.id)

/** Why the lab cannot provoke a rule; the first reason that holds. */
const BEYOND: readonly (readonly [string, (rule: Rule) => boolean])[] = [
  ['two hosts are needed', (rule) => rule.area === 'migration'],
  ['xend, which no Xen of today has', (rule) => says(/xend/)(rule) || called(/xend/)(rule)],
  ['FreeBSD', (rule) => says(/"FreeBSD|freebsd/)(rule) || called(/freebsd/)(rule)],
  [
    'a distribution that is not Debian',
    says(/platform\.distribution in \[\\"(rhel|centos)|platform\.distribution == \\"(rhel|sles)/),
  ],
  [
    'looks from inside a guest, whose recordings are in fixtures/hosts',
    says(/platform\.under (in|==) \[?\\"(kvm|xen-pv|xen-hvm|microsoft|xen-pvh)/),
  ],
  ['SELinux or AppArmor', (rule) => rule.area === 'security' && says(/selinux|apparmor|avc|label/i)(rule)],
  ['processors of Intel', says(/vmx|VMX|intel_iommu|DMAR|VT-d|EPT|kvm_intel|split_lock/)],
  ['cards with virtual functions', says(/virtual[ -]?[Ff]unction|SR-IOV|totalVfs|vfRequests|\\bVF\\b/)],
  [
    'hardware that fails',
    says(
      /mce|MCE|EDAC|AER|Hardware [Ee]rror|Memory failure|temperature|NMI|[Mm]edium [Ee]rror|frozen|nvme|RMRR|erratum|BIOS is broken|ata\(/,
    ),
  ],
  [
    'servers of storage: iSCSI, NFS, Fibre Channel, Ceph',
    (rule) => rule.area === 'storage' && says(/iscsi|iSCSI|nfs|NFS|rport|rbd|ceph|multipath|drbd|Split-Brain/)(rule),
  ],
  ['Windows in a guest', says(/[Ww]indows|microsoft\.com\/win|0x0000007B|hyperv/)],
]

export interface Coverage {
  readonly provoked: ReadonlySet<string>
  /** Reason, and the rules of it. */
  readonly beyond: ReadonlyMap<string, readonly string[]>
  readonly notYet: readonly string[]
}

export function coverage(faults: readonly Fault[]): Coverage {
  const done = new Set(faults.flatMap(provoked))
  const beyond = new Map<string, string[]>()
  const notYet: string[] = []
  for (const rule of rules().filter(({ id }) => !done.has(id))) {
    const reason = BEYOND.find(([, holds]) => holds(rule))?.[0]
    if (reason === undefined) notYet.push(rule.id)
    else beyond.set(reason, [...(beyond.get(reason) ?? []), rule.id])
  }
  return { provoked: done, beyond, notYet }
}

const MARK = '<!-- what follows is written by test/lab/write-table.ts -->'

/** The README with its tables as the faults and the rules have them now. */
export function withTables(readme: string, faults: readonly Fault[]): string {
  const { provoked: done, beyond, notYet } = coverage(faults)
  const rows = faults.map((fault) => {
    const cured = !Array.isArray(fault.cure)
      ? `none: ${fault.cure.none}`
      : fault.cure.some((step) => 'fix' in step)
        ? 'as printed'
        : 'by hand'
    return `| ${fault.name} | ${fault.title} | ${[...new Set(provoked(fault))].join(', ')} | ${cured} |`
  })
  const groups = [...beyond].map(([reason, names]) => `* **${reason}** (${names.length}): ${names.join(', ')}`)
  return `${readme.slice(0, readme.indexOf(MARK))}${MARK}

## Faults

${faults.length} faults provoke ${done.size} rules.

| fault | what goes wrong | rules | cure |
|---|---|---|---|
${rows.join('\n')}

## Rules that this lab cannot provoke

${groups.join('\n')}

## Rules that no fault provokes yet

${notYet.length}: ${notYet.join(', ')}
`
}
