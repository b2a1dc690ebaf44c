import { cpu } from './cpu.ts'
import { drivers } from './drivers.ts'
import type { FactSet } from './fact-set.ts'
import { iommu } from './iommu.ts'
import { kvm } from './kvm.ts'
import { logs } from './logs.ts'
import { network } from './network.ts'
import { packages } from './packages.ts'
import { pci } from './pci.ts'
import { platform } from './platform.ts'
import { processes } from './processes.ts'
import { security } from './security.ts'
import { services } from './services.ts'

/** Every namespace of facts. */
export const factSets: readonly FactSet[] = [
  platform,
  cpu,
  kvm,
  network,
  iommu,
  pci,
  drivers,
  services,
  processes,
  security,
  packages,
  logs,
]
