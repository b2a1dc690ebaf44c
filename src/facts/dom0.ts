import { file, stat } from '../evidence/ask.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { absentAs, all, map, ranked } from '../evidence/result.ts'
import type { Result } from '../types.ts'

/** What tells that this is a control domain of Xen: elsewhere nothing runs that xl could list. */
export const dom0Asks = {
  capabilities: file('/proc/xen/capabilities'),
  hypervisorType: file('/sys/hypervisor/type'),
  privcmd: stat('/dev/xen/privcmd'),
}

/** False where it is proven; true where it may be one. */
export function mayBeDom0(evidence: Evidence): Result<boolean> {
  const control = map(evidence.text(dom0Asks.capabilities), (text) => text.includes('control_d'))
  const type = absentAs(
    map(evidence.text(dom0Asks.hypervisorType), (text) => text.trim() === 'xen'),
    false,
  )
  return ranked(
    control,
    map(all(type, evidence.exists(dom0Asks.privcmd)), ([xen, privcmd]) => xen || privcmd),
  )
}
