import { command, file } from '../evidence/ask.ts'
import { map } from '../evidence/result.ts'
import { flagsOf, parseCpuinfo, type Processor } from '../parse/cpuinfo.ts'
import { parseColonTable } from '../parse/key-value.ts'
import { defineFacts } from './fact-set.ts'
import { bool, listOf, number, string, strings } from './schema.ts'

const X86 = /^(GenuineIntel|AuthenticAMD|HygonGenuine|CentaurHauls|Shanghai|Zhaoxin)/

export const cpu = defineFacts({
  name: 'cpu',
  meaning:
    'The processors as this kernel sees them. In a Xen dom0 they say nothing about the hardware: see xen.virtCaps',
  asks: {
    cpuinfo: file('/proc/cpuinfo', { maxBytes: 8 << 20 }),
    lscpu: command(['lscpu']),
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
    mhz: number('MHz', 'Clock of the first processor at this moment; 0 where it is not told'),
    numaNodes: number('count', 'NUMA nodes'),
  },
  parse(evidence, ask) {
    const processors = map(evidence.text(ask.cpuinfo), parseCpuinfo)
    const common = map(processors, commonFlags)
    const has = (flag: string) => map(common, (flags) => flags.includes(flag))
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
      mhz: map(processors, ([first]) => Number(first?.['cpu MHz'] ?? 0)),
      numaNodes: map(lscpu, (table) => Number(table['NUMA node(s)'] ?? 1)),
    }
  },
})

function commonFlags(list: readonly Processor[]): string[] {
  const [first, ...others] = list.map((processor) => new Set(flagsOf(processor)))
  return [...(first ?? [])].filter((flag) => others.every((flags) => flags.has(flag)))
}

/** A guest or an old kernel that tells no topology has one core a processor. */
function distinct(list: readonly Processor[], keys: readonly string[]): number {
  if (list.some((processor) => keys.some((key) => !(key in processor)))) return keys.length === 1 ? 1 : list.length
  return new Set(list.map((processor) => keys.map((key) => processor[key]).join('/'))).size
}
