import { backends } from './backends.ts'
import { cpu } from './cpu.ts'
import type { FactSet } from './fact-set.ts'
import { guests } from './guests.ts'
import { kvm } from './kvm.ts'
import { libvirt } from './libvirt.ts'
import { platform } from './platform.ts'
import { storage } from './storage.ts'

/** Every namespace of facts. */
export const factSets: readonly FactSet[] = [platform, cpu, kvm, guests, libvirt, storage, backends]
