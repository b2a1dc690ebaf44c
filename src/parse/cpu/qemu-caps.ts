import { featureNamed } from './features.ts'

export interface CpuModel {
  readonly name: string
  readonly usable: boolean
  /** Features of the model that this host cannot give. */
  readonly blockers: readonly string[]
}

export interface MachineType {
  /** pc-q35-7.2 */
  readonly name: string
  /** q35: the name that stands for it in this QEMU; "" without. */
  readonly alias: string
  /** Most virtual CPUs. */
  readonly maxCpus: number
}

/** What libvirt found out about one emulator. */
export interface Emulator {
  readonly path: string
  readonly arch: string
  /** The kernel that it was asked under: "6.1.0-56-amd64 #1 SMP …". */
  readonly kernel: string
  /** What guests get with host-passthrough; none where KVM did not work. */
  readonly features: readonly string[]
  readonly models: readonly CpuModel[]
  readonly machines: readonly MachineType[]
  readonly kvm: boolean
}

/**
 * /var/cache/libvirt/qemu/capabilities/*.xml: a line an element, since libvirt writes it, and 230 KB of it, so that it is not read as a tree.
 *
 *     <emulator>/usr/bin/qemu-system-x86_64</emulator>
 *     <hostCPU type='kvm' model='base' migratability='yes'>
 *       <property name='cmp-legacy' type='boolean' value='true' migratable='yes'/>
 *     <cpu type='kvm' name='EPYC' typename='EPYC-x86_64-cpu' usable='no'>
 *       <blocker name='vme'/>
 *     <machine type='kvm' name='pc-q35-7.2' alias='q35' hotplugCpus='yes' maxCpus='288' …/>
 */
export function parseQemuCaps(text: string): Emulator {
  if (!/^\s*(<!--[^]*?-->\s*)?<qemuCaps>/.test(text) || !/<\/qemuCaps>\s*$/.test(text)) throw new Error('no <qemuCaps>')
  const kvm = /<flag name='kvm'\/>/.test(text)
  const accel = kvm ? 'kvm' : 'tcg'
  return {
    path: inside(text, 'emulator'),
    arch: inside(text, 'arch'),
    kernel: inside(text, 'kernelVersion'),
    features: kvm ? hostFeatures(text) : [],
    models: modelsOf(text, accel),
    machines: machinesOf(text, accel),
    kvm,
  }
}

const inside = (text: string, name: string): string => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? ''

/** Features without a place in CPUID (kvmclock, vmx-*) keep QEMU's name. */
const named = (name: string): string => featureNamed(name) ?? name

function hostFeatures(text: string): string[] {
  const own = /<hostCPU type='kvm'[^>]*>([^]*?)<\/hostCPU>/.exec(text)?.[1]
  if (own === undefined) throw new Error('no <hostCPU>')
  const found = own.matchAll(/<property name='([^']+)' type='boolean' value='true'/g)
  return [...new Set([...found].map(([, name]) => named(name!)))]
}

function modelsOf(text: string, accel: string): CpuModel[] {
  const found = text.matchAll(/<cpu type='(\w+)' name='([^']+)'([^>]*)>((?:\s*<blocker name='[^']+'\/>)*)/g)
  return [...found].flatMap(([, type, name, rest, blockers]) =>
    type === accel
      ? [
          {
            name: name!,
            usable: /usable='yes'/.test(rest!),
            blockers: [...blockers!.matchAll(/name='([^']+)'/g)].map(([, one]) => named(one!)),
          },
        ]
      : [],
  )
}

function machinesOf(text: string, accel: string): MachineType[] {
  // Before libvirt 7 they were one list for both ways of running.
  const found = text.matchAll(/<machine (?:type='(\w+)' )?name='([^']+)'([^>]*)\/>/g)
  return [...found].flatMap(([, type = accel, name, rest]) =>
    type === accel
      ? [
          {
            name: name!,
            alias: /alias='([^']+)'/.exec(rest!)?.[1] ?? '',
            maxCpus: Number(/maxCpus='(\d+)'/.exec(rest!)?.[1] ?? 0),
          },
        ]
      : [],
  )
}
