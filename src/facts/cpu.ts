import { command, file } from '../evidence/ask.ts'
import { locate } from '../evidence/locate.ts'
import { basename, orNone } from '../evidence/lookup.ts'
import { chain, known, map, orGap, unknown } from '../evidence/result.ts'
import { flagsOf, parseCpuinfo, type Processor } from '../parse/cpuinfo.ts'
import { parseColonTable } from '../parse/key-value.ts'
import type { Result } from '../types.ts'
import { defineFacts } from './fact-set.ts'
import { bool, listOf, number, object, string, strings } from './schema.ts'

const X86 = /^(GenuineIntel|AuthenticAMD|HygonGenuine|CentaurHauls|Shanghai|Zhaoxin)/

const flaw = object(
  {
    name: string('meltdown, mds, retbleed …'),
    state: string('Not affected, "Mitigation: PTI", "Vulnerable: no microcode" …'),
    vulnerable: bool('The kernel calls it vulnerable'),
  },
  'One flaw',
)

export const cpu = defineFacts({
  name: 'cpu',
  meaning:
    'The processors as this kernel sees them. In a Xen dom0 they say nothing about the hardware: see xen.virtCaps',
  asks: {
    cpuinfo: file('/proc/cpuinfo', { maxBytes: 8 << 20 }),
    lscpu: command(['lscpu']),
    flaws: file('/sys/devices/system/cpu/vulnerabilities/*'),
  },
  about: {
    vendor: string('vendor_id: GenuineIntel, AuthenticAMD …; "" where the architecture has none'),
    model: string('model name of the first processor'),
    count: number('count', 'Processors that are online'),
    online: listOf(number('number', 'One processor'), 'Their numbers'),
    cores: number('count', 'Physical cores: distinct pairs of package and core'),
    packages: number('count', 'Physical packages (sockets)'),
    flags: strings('Flags that every processor has'),
    uneven: strings('Flags that some processors have and some have not'),
    x86: bool('An x86 processor'),
    vmx: bool('Intel VT-x is visible to this kernel, on every processor'),
    svm: bool('AMD-V is visible to this kernel, on every processor'),
    ept: bool('Intel extended page tables'),
    npt: bool('AMD nested page tables'),
    nx: bool('No-execute pages'),
    pae: bool('Physical address extension'),
    lm: bool('64-bit long mode'),
    constantTsc: bool('The TSC ticks at one rate whatever the clock of the processor does'),
    nonstopTsc: bool('The TSC goes on in deep sleep states'),
    hypervisor: bool('The flag by which a hypervisor makes itself known'),
    family: string('cpu family: "6"; "" where the architecture has none'),
    modelNumber: string('model: "85"'),
    stepping: string('stepping: "7"'),
    microcode: string('Its revision: "0x5003604"; "" where the kernel does not tell'),
    tscScaling: bool('The processor can show guests a TSC of another frequency'),
    flaws: listOf(flaw, 'Flaws of the processor as the kernel lists them; [] before Linux 4.15'),
    mhz: number('MHz', 'Clock of the first processor at this moment; 0 where it is not told'),
    numaNodes: number('count', 'NUMA nodes'),
  },
  parse(evidence, ask) {
    const processors = map(evidence.text(ask.cpuinfo), parseCpuinfo)
    const common = map(processors, commonFlags)
    const has = (flag: string) => map(common, (flags) => flags.includes(flag))
    const first = (field: string) => map(processors, ([one]) => one?.[field] ?? '')
    const lscpu = map(evidence.stdout(ask.lscpu), parseColonTable)
    return {
      vendor: map(processors, ([first]) => first?.['vendor_id'] ?? first?.['vendor'] ?? ''),
      model: map(processors, ([first]) => first?.['model name'] ?? first?.['family'] ?? ''),
      count: map(processors, (list) => list.length),
      online: map(processors, (list) =>
        list.flatMap((one) => (/^\d+$/.test(one['processor']!) ? [Number(one['processor'])] : [])),
      ),
      cores: map(processors, (list) => distinct(list, ['physical id', 'core id'])),
      packages: map(processors, (list) => distinct(list, ['physical id'])),
      flags: common,
      uneven: map(processors, (list) =>
        [...new Set(list.flatMap(flagsOf))].filter((flag) => !commonFlags(list).includes(flag)),
      ),
      x86: map(processors, ([first]) => X86.test(first?.['vendor_id'] ?? '')),
      vmx: has('vmx'),
      svm: has('svm'),
      ept: has('ept'),
      npt: has('npt'),
      nx: has('nx'),
      pae: has('pae'),
      lm: has('lm'),
      constantTsc: has('constant_tsc'),
      nonstopTsc: has('nonstop_tsc'),
      hypervisor: has('hypervisor'),
      family: first('cpu family'),
      modelNumber: first('model'),
      stepping: first('stepping'),
      microcode: first('microcode'),
      tscScaling: chain(processors, tscScaling),
      flaws: map(orNone(evidence.texts(ask.flaws)), (list) =>
        list.map(({ name, result }) => orGap(map(result, (text) => flawOf(name, text)))),
      ),
      mhz: map(processors, ([first]) => Number(first?.['cpu MHz'] ?? 0)),
      numaNodes: map(lscpu, (table) => Number(table['NUMA node(s)'] ?? 1)),
    }
  },
})

function commonFlags(list: readonly Processor[]): string[] {
  const [first, ...others] = list.map((processor) => new Set(flagsOf(processor)))
  return [...(first ?? [])].filter((flag) => others.every((flags) => flags.has(flag)))
}

/** `vmx flags : … tsc_scaling …` tells it of Intel since Linux 5.10; of AMD the flag tsc_scale does. */
function tscScaling(list: readonly Processor[]): Result<boolean> {
  const [one] = list
  if (flagsOf(one!).includes('tsc_scale') || /\btsc_scaling\b/.test(one!['vmx flags'] ?? '')) return known(true)
  if (one!['vendor_id'] !== 'GenuineIntel' || 'vmx flags' in one!) return known(false)
  return unknown('unsupported', '/proc/cpuinfo', 'the kernel shows no vmx flags')
}

/** `Mitigation: PTI`, `Vulnerable: Clear CPU buffers attempted, no microcode`, `KVM: Vulnerable`, `Processor vulnerable` */
function flawOf(path: string, text: string) {
  const state = text.trim()
  const vulnerable = /^(KVM: |Processor )?vulnerable/i.test(state)
  return locate({ name: basename(path), state, vulnerable }, { ask: path, path, line: 1 })
}

/** A guest or an old kernel that tells no topology has one core a processor. */
function distinct(list: readonly Processor[], keys: readonly string[]): number {
  if (list.some((processor) => keys.some((key) => !(key in processor)))) return keys.length === 1 ? 1 : list.length
  return new Set(list.map((processor) => keys.map((key) => processor[key]).join('/'))).size
}
