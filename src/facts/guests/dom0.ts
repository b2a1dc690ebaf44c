import { file, stat } from '../../evidence/ask.ts'
import type { Evidence } from '../../evidence/evidence.ts'
import { absentAs, chain, known, map, ranked } from '../../evidence/result.ts'
import type { Result } from '../../types.ts'

/** What tells that this is a control domain of Xen: elsewhere nothing runs that xl could list. */
export const dom0Asks = {
  capabilities: file('/proc/xen/capabilities'),
  hypervisorType: file('/sys/hypervisor/type'),
  hypervisorUuid: file('/sys/hypervisor/uuid'),
  privcmd: stat('/dev/xen/privcmd'),
}

/** False where it is proven; true where it may be one. Without xenfs, the all-zero UUID of domain 0 tells it from a guest. */
export function mayBeDom0(evidence: Evidence): Result<boolean> {
  const control = map(evidence.text(dom0Asks.capabilities), (text) => text.includes('control_d'))
  const uuid = map(evidence.text(dom0Asks.hypervisorUuid), (text) => /^[0-]+$/.test(text.trim()))
  const type = absentAs(
    map(evidence.text(dom0Asks.hypervisorType), (text) => text.trim() === 'xen'),
    false,
  )
  const below = chain(type, (xen) => (xen ? ranked(uuid, known(true)) : evidence.exists(dom0Asks.privcmd)))
  return ranked(control, below)
}
