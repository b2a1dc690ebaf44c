import { command, file, stat } from '../evidence/ask.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { absentAs, all, chain, known, map, unknown } from '../evidence/result.ts'
import { moduleNames } from '../parse/modules.ts'
import type { Ask, Result } from '../types.ts'
import { defineFacts } from './fact-set.ts'
import { bool, nullable, number, string, strings } from './schema.ts'

/** `-machine none` builds no board and needs no image: QEMU opens /dev/kvm, creates a machine, and ends at "quit". */
const PROBE = [
  '-nodefaults',
  '-no-user-config',
  '-display',
  'none',
  '-machine',
  'none,accel=kvm',
  '-S',
  '-monitor',
  'none',
  '-serial',
  'none',
] as const

export const kvm = defineFacts({
  name: 'kvm',
  meaning: 'The KVM modules and /dev/kvm',
  asks: {
    modules: file('/proc/modules'),
    device: stat('/dev/kvm'),
    misc: file('/proc/misc'),
    intelNested: file('/sys/module/kvm_intel/parameters/nested'),
    amdNested: file('/sys/module/kvm_amd/parameters/nested'),
    ept: file('/sys/module/kvm_intel/parameters/ept'),
    npt: file('/sys/module/kvm_amd/parameters/npt'),
    ignoreMsrs: file('/sys/module/kvm/parameters/ignore_msrs'),
    kvmGroup: command(['getent', 'group', 'kvm']),
    probe: command(['timeout', '5', 'qemu-system-x86_64', ...PROBE], { probe: true }),
  },
  about: {
    modules: strings('Loaded modules of KVM: kvm, kvm_intel, kvm_amd, kvm_pvm …'),
    active: bool('The kernel has registered /dev/kvm: KVM works, by whatever means'),
    device: bool('/dev/kvm exists'),
    deviceMode: string('Permissions of /dev/kvm, octal: "660"; "" where there is none'),
    deviceGroup: nullable(number('gid', 'Group that owns /dev/kvm')),
    kvmGroup: nullable(number('gid', 'Number of the group "kvm"; none where there is no such group')),
    nested: bool('Guests may run guests of their own'),
    nestedPaging: bool('EPT or NPT is in use'),
    ignoreMsrs: bool('Unknown MSRs of guests are ignored'),
    refusal: string('What QEMU said when it could not create a machine with KVM; "" where it could, or was not tried'),
    works: bool('QEMU could create a machine with KVM (only with --probe); outranks what the flags say'),
  },
  parse(evidence, ask) {
    const modules = map(evidence.text(ask.modules), (text) => moduleNames(text).filter((name) => /^kvm/.test(name)))
    const device = evidence.stat(ask.device)
    return {
      modules,
      active: map(evidence.text(ask.misc), (text) => /^\s*\d+ kvm$/m.test(text)),
      device: evidence.exists(ask.device),
      deviceMode: absentAs(
        map(device, ({ mode }) => mode.toString(8)),
        '',
      ),
      deviceGroup: absentAs<number | null>(
        map(device, ({ gid }) => gid),
        null,
      ),
      kvmGroup: groupNumber(evidence, ask.kvmGroup),
      nested: either(evidence, ask.intelNested, ask.amdNested),
      nestedPaging: either(evidence, ask.ept, ask.npt),
      ignoreMsrs: absentAs(map(evidence.text(ask.ignoreMsrs), isOn), false),
      works: works(evidence, ask.probe),
      refusal: refusal(evidence, ask.probe),
    }
  },
})

/** Y, 1: kernels differ. */
const isOn = (text: string): boolean => /^[Y1]/.test(text.trim())

/** Only one of the two modules can be loaded; with none loaded nothing is on. */
function either(evidence: Evidence, intel: Ask, amd: Ask): Result<boolean> {
  const both = all(absentAs(map(evidence.text(intel), isOn), false), absentAs(map(evidence.text(amd), isOn), false))
  return map(both, ([a, b]) => a || b)
}

/** getent says 2 for a group that does not exist: `kvm:x:104:libvirt-qemu` */
function groupNumber(evidence: Evidence, ask: Ask): Result<number | null> {
  return chain(evidence.output(ask), ({ exit, stdout }) => {
    if (exit === 2) return known(null)
    const gid = /^[^:]*:[^:]*:(\d+)/.exec(stdout)?.[1]
    return gid ? known(Number(gid)) : unknown('malformed', 'getent group kvm', `exit ${exit}`)
  })
}

/** With -S QEMU waits for ever, so 124 (the time limit) means that the machine was created; a refusal ends at once with 1. */
function works(evidence: Evidence, ask: Ask): Result<boolean> {
  return chain(evidence.output(ask), ({ exit, stderr }) => {
    if (exit === 124) return known(true)
    return /kvm/i.test(stderr)
      ? known(false)
      : unknown('malformed', 'QEMU with KVM', `exit ${exit}: ${stderr.trim().slice(0, 200)}`)
  })
}

/** That nobody tried is known, and is no refusal. */
function refusal(evidence: Evidence, ask: Ask): Result<string> {
  const ran = evidence.output(ask)
  if (!ran.ok && ran.gap === 'withheld') return known('', { ask: ran.ask })
  return chain(works(evidence, ask), (worked) =>
    map(ran, ({ stderr }) => (worked ? '' : (stderr.trim().split('\n').at(-1) ?? '').slice(0, 200))),
  )
}
