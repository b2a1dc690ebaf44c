import { isUnknown } from '../../evidence/result.ts'
import { guestsOf, type Side } from '../guest.ts'
import { type CommonCpu, commonCpu } from './common.ts'

/** The greatest processor that all hosts of one hypervisor can give to guests of one kind. */
export interface CpuSet extends CommonCpu {
  /** kvm, pv, or hvm (which is that of PVH guests, too). */
  readonly type: string
  readonly hosts: readonly string[]
}

/** One for each kind of guest that there is on two hosts or more of a hypervisor. */
export function cpuSets(sides: readonly Side[]): CpuSet[] {
  const hypervisor = ({ facts }: Side): unknown => {
    const hosts = facts['platform']?.['hosts']
    return hosts?.ok ? hosts.value : undefined
  }
  return ['kvm', 'xen'].flatMap((name) => {
    const mine = sides.filter((side) => hypervisor(side) === name)
    if (mine.length < 2) return []
    const types = new Set(mine.flatMap(guestsOf).flatMap(({ type }) => (isUnknown(type) ? [] : (KIND[type] ?? []))))
    return [...types]
      .filter((type) => (type === 'kvm') === (name === 'kvm'))
      .map((type) => {
        const members = mine.map(({ host, facts }) => ({ label: host.label, facts }))
        return { type, hosts: members.map(({ label }) => label), ...commonCpu(members, type) }
      })
  })
}

/** What a guest's type gets from its host. */
const KIND: Readonly<Record<string, string>> = { kvm: 'kvm', pv: 'pv', hvm: 'hvm', pvh: 'hvm' }
