import { boot } from './boot.ts'
import { clock } from './clock.ts'
import { console } from './console.ts'
import { cpu } from './cpu.ts'
import type { FactSet } from './fact-set.ts'
import { guests } from './guests.ts'
import { kernel } from './kernel.ts'
import { kvm } from './kvm.ts'
import { libvirt } from './libvirt.ts'
import { memory } from './memory.ts'
import { platform } from './platform.ts'
import { pressure } from './pressure.ts'
import { xen } from './xen.ts'

/** Every namespace of facts. */
export const factSets: readonly FactSet[] = [
  platform,
  cpu,
  kernel,
  boot,
  clock,
  memory,
  pressure,
  console,
  kvm,
  xen,
  guests,
  libvirt,
]
