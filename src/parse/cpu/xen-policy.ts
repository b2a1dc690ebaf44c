import { featuresIn } from './features.ts'

/** What Xen has of a processor, or gives a kind of guest at most or by default. */
export interface CpuPolicy {
  /** Raw, Host, PV Max, HVM Max, PV Default, HVM Default. */
  readonly name: string
  readonly features: readonly string[]
  /** Last leaf of CPUID; 0 where there is none. */
  readonly maxLeaf: number
  /** Last subleaf of leaf 7. */
  readonly maxSubleaf: number
  /** Last leaf from 0x80000000 on. */
  readonly maxExtended: number
  /** Low half of MSR_PLATFORM_INFO; bit 31 is CPUID faulting. */
  readonly platformInfo: number
}

const PLATFORM_INFO = 0xce

/**
 * `xen-cpuid -p` (Xen 4.12 and later):
 *
 *     HVM Max policy: 53 leaves, 2 MSRs
 *      CPUID:
 *       00000001:ffffffff -> 00060fb1:00020800:80202001:178bfbfd
 *      MSRs:
 *       000000ce -> 0000000080000000
 */
export function parseXenPolicies(text: string): CpuPolicy[] {
  const found = text.split(/^(?=[A-Z][A-Za-z ]* policy: \d+ leaves)/m).flatMap((part) => {
    const name = /^([A-Z][A-Za-z ]*) policy: \d+ leaves/.exec(part)?.[1]
    return name === undefined ? [] : [readPolicy(name, part)]
  })
  if (found.length === 0) throw new Error('no policies')
  return found
}

function readPolicy(name: string, text: string): CpuPolicy {
  const leaves = new Map<string, readonly number[]>()
  const row = /^\s+([0-9a-f]{8}):([0-9a-f]{8}) -> ([0-9a-f]{8}):([0-9a-f]{8}):([0-9a-f]{8}):([0-9a-f]{8})\s*$/gm
  for (const [, leaf, subleaf, ...registers] of text.matchAll(row))
    leaves.set(
      keyOf(parseInt(leaf!, 16), parseInt(subleaf!, 16)),
      registers.map((value) => parseInt(value, 16)),
    )
  if (!leaves.has('0')) throw new Error(`${name}: no leaf 0`)
  const eax = (key: string): number => leaves.get(key)?.[0] ?? 0
  const msrs = new Map(
    [...text.matchAll(/^\s+([0-9a-f]{8}) -> [0-9a-f]{8}([0-9a-f]{8})\s*$/gm)].map(([, index, low]) => [
      parseInt(index!, 16),
      parseInt(low!, 16),
    ]),
  )
  return {
    name,
    features: [...leaves].flatMap(([key, registers]) =>
      ['eax', 'ebx', 'ecx', 'edx'].flatMap((register, index) => featuresIn(`${key}.${register}`, registers[index]!)),
    ),
    maxLeaf: eax('0'),
    maxSubleaf: eax('7:0'),
    maxExtended: eax('80000000'),
    platformInfo: msrs.get(PLATFORM_INFO) ?? 0,
  }
}

const NO_SUBLEAF = 0xffffffff
const keyOf = (leaf: number, subleaf: number): string =>
  subleaf === NO_SUBLEAF ? leaf.toString(16) : `${leaf.toString(16)}:${subleaf}`
