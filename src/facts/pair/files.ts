import { chain, isUnknown, known, orGap, unknown } from '../../evidence/result.ts'
import type { Result, Unknown } from '../../types.ts'
import { bool, object, string } from '../schema.ts'
import { type AllFacts, factOf } from './facts-of.ts'

export const pairFileSchema = object(
  {
    what: string('kernel, initial RAM disk, firmware, template of the firmware settings, device model, hotplug script'),
    path: string('The file'),
    missing: bool('The target has no such file'),
  },
  'One file of the host itself that the definition of the guest names',
)

interface Named {
  readonly kernel: string
  readonly ramdisk: string
  readonly firmware: string
  readonly nvramTemplate: string
  readonly emulator: string
}

const SCRIPTS = '/etc/xen/scripts'

/** The files that a guest's definition names and that its host must have, and whether the target is known to have them. */
export function pairFiles(
  target: AllFacts,
  guest: Result<unknown>,
  interfaces: Result<readonly unknown[]>,
): Result<readonly unknown[]> {
  return chain(guest, (one) => {
    const { kernel, ramdisk, firmware, nvramTemplate, emulator } = one as Named
    const scripts = interfaces.ok ? interfaces.value : [interfaces]
    const named = [
      ['kernel', kernel],
      ['initial RAM disk', ramdisk],
      ['firmware', firmware],
      ['template of the firmware settings', nvramTemplate],
      ['device model', emulator],
      ...scripts.map((nic): [string, string | Unknown] => [
        'hotplug script',
        isUnknown(nic) ? nic : scriptPath((nic as { script: string }).script),
      ]),
    ] as const
    const seen = new Set<string>()
    return known(
      named.flatMap(([what, path]): unknown[] => {
        if (isUnknown(path)) return [path]
        if (!path.startsWith('/') || seen.has(path)) return []
        seen.add(path)
        return [{ what, path, missing: orGap(isMissing(target, path)) }]
      }),
    )
  })
}

/** Scripts without a path are looked up in one folder. */
const scriptPath = (script: string): string =>
  script === '' || script.startsWith('/') ? script : `${SCRIPTS}/${script}`

const EMULATOR = /^\/usr\/(bin\/qemu-(system-[^/]*|kvm)|libexec\/qemu-kvm)$/

function isMissing(target: AllFacts, path: string): Result<boolean> {
  const list = (field: string) => factOf<readonly (string | Unknown)[]>(target, 'provisions', field)
  const lacks = (names: Result<readonly (string | Unknown)[]>): Result<boolean> =>
    chain(names, (all) => (all.includes(path) ? known(false) : (all.find(isUnknown) ?? known(true))))
  if (EMULATOR.test(path)) return lacks(list('emulators'))
  const folder = path.slice(0, path.lastIndexOf('/'))
  return chain(list('files'), (files) => {
    if (files.includes(path)) return known(false)
    return chain(list('folders'), (folders) =>
      folders.includes(folder) ? known(true) : (folders.find(isUnknown) ?? unknown('not-recorded', path)),
    )
  })
}
