import { command, file } from '../evidence/ask.ts'
import type { Evidence, Member } from '../evidence/evidence.ts'
import { locate } from '../evidence/locate.ts'
import { absentAs, chain, known, map, orGap, unknown } from '../evidence/result.ts'
import { bootParameters, bootWords } from '../parse/boot-options.ts'
import { moduleName, neverLoads, parseModprobe, type ModprobeLine } from '../parse/modprobe.ts'
import { moduleNames } from '../parse/modules.ts'
import type { Ask, Result, Unknown } from '../types.ts'
import { defineFacts } from './fact-set.ts'
import { listOf, mapOf, number, object, string, strings } from './schema.ts'

const RELEASE = { command: ['uname', '-r'] as [string, string] }

const line = object(
  {
    module: string('Its name, with _ for -'),
    options: string('`options`: what it is given. Blacklisted: how, "blacklist" or the command that runs instead'),
    file: string('File that holds it'),
    line: number('count', 'Its line there'),
  },
  'One line of modprobe.d',
)

export const kernel = defineFacts({
  name: 'kernel',
  meaning: 'The kernel that runs, how it was started, and what modprobe is told',
  asks: {
    release: command(['uname', '-r']),
    cmdline: file('/proc/cmdline'),
    uptime: file('/proc/uptime'),
    tainted: file('/proc/sys/kernel/tainted'),
    modules: file('/proc/modules'),
    builtin: { each: RELEASE, ask: { file: '/lib/modules/{}/modules.builtin' } },
    config: { each: RELEASE, ask: { file: '/boot/config-{}' } },
    modprobe: file('/etc/modprobe.d/*'),
    modprobeRun: file('/run/modprobe.d/*.conf'),
    modprobeConf: file('/etc/modprobe.conf'),
    kvmParameters: file('/sys/module/kvm*/parameters/*'),
    xenParameters: file('/sys/module/xen*/parameters/*'),
    vhostParameters: file('/sys/module/vhost*/parameters/*'),
    loopParameters: file('/sys/module/loop/parameters/*'),
  },
  about: {
    release: string('Release of the running kernel'),
    words: strings('Words of its command line, in order'),
    parameters: mapOf(string(''), 'Its command line by name: later words win, a word without = holds ""'),
    uptime: number('s', 'Time since it was started'),
    modules: strings('Loaded modules'),
    builtin: strings('Modules that are built in, with _ for -'),
    blacklisted: listOf(line, 'Modules that modprobe must not load by itself, or not at all'),
    moduleOptions: listOf(line, 'Options that modules are given'),
    moduleParameters: mapOf(string(''), 'Parameters in force of KVM, Xen, vhost and loop: "kvm_intel.nested": "Y"'),
    config: mapOf(
      string(''),
      'Options of virtualization that this kernel was built with, "CONFIG_KVM": "m"; "n" where not set',
    ),
    taints: strings('Letters of its taints: P, O, W …'),
  },
  parse(evidence, ask) {
    const words = map(evidence.text(ask.cmdline), kernelWords)
    const lines = modprobeLines(evidence, ask)
    return {
      release: map(evidence.stdout(ask.release), (text) => text.trim()),
      words,
      parameters: map(words, bootParameters),
      uptime: map(evidence.text(ask.uptime), (text) => finite(text.split(' ')[0])),
      modules: map(evidence.text(ask.modules), moduleNames),
      builtin: map(one(evidence.texts(ask.builtin)), (text) =>
        [...text.matchAll(/([^/\n]+)\.ko$/gm)].map(([, name]) => moduleName(name!)),
      ),
      blacklisted: map(lines, (all) => all.flatMap(blacklistLine)),
      moduleOptions: map(lines, (all) => all.flatMap(optionsLine)),
      moduleParameters: parameters(
        [ask.kvmParameters, ask.xenParameters, ask.vhostParameters, ask.loopParameters].map((each) =>
          evidence.texts(each),
        ),
      ),
      config: map(one(evidence.texts(ask.config)), parseKernelConfig),
      taints: map(evidence.text(ask.tainted), (text) => taintLetters(finite(text.trim()))),
    }
  },
})

/** What follows `--` is for init. */
const kernelWords = (text: string): string[] => {
  const words = bootWords(text.trim())
  const end = words.indexOf('--')
  return end < 0 ? words : words.slice(0, end)
}

