/**
 * libvirt's models of x86-64 processors (its cpu_map, as of libvirt 9.0): name, maker, the model that it is like, and what it has more (+) or
 * less (!) than that. Only names that every release since has kept.
 */
const MODELS = `
  qemu64 - - apic clflush cmov cx16 cx8 de fpu fxsr lm mca mce mmx msr mtrr nx pae pat pge pni pse pse36 sep sse sse2 svm syscall tsc
  kvm64 - qemu64 !svm
  Conroe Intel kvm64 +lahf_lm +ssse3 !cx16
  core2duo Intel Conroe +monitor +vme !lahf_lm
  Penryn Intel Conroe +cx16 +sse4.1
  Nehalem Intel Penryn +popcnt +sse4.2
  Nehalem-IBRS Intel Nehalem +spec-ctrl
  Westmere Intel Nehalem +aes
  Westmere-IBRS Intel Nehalem-IBRS +aes
  SandyBridge Intel Westmere +avx +pclmuldq +rdtscp +tsc-deadline +x2apic +xsave
  SandyBridge-IBRS Intel SandyBridge +spec-ctrl
  IvyBridge Intel SandyBridge +erms +f16c +fsgsbase +rdrand +smep +vme
  IvyBridge-IBRS Intel IvyBridge +spec-ctrl
  Haswell-noTSX Intel SandyBridge +avx2 +bmi1 +bmi2 +erms +fma +fsgsbase +invpcid +movbe +pcid +smep
  Haswell-noTSX-IBRS Intel Haswell-noTSX +spec-ctrl
  Haswell Intel Haswell-noTSX +hle +rtm
  Haswell-IBRS Intel Haswell +spec-ctrl
  Broadwell-noTSX Intel Haswell-noTSX +3dnowprefetch +adx +rdseed +smap
  Broadwell-noTSX-IBRS Intel Broadwell-noTSX +spec-ctrl
  Broadwell Intel Broadwell-noTSX +hle +rtm
  Broadwell-IBRS Intel Broadwell +spec-ctrl
  Skylake-Client-noTSX-IBRS Intel Broadwell-noTSX-IBRS +abm +arat +f16c +mpx +rdrand +vme +xgetbv1 +xsavec +xsaveopt
  Skylake-Client Intel Skylake-Client-noTSX-IBRS +hle +rtm !spec-ctrl
  Skylake-Client-IBRS Intel Skylake-Client +spec-ctrl
  Skylake-Server-noTSX-IBRS Intel Skylake-Client-noTSX-IBRS +avx512bw +avx512cd +avx512dq +avx512f +avx512vl +clwb +pdpe1gb
  Skylake-Server Intel Skylake-Server-noTSX-IBRS +hle +rtm !spec-ctrl
  Skylake-Server-IBRS Intel Skylake-Server +spec-ctrl
  Cascadelake-Server-noTSX Intel Skylake-Server-noTSX-IBRS +avx512vnni +clflushopt +ssbd
  Cascadelake-Server Intel Cascadelake-Server-noTSX +hle +rtm
  Cooperlake Intel Cascadelake-Server +arch-capabilities +avx512-bf16 +ibrs-all +mds-no +pku +pschange-mc-no +rdctl-no +skip-l1dfl-vmentry +stibp +taa-no !mpx
  Icelake-Client-noTSX Intel Skylake-Client-noTSX-IBRS +avx512-vpopcntdq +avx512bitalg +avx512vbmi +avx512vbmi2 +avx512vnni +gfni +intel-pt +pku +ssbd +umip +vaes +vpclmulqdq +wbnoinvd
  Icelake-Client Intel Icelake-Client-noTSX +hle +rtm
  Icelake-Server-noTSX Intel Icelake-Client-noTSX +avx512bw +avx512cd +avx512dq +avx512f +avx512vl +clflushopt +clwb +la57 +pdpe1gb
  Icelake-Server Intel Icelake-Server-noTSX +hle +rtm
  Snowridge Intel IvyBridge-IBRS +3dnowprefetch +arat +arch-capabilities +cldemote +clflushopt +clwb +core-capability +gfni +movbe +movdir64b +movdiri +pdpe1gb +rdseed +sha-ni +smap +split-lock-detect +ssbd +umip +xgetbv1 +xsavec +xsaveopt !avx !f16c
  Opteron_G1 AMD kvm64 !cx16
  Opteron_G2 AMD qemu64 +lahf_lm +rdtscp
  Opteron_G3 AMD Opteron_G2 +abm +misalignsse +monitor +popcnt +sse4a
  phenom AMD qemu64 +3dnow +3dnowext +fxsr_opt +mmxext +monitor !cx16
  Opteron_G4 AMD SandyBridge +3dnowprefetch +abm +fma4 +misalignsse +pdpe1gb +sse4a +svm +xop !tsc-deadline !x2apic
  Opteron_G5 AMD Opteron_G4 +f16c +fma +tbm
  EPYC AMD Skylake-Client-noTSX-IBRS +clflushopt +cr8legacy +fxsr_opt +misalignsse +mmxext +monitor +osvw +pdpe1gb +sha-ni +sse4a +svm !erms !invpcid !mpx !pcid !spec-ctrl !tsc-deadline !x2apic
  EPYC-IBPB AMD EPYC +ibpb
  Dhyana Hygon EPYC-IBPB !aes !pclmuldq !sha-ni
  EPYC-Rome AMD EPYC-IBPB +amd-stibp +clwb +clzero +npt +nrip-save +perfctr_core +rdpid +umip +wbnoinvd +xsaveerptr !monitor
  EPYC-Milan AMD EPYC-Rome +amd-ssbd +erms +fsrm +ibrs +invpcid +pcid +pku +svme-addr-chk +xsaves
`

export interface ModelFeatures {
  readonly name: string
  /** AMD, Intel, Hygon; "" where any will do. */
  readonly vendor: string
  readonly features: ReadonlySet<string>
}

let known: Map<string, ModelFeatures> | undefined

/** Every model of the table by its name. */
export function cpuModels(): ReadonlyMap<string, ModelFeatures> {
  if (known) return known
  known = new Map()
  for (const line of MODELS.trim().split('\n')) {
    const [name = '', vendor = '', like = '', ...changes] = line.trim().split(' ')
    const features = new Set(known.get(like)?.features)
    for (const change of changes)
      if (change.startsWith('!')) features.delete(change.slice(1))
      else features.add(change.replace('+', ''))
    known.set(name, { name, vendor: vendor === '-' ? '' : vendor, features })
  }
  return known
}
