import { command } from '../../evidence/ask.ts'

const FOLDERS = [
  '/etc/xen',
  '/etc/libvirt/qemu',
  '/etc/libvirt/libxl',
  '/etc/libvirt/xen',
  '/usr/local/etc/xen',
] as const
const PATH = `/[A-Za-z0-9._-]+/[^]['"<>,; )]+`

/** Paths that definitions name, wherever they name them: a definition may put several into one line. */
export const namedPaths = command([
  'find',
  ...FOLDERS,
  '-maxdepth',
  '2',
  '-type',
  'f',
  '!',
  '-path',
  '*/scripts/*',
  '-exec',
  'grep',
  '-hoE',
  PATH,
  '{}',
  '+',
])
