/**
 * Features of x86 processors: which bit of which register tells each, by the name that libvirt gives it, and by Xen's where libvirt has
 * none. A row is one register, bit 0 first; - where a bit has no name, or is no feature that a guest could miss.
 * The facts are those of libvirt's cpu_map, Xen's cpufeatureset.h and the manuals of the processors; test/parse/cpu.test.ts compares the
 * table with what libvirt and Xen print of one and the same processor.
 */
const ROWS: Readonly<Record<string, string>> = {
  '1.edx':
    'fpu vme de pse tsc msr pae mce cx8 apic - sep mtrr pge mca cmov pat pse36 pn clflush - ds acpi mmx fxsr sse sse2 ss ht tm ia64 pbe',
  '1.ecx':
    'pni pclmuldq dtes64 monitor ds_cpl vmx smx est tm2 ssse3 cid sdbg fma cx16 xtpr pdcm - pcid dca sse4.1 sse4.2 x2apic movbe popcnt tsc-deadline aes xsave osxsave avx f16c rdrand hypervisor',
  '6.eax': '- - arat',
  '7:0.ebx':
    'fsgsbase tsc_adjust sgx bmi1 hle avx2 - smep bmi2 erms invpcid rtm cmt - mpx rdt_a avx512f avx512dq rdseed adx smap avx512ifma pcommit clflushopt clwb intel-pt avx512pf avx512er avx512cd sha-ni avx512bw avx512vl',
  '7:0.ecx':
    'prefetchwt1 avx512vbmi umip pku ospke waitpkg avx512vbmi2 shstk gfni vaes vpclmulqdq avx512vnni avx512bitalg tme avx512-vpopcntdq - la57 - - - - - rdpid - bus-lock-detect cldemote - movdiri movdir64b enqcmd sgxlc pks',
  '7:0.edx':
    '- - avx512-4vnniw avx512-4fmaps fsrm uintr - - avx512-vp2intersect - md-clear - - - serialize - tsx-ldtrk - pconfig arch-lbr ibt - amx-bf16 avx512-fp16 amx-tile amx-int8 spec-ctrl stibp flush-l1d arch-capabilities core-capability ssbd',
  '7:1.eax':
    'sha512 sm3 sm4 - avx-vnni avx512-bf16 lass cmpccxadd - - fzrm fsrs fsrc - - - - fred lkgs wrmsrns - amx-fp16 - avx-ifma - - lam msrlist - - - movrs',
  '7:1.edx': '- - - - avx-vnni-int8 avx-ne-convert - - amx-complex - avx-vnni-int16 - - - prefetchiti',
  '7:2.edx': 'intel-psfd ipred-ctrl rrsba-ctrl ddpd-u bhi-ctrl mcdt-no',
  'd:1.eax': 'xsaveopt xsavec xgetbv1 xsaves xfd',
  '80000001.edx':
    '- - - - - - - - - - - syscall - - - - - - - - nx - mmxext - - fxsr_opt pdpe1gb rdtscp - lm 3dnowext 3dnow',
  '80000001.ecx':
    'lahf_lm cmp_legacy svm extapic cr8legacy abm sse4a misalignsse 3dnowprefetch osvw ibs xop skinit wdt - lwp fma4 tce cvt16 nodeid_msr - tbm topoext perfctr_core perfctr_nb - bpext - - mwaitx',
  '80000007.edx': '- - - - - - - - invtsc',
  '80000008.ebx':
    'clzero - xsaveerptr - - - - - - wbnoinvd - - ibpb - ibrs amd-stibp ibrs-always stibp-always-on - - - - - amd-ppin amd-ssbd virt-ssbd amd-no-ssb - amd-psfd btc-no ibpb-ret',
  '8000000a.edx':
    'npt lbrv svm-lock nrip-save tsc-scale vmcb-clean flushbyasid decodeassists - - pause-filter - pfthreshold avic - v-vmsave-vmload vgif - - - - - - - - - - - svme-addr-chk',
  '80000021.eax':
    'no-nested-data-bp fs-gs-base-ns lfence-always-serializing - - verw-clear null-sel-clr-base - auto-ibrs - - - - - - - - - - - prefetchi - - - - - - sbpb ibpb-brtype srso-no srso-user-kernel-no',
}

/** Names of the kernel, of QEMU and of Xen that do not differ in dashes, dots and underscores alone. */
const ALIASES: Readonly<Record<string, string>> = {
  sse3: 'pni',
  pclmulqdq: 'pclmuldq',
  tsc_deadline_timer: 'tsc-deadline',
  nonstop_tsc: 'invtsc',
  dts: 'ds',
  cqm: 'cmt',
  xd: 'nx',
  i64: 'lm',
  ffxsr: 'fxsr_opt',
}

interface Place {
  readonly register: string
  readonly bit: number
}

const plain = (name: string): string => name.toLowerCase().replace(/[-_.]/g, '')
let places: Map<string, Place> | undefined
let names: Map<string, string> | undefined

/** Each feature's register and bit. Made when it is first asked for: a check of most hosts needs none of it. */
export function featurePlaces(): ReadonlyMap<string, Place> {
  places ??= new Map(
    Object.entries(ROWS).flatMap(([register, row]) =>
      row.split(' ').flatMap((name, bit) => (name === '-' ? [] : [[name, { register, bit }] as const])),
    ),
  )
  return places
}

/** `sse4_1` of the kernel, `sse4-1` of QEMU → `sse4.1`; undefined where it is no feature of the table. */
export function featureNamed(foreign: string): string | undefined {
  names ??= new Map([...featurePlaces().keys()].map((name) => [plain(name), name]))
  return ALIASES[foreign] ?? names.get(plain(foreign))
}

/** Features that one register tells. */
export function featuresIn(register: string, value: number): string[] {
  const row = ROWS[register]?.split(' ') ?? []
  return row.filter((name, bit) => name !== '-' && ((value >>> bit) & 1) === 1)
}

/** The order of Xen's feature sets, as in hw_caps of `xl info` since Xen 4.7. */
const HW_CAPS = [...['1.edx', '1.ecx', '80000001.edx', '80000001.ecx', 'd:1.eax', '7:0.ebx', '7:0.ecx', '80000007.edx']]

/** `178bf3fd:80002001:20100800:00000007:00000000:00000000:00000000:00000000` → features*/
export function featuresOfHwCaps(text: string): string[] {
  const words = text.trim().split(':')
  if (words.length < HW_CAPS.length || words.some((word) => !/^[0-9a-f]{8}$/.test(word))) throw new Error('no hw_caps')
  return HW_CAPS.flatMap((register, index) => featuresIn(register, parseInt(words[index]!, 16)))
}

/** What the kernel shows under other conditions than the processor does: the first four stand for several bits each, the last it sets itself on AMD. */
const SYNTHETIC = ['ssbd', 'ibrs', 'ibpb', 'stibp', '3dnowprefetch']

/** Flags of /proc/cpuinfo as features; notes of the kernel's own are none. */
export const featuresOfFlags = (flags: readonly string[]): string[] =>
  flags.filter((flag) => !SYNTHETIC.includes(flag)).flatMap((flag) => featureNamed(flag) ?? [])