const finite = (text: string | undefined): number => {
  const number = Number(text)
  if (!text || !Number.isFinite(number)) throw new Error(`not a number: ${text}`)
  return number
}

/** The one file of the running release. */
const one = (members: Result<readonly Member<string>[]>): Result<string> =>
  chain(members, ([first]) => first?.result ?? unknown('absent', members.ok ? members.from[0]!.ask : ''))

type Line = (ModprobeLine & { file: string }) | Unknown

/** Files in /etc/modprobe.d count by their .conf since 2011; before that all did, and Red Hat 5 has /etc/modprobe.conf too. */
function modprobeLines(
  evidence: Evidence,
  ask: { modprobe: Ask; modprobeRun: Ask; modprobeConf: Ask },
): Result<readonly Line[]> {
  const old = evidence.text(ask.modprobeConf)
  const folder = (result: Result<readonly Member<string>[]>) =>
    map(absentAs(result, []), (members) => members.filter(({ name }) => old.ok || /\.conf$/.test(name)))
  const members = [folder(evidence.texts(ask.modprobe)), folder(evidence.texts(ask.modprobeRun))]
  const gap = members.find((result) => !result.ok)
  if (gap && !gap.ok) return gap
  if (!old.ok && old.gap !== 'absent') return old
  const all = members.flatMap((result) => (result.ok ? result.value : []))
  if (old.ok) all.push({ name: '/etc/modprobe.conf', result: old })
  return known(
    all.flatMap(({ name, result }): Line[] =>
      result.ok ? parseModprobe(result.value).map((item) => ({ ...item, file: name })) : [result],
    ),
    ...members.flatMap((result) => (result.ok ? result.from : [])),
  )
}

type Located = { module: string; options: string; file: string; line: number }

const located = (item: ModprobeLine & { file: string }, options: string): Located =>
  locate(
    { module: item.module, options, file: item.file, line: item.line },
    { ask: item.file, path: item.file, line: item.line },
  )

function optionsLine(item: Line): (Located | Unknown)[] {
  if ('gap' in item) return [item]
  return item.command === 'options' ? [located(item, item.rest)] : []
}

function blacklistLine(item: Line): (Located | Unknown)[] {
  if ('gap' in item) return [item]
  if (item.command === 'blacklist') return [located(item, 'blacklist')]
  return neverLoads(item) ? [located(item, item.rest)] : []
}

/** `/sys/module/kvm_intel/parameters/nested` → kvm_intel.nested */
function parameters(groups: readonly Result<readonly Member<string>[]>[]): Result<Record<string, string | Unknown>> {
  const values: Record<string, string | Unknown> = {}
  for (const group of groups) {
    const members = absentAs(group, [])
    if (!members.ok) return members
    for (const { name, result } of members.value) {
      const [, module, parameter] = /^\/sys\/module\/([^/]+)\/parameters\/([^/]+)$/.exec(name) ?? []
      if (module && parameter) values[`${module}.${parameter}`] = orGap(map(result, (text) => text.trim()))
    }
  }
  return known(values)
}

/** The options that a doctor of guests asks for; a kernel has ten thousand, of which an array each would take longer than all the rest. */
const MATTERS =
  'CONFIG_(?:KVM|XEN|VIRTIO|VHOST|VFIO|PARAVIRT|HYPERV|HYPERVISOR_GUEST|HVC|SERIAL_8250|BRIDGE|TUN|MACVTAP|KSM|HUGETLB|' +
  'TRANSPARENT_HUGEPAGE|BLK_DEV_LOOP|PCI_IOV|PCI_STUB|X86_X2APIC|\\w*IOMMU)\\w*'
const OPTION = new RegExp(`^(?:# (${MATTERS}) is not set|(${MATTERS})=(.*))$`, 'gm')

/** `CONFIG_KVM=m`, `# CONFIG_XEN_PV is not set`. */
export function parseKernelConfig(text: string): Record<string, string> {
  if (!/^CONFIG_\w+=/m.test(text)) throw new Error('no configuration of a kernel')
  const values: Record<string, string> = {}
  for (const [, unset, set, value] of text.matchAll(OPTION)) values[unset ?? set!] = unset ? 'n' : value!
  return values
}

const TAINTS = 'PFSRMBUDAWCIOELKXTN'

/** 4097 → P, O: bit 0 is the first letter. */
const taintLetters = (bits: number): string[] => [...TAINTS].filter((_, bit) => Math.floor(bits / 2 ** bit) % 2 === 1)
