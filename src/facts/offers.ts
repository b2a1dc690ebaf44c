import { command, file } from '../evidence/ask.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { locate } from '../evidence/locate.ts'
import { absentAs, all, chain, known, map, orGap, unknown } from '../evidence/result.ts'
import { featuresOfHwCaps } from '../parse/cpu/features.ts'
import { type Emulator, parseQemuCaps } from '../parse/cpu/qemu-caps.ts'
import { type CpuPolicy, parseXenPolicies } from '../parse/cpu/xen-policy.ts'
import { parseColonTable } from '../parse/key-value.ts'
import { compareVersions } from '../parse/version.ts'
import type { Ask, Result, Unknown } from '../types.ts'
import { defineFacts } from './fact-set.ts'
import { bool, listOf, number, object, string, strings } from './schema.ts'

/**
 * libvirt's notes of an emulator are named after the SHA-256 of the emulator's path. virsh itself is not asked: `capabilities` and
 * `domcapabilities` start QEMU where the notes are missing or old.
 */
const notes = (hash: string): Ask => file(`/var/cache/libvirt/qemu/capabilities/${hash}.xml`, { maxBytes: 4 << 20 })

const asks = {
  qemuX86: notes('926803a9278e445ec919c2b6cbd8c1c449c75b26dcb1686b774314180376c725'), // /usr/bin/qemu-system-x86_64
  qemuKvm: notes('3c76bc41d59c0c7314b1ae8e63f4f765d2cf16abaeea081b3ca1f5d8732f7bb1'), // /usr/libexec/qemu-kvm
  qemuKvmOld: notes('192d00e33ab81b6844471cabff1f91a820494354af4a271affc2b6dd076536e1'), // /usr/bin/qemu-kvm
  uname: command(['uname', '-srm']),
  xenCpuid: command(['xen-cpuid', '-p']),
  info: command(['xl', 'info']),
} as const

const model = object(
  {
    name: string('EPYC-Rome, Skylake-Server …'),
    usable: bool('This host has all of it'),
    blockers: strings('Features of it that this host cannot give'),
  },
  'One processor model of QEMU',
)

const machine = object(
  {
    name: string('pc-q35-7.2'),
    alias: string('Name that stands for it in this QEMU: q35, pc; "" without'),
    maxCpus: number('count', 'Most virtual CPUs that it can have'),
  },
  'One machine type',
)

const emulator = object(
  {
    path: string('/usr/bin/qemu-system-x86_64'),
    arch: string('x86_64'),
    kernel: string('Kernel that libvirt asked it under'),
    kvm: bool('It could use KVM'),
    features: strings('Features that guests get with host-passthrough'),
    models: listOf(model, 'Its processor models'),
    machines: listOf(machine, 'Its machine types'),
  },
  'One emulator, as libvirt found it',
)

const policy = object(
  {
    name: string('Raw, Host, PV Max, HVM Max, PV Default, HVM Default'),
    features: strings('Features'),
    maxLeaf: number('number', 'Last leaf of CPUID'),
    maxSubleaf: number('number', 'Last subleaf of leaf 7'),
    maxExtended: number('number', 'Last leaf from 0x80000000 on; 0 where there is none'),
    platformInfo: number('number', 'MSR_PLATFORM_INFO, its low half; bit 31 is CPUID faulting'),
  },
  'One policy: what guests of a kind get at most, or by default',
)

export const offers = defineFacts({
  name: 'offers',
  meaning:
    'What this host can give its guests: features of processors, with the names of libvirt, and types of machines',
  asks,
  about: {
    emulators: listOf(emulator, "libvirt's notes of QEMU: of qemu-system-x86_64 in /usr/bin, and of qemu-kvm"),
    policies: listOf(
      policy,
      'What Xen has of the processor and gives to guests (xen-cpuid); [] where that is not installed',
    ),
    hwCaps: strings('Features that `xl info` tells of the processor (hw_caps, since Xen 4.7); [] where it does not'),
  },
  parse(evidence, ask) {
    return {
      emulators: known(
        [ask.qemuX86, ask.qemuKvm, ask.qemuKvmOld].flatMap((one) => {
          const found = emulatorOf(evidence, one)
          return !found.ok && found.gap === 'absent' ? [] : [orGap(found)]
        }),
      ),
      policies: absentAs(policies(evidence), []),
      hwCaps: absentAs(hwCaps(evidence), []),
    }
  },
})

/** libvirt asks QEMU anew after another kernel was started, when somebody asks libvirt; until then its notes are of the old one. */
function emulatorOf(evidence: Evidence, ask: Ask): Result<Emulator | Unknown> {
  const read = map(evidence.text(ask), (text, [from]) => locate(parseQemuCaps(text), from))
  return chain(all(read, evidence.stdout(asks.uname)), ([found, uname]) => {
    const release = uname.trim().split(/\s+/)[1] ?? ''
    if (found.kernel === '' || found.kernel.split(' ')[0] === release) return known(found)
    return unknown('malformed', found.path, `libvirt asked it under another kernel, ${found.kernel.split(' ')[0]}`)
  })
}

/** Before Xen 4.12 it knows no -p, says so on its standard output, and succeeds. */
const policies = (evidence: Evidence): Result<readonly CpuPolicy[]> =>
  chain(evidence.stdout(asks.xenCpuid), (text) =>
    /^Bad option/m.test(text) ? known([]) : map(known(text, { ask: 'xen-cpuid -p' }), parseXenPolicies),
  )

/** `hw_caps                : 178bf3fd:80002001:…`; Xen before 4.7 has other words in another order. */
const hwCaps = (evidence: Evidence): Result<readonly string[]> =>
  map(evidence.stdout(asks.info), (text) => {
    const { hw_caps: words, xen_version: version } = parseColonTable(text)
    if (version === undefined) throw new Error('no xen_version')
    return words === undefined || compareVersions(version, '4.7') < 0 ? [] : featuresOfHwCaps(words)
  })
