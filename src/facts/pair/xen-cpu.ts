import { known } from '../../evidence/result.ts'
import { featurePlaces } from '../../parse/cpu/features.ts'
import type { Result } from '../../types.ts'
import type { HostCpu } from './host-cpu.ts'
import { type Found, NOTHING, type Sides } from './sides.ts'

/** hvm_cr4_guest_valid_bits, hvm_efer_valid and validate_xstate of Xen look for these in what the guest gets there. */
const SWITCHED_ON = new Set([
  ...['vme', 'tsc', 'de', 'pse', 'pae', 'mce', 'pge', 'fxsr', 'sse', 'umip', 'fsgsbase', 'pcid', 'xsave'],
  ...['smep', 'smap', 'pku', 'pks', 'shstk', 'ibt', 'lass'],
  ...['syscall', 'lm', 'fxsr_opt', 'auto-ibrs'],
  ...['avx', 'avx512f', 'mpx'],
])

/** Not of the processor, but of how it is shown: they differ from guest to guest. */
const SHOWN = new Set(['hypervisor', 'osxsave', 'ospke', 'ht', 'cmp_legacy', 'apic'])

/** Xen restores a guest with the policy that it brings, cut down to what the target gives at most. */
export function compareXen({ guest, cpu, live, from, to }: Sides): Result<Found> {
  // Shut down, it asks its processors anew.
  if (!live) return known(NOTHING)
  const nested = cpu.nested ? ['vmx', 'svm'] : []
  const has = new Set([...from.given, ...[...cpu.required, ...nested].filter((feature) => from.most.has(feature))])
  for (const feature of cpu.hidden) has.delete(feature)
  // What SVM can do is shown to guests that have SVM.
  const shown = (feature: string): boolean =>
    !SHOWN.has(feature) && (has.has('svm') || featurePlaces().get(feature)?.register !== '8000000a.edx')
  const missing = [...has].filter((feature) => !to.most.has(feature) && shown(feature))
  const control = (feature: string): boolean => guest.type !== 'pv' && SWITCHED_ON.has(feature)
  return known({
    ...NOTHING,
    missing,
    refused: missing.filter(control),
    lost: missing.filter((feature) => feature !== 'nx' && !control(feature)),
    leaves: from.policies && to.policies ? leavesLost(from.policies.given, to.policies.most) : [],
  })
}

type Policy = NonNullable<HostCpu['policies']>['given']

/** x86_cpu_policies_are_compatible of Xen: nothing but these, and the vendor. */
function leavesLost(here: Policy, there: Policy): string[] {
  const hex = (value: number): string => `0x${value.toString(16)}`
  const ends = (what: string, a: number, b: number): string[] =>
    a > b ? [`${what} up to ${hex(a)}, there ${hex(b)}`] : []
  const faulting = (here.platformInfo & ~there.platformInfo) !== 0
  return [
    ...ends('leaves', here.maxLeaf, there.maxLeaf),
    ...ends('subleaves of leaf 0x7', here.maxSubleaf, there.maxSubleaf),
    ...ends('extended leaves', here.maxExtended, there.maxExtended),
    ...(faulting ? [`MSR_PLATFORM_INFO ${hex(here.platformInfo)}, there ${hex(there.platformInfo)}`] : []),
  ]
}
