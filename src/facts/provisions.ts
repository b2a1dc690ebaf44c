import { list } from '../evidence/ask.ts'
import { absentAs, known } from '../evidence/result.ts'
import type { Ask, Unknown } from '../types.ts'
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
const asks = Object.fromEntries(FOLDERS.map((folder) => [folder, list(folder)])) as Record<string, Ask>

export const provisions = defineFacts({
  name: 'provisions',
  meaning: 'Files that a host brings along and that definitions of guests name: firmware, kernels, hotplug scripts',
  asks,
  about: {
    folders: strings('Folders of which it is known what is in them, also those that are not there'),
    files: strings('What is in them: /usr/share/OVMF/OVMF_CODE_4M.fd'),
  },
  parse(evidence) {
    const found = FOLDERS.map((folder) => [folder, absentAs(evidence.names(asks[folder]!), [])] as const)
    return {
      folders: known(found.map(([folder, names]) => (names.ok ? folder : names))),
      files: known(
        found.flatMap(([folder, names]): (string | Unknown)[] =>
          names.ok ? names.value.map((name) => `${folder}/${name}`) : [names],
        ),
      ),
    }
  },
})
