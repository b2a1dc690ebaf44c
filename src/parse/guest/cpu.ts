import { locate } from '../../evidence/locate.ts'
import { parseXlCpuid } from '../cpu/xl-cpuid.ts'
import type { XlValue } from '../xl/config.ts'
import { attributeOf, type Element, find, findAll, textOf } from '../xml.ts'
import { at, type Guest, type GuestCpu, whole } from './guest.ts'

type Owner = { readonly guest: string; readonly configFile: string }

/**
 * `<cpu mode='custom' match='exact' check='full'><model fallback='forbid'>EPYC</model><feature policy='disable' name='vme'/></cpu>`, in a
 * definition, or in the status of a running guest, where it holds everything that QEMU made of it. A guest without has QEMU's default.
 */
export function cpuOfXml(domain: Element, owner: Owner): GuestCpu {
  const cpu = find(domain, 'cpu')
  const of = (...policies: string[]): string[] =>
    (cpu ? findAll(cpu, 'feature') : []).flatMap(({ attributes: { name = '', policy = 'require' } }) =>
      policies.includes(policy) ? [name] : [],
    )
  const tsc = findAll(domain, 'clock/timer').find(({ attributes }) => attributes['name'] === 'tsc')
  const item: GuestCpu = {
    ...owner,
    // <cpu><model>…</model></cpu> without a mode means custom.
    mode: cpu?.attributes['mode'] ?? (textOf(cpu, 'model') === '' ? '' : 'custom'),
    model: textOf(cpu, 'model'),
    fallback: attributeOf(cpu, 'model', 'fallback'),
    vendor: textOf(cpu, 'vendor'),
    match: cpu?.attributes['match'] ?? '',
    check: cpu?.attributes['check'] ?? '',
    migratable: cpu?.attributes['migratable'] ?? '',
    required: of('require', 'force'),
    hidden: of('disable', 'forbid'),
    forbidden: of('forbid'),
    nested: false,
    tscMode: tsc?.attributes['mode'] ?? '',
    tscFrequency: whole<number | null>(tsc?.attributes['frequency'] ?? '', null),
  }
  return locate(item, at(owner.configFile, (cpu ?? domain).line))
}

const NOTHING = {
  ...{ mode: '', model: '', fallback: '', vendor: '', match: '', check: '', migratable: '', tscMode: '' },
  ...{ required: [], hidden: [], forbidden: [], nested: false, tscFrequency: null },
} as const satisfies Partial<GuestCpu>

/** `cpuid = "host,avx2=0"`, `nestedhvm = 1`, `tsc_mode = "native"` (or 2) in a file of xl or xm. */
export function cpuOfXl(settings: ReadonlyMap<string, XlValue>, owner: Owner): GuestCpu {
  const value = settings.get('cpuid')
  const text = (key: string): string => {
    const found = settings.get(key)
    return found === undefined || found.kind === 'list' ? '' : found.text
  }
  const mode = text('tsc_mode')
  const { hidden, required } = parseXlCpuid(value)
  const item: GuestCpu = {
    ...{ ...NOTHING, ...owner, hidden, required },
    nested: /^([1-9]\d*|true|True|yes|on)$/.test(text('nestedhvm')),
    tscMode: (mode === '' ? undefined : XEN_TSC_MODES[Number(mode)]) ?? mode,
  }
  return locate(item, at(owner.configFile, value?.line ?? 1))
}

const XEN_TSC_MODES: readonly string[] = ['default', 'always_emulate', 'native', 'native_paravirt']

/** A guest whose source tells nothing of its processors: it has what its toolstack gives. */
export const defaultCpu = ({ name, configFile }: Guest): GuestCpu => ({ ...NOTHING, guest: name, configFile })
