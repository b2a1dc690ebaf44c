import type { XlValue } from '../xl/config.ts'
import { featureNamed, featurePlaces } from './features.ts'

/** Keys of xl's cpuid= that are no name of libvirt's; null where xl has none, since Xen gives guests no such feature. */
const KEYS: Readonly<Record<string, string | null>> = {
  ...{ pni: 'sse3', pclmuldq: 'pclmulqdq', ds_cpl: 'dscpl', cid: 'cntxid', cx16: 'cmpxchg16', cx8: 'cmpxchg8' },
  ...{ sep: 'sysenter', pn: 'psn', clflush: 'clfsh', ht: 'htt', 'intel-pt': 'proc-trace', 'sha-ni': 'sha' },
  ...{ avx512ifma: 'avx512-ifma', avx512vbmi: 'avx512-vbmi', avx512vbmi2: 'avx512-vbmi2' },
  ...{ avx512vnni: 'avx512-vnni', avx512bitalg: 'avx512-bitalg', 'bus-lock-detect': 'bld', sgxlc: 'sgx-lc' },
  ...{ 'tsx-ldtrk': 'tsxldtrk', 'spec-ctrl': 'ibrsb', 'arch-capabilities': 'arch-caps' },
  ...{ 'core-capability': 'core-caps', lahf_lm: 'lahfsahf', cmp_legacy: 'cmplegacy', cr8legacy: 'altmovcr8' },
  ...{ nodeid_msr: 'nodeid', fxsr_opt: 'ffxsr', pdpe1gb: 'page1gb', xsaveerptr: 'rstr-fp-err-ptrs' },
  ...{ 'amd-ppin': 'ppin', 'amd-no-ssb': 'ssb-no', 'amd-psfd': 'psfd', npt: 'svm_npt', lbrv: 'svm_lbrv' },
  ...{ 'nrip-save': 'svm_nrips', 'tsc-scale': 'svm_tscrate', 'vmcb-clean': 'svm_vmcbclean' },
  ...{ decodeassists: 'svm_decode', 'pause-filter': 'svm_pausefilt', 'lfence-always-serializing': 'lfence+' },
  ...{ rdt_a: 'pqe', shstk: 'cet-ss', ibt: 'cet-ibt', 'flush-l1d': 'l1d-flush', 'ddpd-u': 'ddp-ctrl', fsrc: 'fsrcs' },
  ...{ prefetchiti: 'prefetchi', prefetchi: 'amd-prefetchi', bpext: 'dbext', mwaitx: 'monitorx' },
  ...{ 'stibp-always-on': 'stibp-always', 'no-nested-data-bp': 'no-nest-bp', 'fs-gs-base-ns': 'fs-gs-ns' },
  ...{ 'null-sel-clr-base': 'nscb', 'srso-user-kernel-no': 'srso-us-no' },
  ...{ pcommit: null, tce: null, cvt16: null, 'svm-lock': null, flushbyasid: null, pfthreshold: null, avic: null },
  ...{ 'v-vmsave-vmload': null, vgif: null, 'svme-addr-chk': null, perfctr_core: null, perfctr_nb: null },
}

/** The key by which xl's cpuid= knows a feature; null where it knows none. */
export const xlKey = (feature: string): string | null => (feature in KEYS ? KEYS[feature]! : feature)

/** What a guest of Xen gets other than by default. */
export interface XlCpuid {
  /** Features that are hidden: `=0`. */
  readonly hidden: readonly string[]
  /** Features that it gets though they are not given by default: `=1`, and `=k` where the host has them. */
  readonly required: readonly string[]
}

/**
 * `cpuid = "host,tm=0,sse3=0"`, or in the way of xend a list: `cpuid = [ '1:ecx=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx0,edx=…' ]`, whose strings
 * have bit 31 first. 0 hides, 1 gives, k and s take the host's, x leaves what is the default.
 */
export function parseXlCpuid(value: XlValue | undefined): XlCpuid {
  if (value === undefined) return { hidden: [], required: [] }
  const bits =
    value.kind === 'list'
      ? value.items.flatMap((item) => ('text' in item ? ofXend(item.text) : []))
      : ofLibxl(value.text)
  const of = (...chosen: string[]): string[] => [
    ...new Set(bits.flatMap(([name, bit]) => (chosen.includes(bit) ? [name] : []))),
  ]
  return { hidden: of('0'), required: of('1', 'k', 's') }
}

type Bit = readonly [feature: string, value: string]

const ofLibxl = (text: string): Bit[] =>
  text.split(',').flatMap((word): Bit[] => {
    const [key = '', value = ''] = word.trim().split('=')
    const feature = featureOfKey(key)
    // Numbers are taken in any base.
    const bit = /^(0x)?0+$/.test(value) ? '0' : /^(0x)?0*[1-9a-f]/i.test(value) ? '1' : value[0]!
    return feature === undefined || value === '' ? [] : [[feature, bit]]
  })

let byKey: Map<string, string> | undefined

function featureOfKey(key: string): string | undefined {
  byKey ??= new Map(
    [...featurePlaces().keys()].flatMap((feature) => {
      const own = xlKey(feature)
      return own === null ? [] : [[own, feature] as const]
    }),
  )
  return byKey.get(key) ?? (key in NUMBERS ? undefined : featureNamed(key))
}

/** Keys that take a number, and no feature. `clflush` is a size; the feature is `clfsh`. */
const NUMBERS: Readonly<Record<string, true>> = { clflush: true, model: true, family: true, stepping: true, nc: true }

/** `7,0:ebx=…,ecx=…`; leaves without subleaves have none before the colon. */
function ofXend(text: string): Bit[] {
  const [, leaf, subleaf, registers] = /^\s*(0x[0-9a-f]+|\d+)(?:,(0x[0-9a-f]+|\d+))?:(.*)$/is.exec(text) ?? []
  if (leaf === undefined) return []
  const key = Number(leaf).toString(16) + (subleaf === undefined ? '' : `:${Number(subleaf)}`)
  return [...registers!.matchAll(/(e[abcd]x)=([01xks]{32})(?=,|\s|$)/gi)].flatMap(([, register, bits]) =>
    [...featurePlaces()].flatMap(([feature, place]): Bit[] =>
      place.register === `${key}.${register}` ? [[feature, bits![31 - place.bit]!]] : [],
    ),
  )
}
