import { bool, nullable, number, object, string, strings } from '../schema.ts'

export const cpuSchema = object(
  {
    guest: string('Name of the guest'),
    configFile: string('File that tells it'),
    mode: string('libvirt: custom, host-model, host-passthrough, maximum; "" for the default of QEMU, and for Xen'),
    model: string('libvirt: EPYC, Skylake-Server …; "" without'),
    fallback: string('libvirt: forbid or allow another model; "" for the default, allow'),
    vendor: string('libvirt: Intel, AMD: of whom the processor must be; "" without'),
    match: string('libvirt: minimum, exact, strict; "" for the default, exact'),
    check: string('libvirt: none, partial, full; "" for the default'),
    migratable: string('libvirt, host-passthrough: on or off; "" for the default, on'),
    required: strings('Features beside the model (require, force), or that xl gives (cpuid= with 1, k or s)'),
    hidden: strings('Features that it does not get (disable, forbid; cpuid= with 0)'),
    forbidden: strings('libvirt: features that its host must not have (forbid)'),
    nested: bool('Xen: nestedhvm is on'),
    tscMode: string(
      'Xen: default, always_emulate, native, native_paravirt; libvirt: mode of its timer "tsc"; "" where not set',
    ),
    tscFrequency: nullable(number('Hz', 'libvirt: frequency of its timer "tsc"; none where not set')),
  },
  'Processors of one guest. Features have the names of libvirt',
)
