import { backends } from './backends.ts'
import { boot } from './boot.ts'
import { clock } from './clock.ts'
import { console } from './console.ts'
import { cpu } from './cpu.ts'
import { drivers } from './drivers.ts'
import type { FactSet } from './fact-set.ts'
import { freebsd } from './freebsd.ts'
import { guests } from './guests.ts'
import { iommu } from './iommu.ts'
import { iscsi } from './iscsi.ts'
import { kernel } from './kernel.ts'
import { kvm } from './kvm.ts'
import { libvirt } from './libvirt.ts'
import { logs } from './logs.ts'
import { memory } from './memory.ts'
import { migration } from './migration.ts'
import { network } from './network.ts'
import { packages } from './packages.ts'
import { pci } from './pci.ts'
import { platform } from './platform.ts'
import { pressure } from './pressure.ts'
import { processes } from './processes.ts'
import { security } from './security.ts'
import { services } from './services.ts'
import { storage } from './storage.ts'
import { terminals } from './terminals.ts'
import { usb } from './usb.ts'
import { watchdog } from './watchdog.ts'
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
  freebsd,
  guests,
  libvirt,
  migration,
  backends,
  terminals,
  storage,
  iscsi,
  network,
  iommu,
  pci,
  usb,
  drivers,
  services,
  watchdog,
  processes,
  security,
  packages,
  logs,
]
