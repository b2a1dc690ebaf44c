import { list, stat } from '../evidence/ask.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { absentAs, isUnknown, known, map } from '../evidence/result.ts'
import type { Ask, Result, Unknown } from '../types.ts'
import { defineFacts } from './fact-set.ts'
import { strings } from './schema.ts'

/** Folders of the system from which definitions of guests name files: kernels, firmware, boot loaders, device models, hotplug scripts. */
const FOLDERS = [
  '/boot',
  '/usr/share/OVMF',
  '/usr/share/qemu',
  '/usr/share/seabios',
  '/usr/share/edk2/ovmf',
  '/usr/share/edk2/x64',
  '/usr/share/AAVMF',
  '/usr/lib/xen/bin',
  '/usr/lib/xen/boot',
  '/usr/lib64/xen/bin',
  '/usr/libexec/xen/bin',
  '/usr/libexec/xen/boot',
  '/etc/xen/scripts',
] as const
const asks = {
  ...(Object.fromEntries(FOLDERS.map((folder) => [folder, list(folder)])) as Record<(typeof FOLDERS)[number], Ask>),
  emulators: stat('/usr/bin/qemu-system-*'),
  redHat: stat('/usr/libexec/qemu-kvm'),
  kvm: stat('/usr/bin/qemu-kvm'),
} as const

export const provisions = defineFacts({
  name: 'provisions',
  meaning: 'Files that a host brings along and that definitions of guests name: firmware, kernels, hotplug scripts',
  asks,
  about: {
    folders: strings('Folders of which it is known what is in them, also those that are not there'),
    files: strings('What is in them: /usr/share/OVMF/OVMF_CODE_4M.fd'),
    emulators: strings('Programs of QEMU: /usr/bin/qemu-system-x86_64, /usr/libexec/qemu-kvm'),
  },
  parse(evidence) {
    const found = FOLDERS.map((folder) => [folder, absentAs(evidence.names(asks[folder]), [])] as const)
    return {
      folders: known(found.map(([folder, names]) => (names.ok ? folder : names))),
      files: known(
        found.flatMap(([folder, names]): (string | Unknown)[] =>
          names.ok ? names.value.map((name) => `${folder}/${name}`) : [names],
        ),
      ),
      emulators: known([
        ...listed(map(absentAs(evidence.stats(asks.emulators), []), (all) => all.map(({ name }) => name))),
        ...listed(one(evidence, asks.redHat, '/usr/libexec/qemu-kvm')),
        ...listed(one(evidence, asks.kvm, '/usr/bin/qemu-kvm')),
      ]),
    }
  },
})

const listed = (names: Result<readonly string[]>): readonly (string | Unknown)[] =>
  isUnknown(names) ? [names] : names.value

const one = (evidence: Evidence, ask: Ask, path: string): Result<readonly string[]> =>
  map(evidence.exists(ask), (there) => (there ? [path] : []))
