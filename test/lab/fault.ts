import { join } from 'node:path'
import { z } from 'zod'
import { readFiles } from './files.ts'
import { type Boot, healthy } from './machine.ts'

const words = z.tuple([z.string()], z.string())
export const step = z.union([
  words,
  z.strictObject({ sh: z.string() }),
  z.strictObject({ write: z.string(), text: z.string() }),
  // A guest of xl, whose lines come after the usual ones and replace them.
  z.strictObject({ xl: z.string(), lines: z.string().default('') }),
  // A guest of libvirt, with more of XML beside and among its devices.
  z.strictObject({
    domain: z.string(),
    type: z.string().default('kvm'),
    memory: z.string().default("<memory unit='MiB'>128</memory>"),
    words: z.string().default(''),
    more: z.string().default('<features><acpi/><apic/></features>'),
    devices: z.string().default(''),
    machine: z.string().default('q35'),
    vcpus: z.number().default(1),
  }),
])
export type FaultStep = z.infer<typeof step>
const boot = z.strictObject({
  cpu: z.string().optional(),
  devices: z.array(z.string()).optional(),
  kernel: z.string().optional(),
  xen: z.string().optional(),
  memoryMib: z.number().optional(),
  grub: z.literal(true).optional(),
})
const finding = z.union([z.string(), z.strictObject({ rule: z.string(), subject: z.string() })])

const file = z.strictObject({
  title: z.string(),
  /** What is other than in a healthy start of such a host. */
  boot: boot.optional(),
  /** It would blur what others of the same boot show, or hinder them. */
  alone: z.literal(true).optional(),
  break: z.array(z.union([step, z.strictObject({ reboot: boot })])).default([]),
  /** The host does not come up: its console says so at last, and the rules that must name the cause; `also` are true as well. */
  dies: z
    .strictObject({ says: z.string(), named: z.array(z.string()).min(1), also: z.array(z.string()).default([]) })
    .optional(),
  /** A start of a guest, what else to read of it, and the rules that must name the cause or say that a message is harmless; `also` are true as well. */
  start: z
    .strictObject({
      run: words,
      succeeds: z.literal(true).optional(),
      logs: z.array(z.string()).default([]),
      reads: z.array(words).default([]),
      named: z.array(z.string()).default([]),
      also: z.array(z.string()).default([]),
      harmless: z.array(z.string()).default([]),
    })
    .refine(({ named, harmless }) => named.length + harmless.length > 0, 'a start must name a rule')
    .optional(),
  /** What the next check must find: rules, with their subjects where there are any. `also` are true as well, and need not be there. */
  found: z.array(finding).default([]),
  also: z.array(z.string()).default([]),
  'not-found': z.array(z.string()).default([]),
  /** Steps that mend it. `fix` carries out the steps that a rule printed, with the names filled in that it leaves to the reader. */
  cure: z
    .union([
      z.array(
        z.union([
          step,
          z.strictObject({ reboot: boot }),
          z.strictObject({ fix: z.string(), with: z.record(z.string(), z.string()).optional() }),
        ]),
      ),
      z.strictObject({ none: z.string() }),
    ])
    .default([]),
  /** Rules that still find it after the cure, since logs remember; with the reason. */
  stays: z.record(z.string(), z.string()).default({}),
})

type FaultFile = z.infer<typeof file>

/** One thing that goes wrong, and what must come of it. */
export interface Fault extends Omit<FaultFile, 'boot'> {
  /** "xen/bridge-missing": its file below faults/. */
  readonly name: string
  readonly boot: Boot
  /** What `boot` said beside the healthy one. */
  readonly unusual: boolean
}

export const FAULTS = join(import.meta.dirname, 'faults')

export const readFaults = (): Fault[] =>
  readFiles(FAULTS, file).map(({ kind, name, content }) => ({
    ...content,
    name: `${kind}/${name}`,
    boot: { ...healthy(kind), ...defined(content.boot ?? {}) },
    unusual: content.boot !== undefined,
  }))

/** Every rule that a fault must provoke in a check or in a diagnosis. */
export const provoked = ({ found, start, dies }: Fault): string[] => [
  ...found.map((one) => (typeof one === 'string' ? one : one.rule)),
  ...(start?.named ?? []),
  ...(start?.harmless ?? []),
  ...(dies?.named ?? []),
]

/** With other words than before: afterwards it may stand there as another one. */
export const startsItAnew = (fault: Fault): boolean =>
  [...fault.break, ...(Array.isArray(fault.cure) ? fault.cure : [])].some(
    (step) => 'reboot' in step && Object.keys(step.reboot).length > 0,
  )

export const defined = <T extends object>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as never

/** What is true of the healthy hosts of the lab all the same, with the reason. */
export const TRUE_OF_HEALTHY: Readonly<Record<Boot['kind'], Readonly<Record<string, string>>>> = {
  kvm: { 'constant-tsc-missing': 'the processor that QEMU emulates has none' },
  xen: {},
}
